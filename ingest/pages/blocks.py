"""From what stands on the pages of a document to its blocks, in reading order."""

from collections.abc import Iterator, Sequence
from itertools import chain

from msgspec import Struct

from ingest.pages.fragments import Fragment
from ingest.pages.headings import OutlineEntry, blocks_of
from ingest.pages.layout import columns, common_gutters, find_inner_edges
from ingest.pages.margins import without_margins
from ingest.pages.paragraphs import Paragraph, paragraphs
from ingest.types import Block


class Sheet(Struct, frozen=True):
    """A page as it came from its file: its number, what stands on it, and how high it is."""

    number: int
    fragments: list[Fragment]
    height: float


def page_blocks(sheets: Sequence[Sheet], outline: Sequence[OutlineEntry] = ()) -> Iterator[Block]:
    """The blocks of a document, without running heads and page numbers."""
    bodies = without_margins([s.fragments for s in sheets], [s.height for s in sheets])
    parted = [columns(body) for body in bodies]
    if known := common_gutters(parted):
        parted = [
            found if len(found) > 1 else columns(body, known)
            for body, found in zip(bodies, parted, strict=True)
        ]
    find_inner_edges(list(chain.from_iterable(parted)))
    found: list[Paragraph] = []
    for sheet, inner in zip(sheets, parted, strict=True):
        for column in inner:
            found += paragraphs(column, sheet.number)
    return blocks_of(found, outline)
