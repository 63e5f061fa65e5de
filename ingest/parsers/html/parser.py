"""HTML pages."""

import re

from ingest.encodings.decode import codec, decode
from ingest.parsers.html.boilerplate import drop_furniture, without_furniture
from ingest.parsers.html.markup import html_blocks, title_of, tree
from ingest.source import SourceFile
from ingest.types import Parsed

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{2,20})""", re.I)


def parse(source: SourceFile) -> Parsed:
    """Read an HTML file; the encoding it declares counts where its bytes agree."""
    decoded = decode(source.data, source.options.encoding or _declare(source.data))
    root = tree(decoded.text)
    drop_furniture(root)
    # A page that is all furniture, such as a list of links, is read as it stands.
    blocks = without_furniture(html_blocks(root)) or html_blocks(tree(decoded.text))
    return Parsed(
        tuple(blocks),
        encoding=decoded.encoding,
        title=title_of(root),
        notes=decoded.notes,
    )


def _declare(data: bytes) -> str | None:
    found = _CHARSET.search(data[:4096])
    name = codec(found.group(1).decode("ascii")) if found else None
    if name is None or name.startswith("utf"):
        return None  # decoding tries UTF-8 first anyway
    try:
        data.decode(name)
    except UnicodeDecodeError:
        return None
    return name
