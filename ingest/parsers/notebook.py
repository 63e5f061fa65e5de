"""Jupyter notebooks: Markdown cells, code cells and what they printed."""

import json
from collections.abc import Iterator
from typing import Any

from ingest.encodings.decode import decode
from ingest.errors import FileUnreadable
from ingest.parsers.markdown import markdown_blocks
from ingest.source import SourceFile
from ingest.types import Block, BlockKind, Parsed

_LONGEST_OUTPUT = 5_000


def parse(source: SourceFile) -> Parsed:
    """Read an IPYNB file."""
    decoded = decode(source.data, source.options.encoding)
    try:
        notebook = json.loads(decoded.text)
        blocks = tuple(_cells(notebook))
    except (ValueError, RecursionError, AttributeError, TypeError) as error:
        raise FileUnreadable("damaged") from error
    title = next((b.text for b in blocks if b.kind is BlockKind.HEADING and b.level == 1), None)
    return Parsed(blocks, encoding=decoded.encoding, title=title)


def _cells(notebook: dict[str, Any]) -> Iterator[Block]:
    sheets = notebook.get("worksheets")  # where notebooks before version 4 kept their cells
    cells = sheets[0].get("cells", []) if sheets else notebook.get("cells", [])
    for cell in cells:
        text = _join(cell.get("source", cell.get("input", "")))
        if cell.get("cell_type") == "markdown":
            yield from markdown_blocks(text)
        elif cell.get("cell_type") == "code":
            yield Block(text, BlockKind.CODE)
            for output in cell.get("outputs", []):
                yield Block(_print(output), BlockKind.CODE)
        else:
            yield Block(text)


def _print(output: dict[str, Any]) -> str:
    shown = output.get("data", output)
    return _join(shown.get("text/plain", output.get("text", "")))[:_LONGEST_OUTPUT]


def _join(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
