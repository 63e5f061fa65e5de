"""The one door to the `unstructured` package: silent, offline, and never content with nothing."""

import os
import tempfile
import zlib
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from ingest.errors import FileUnreadable, NeedsExtra
from ingest.parsers.html.markup import html_blocks, tree
from ingest.source import SourceFile
from ingest.splitting.line_joining import unwrap
from ingest.types import Block, BlockKind, Parsed

# Any value opts out; both must be set before the package is imported.
_SILENCE = {"DO_NOT_TRACK": "1", "SCARF_NO_ANALYTICS": "1", "UNSTRUCTURED_DISABLE_NOTICE": "1"}
_SENTENCE_ENDS = "。！？；.!?"
_KINDS = {"ListItem": BlockKind.LIST, "CodeSnippet": BlockKind.CODE}


def is_installed() -> bool:
    """Whether the optional package is there."""
    return find_spec("unstructured") is not None


def partition(source: SourceFile) -> Parsed:
    """Read a file by way of `unstructured`; its elements become blocks."""
    if not is_installed():
        raise NeedsExtra("needs_extra", extra="unstructured", suffix=source.suffix)
    with tempfile.TemporaryDirectory(prefix="docqa-") as folder:
        # The bytes that were checked are the bytes that are read, under a plain name.
        path = Path(folder) / f"document{source.suffix}"
        path.write_bytes(source.data)
        elements = _elements(path)
    blocks = tuple(_blocks(elements))
    if not any(block.text.strip() for block in blocks):
        raise FileUnreadable("no_text")
    # Of mail, the subject is kept apart from the text.
    subject = " ".join((elements[0].metadata.subject or "").split())
    head = (Block(subject, BlockKind.HEADING, 1),) if subject else ()
    return Parsed((*head, *blocks), title=subject or None)


def _elements(path: Path) -> list[Any]:
    auto = _silence()
    try:
        return list(auto.partition(filename=str(path), languages=[""]))
    except (BadZipFile, EOFError, zlib.error) as error:
        raise FileUnreadable("damaged") from error
    except (
        ImportError,
        OSError,
        RuntimeError,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
    ) as error:
        raise FileUnreadable("longtail_failed", reason=str(error)[:200]) from error


@cache
def _silence() -> Any:
    """The package with its telemetry off and its download replaced."""
    os.environ.update(_SILENCE)
    import spacy
    from unstructured.nlp import tokenize
    from unstructured.partition import auto

    def offline() -> Any:
        # Sentences end where Chinese and Western marks say; no model is needed for that.
        pipeline = spacy.blank("xx")
        pipeline.add_pipe("sentencizer", config={"punct_chars": list(_SENTENCE_ENDS)})
        return pipeline

    # Otherwise the first use would download a language model and install it.
    tokenize._load_spacy_model = offline
    return auto


def _blocks(elements: list[Any]) -> Iterator[Block]:
    for element in elements:
        page = element.metadata.page_number
        if element.category == "Table":
            yield from html_blocks(tree(element.metadata.text_as_html or element.text), page)
            continue
        # Its titles are guesses from English habits and wrong for Chinese, unless they have depth.
        depth = element.metadata.category_depth
        if element.category == "Title" and depth is not None:
            yield Block(unwrap(element.text), BlockKind.HEADING, depth + 1, page)
        else:
            kind = _KINDS.get(element.category, BlockKind.PARAGRAPH)
            yield Block(unwrap(element.text), kind, page=page)
