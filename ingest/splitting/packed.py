"""A read document as compact rows, made beside the parser: the one writer has little to do."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from ingest.types import BlockKind, Extract, PageReport, PassageSpan, Section

_KINDS = tuple(BlockKind)
_KIND_NUMBERS = {kind: number for number, kind in enumerate(_KINDS)}
_REPLACEMENT = "\ufffd"

_SectionRow = tuple[int, int, int, int | None, int]
_decode_sections = msgspec.msgpack.Decoder(list[_SectionRow]).decode
_decode_pages = msgspec.msgpack.Decoder(tuple[PageReport, ...]).decode

Heading = tuple[str, ...]


class PackedDocument(Struct, frozen=True):
    """A document ready to be stored: its text once, everything else as positions in it."""

    text: str
    headings: tuple[Heading, ...]
    """Each heading path once; rows name it by its place here. The first is the empty path."""
    passages: tuple[tuple[int, int, int | None, int], ...]
    """Start, end, page and heading of each passage, in order."""
    sections: bytes
    pages: bytes
    page_count: int
    unreadable_pages: tuple[int, ...]
    title: str | None = None
    encoding: str | None = None
    confidence: float | None = None
    notes: tuple[str, ...] = ()
    dated: str | None = None


def pack(extract: Extract, passages: Sequence[PassageSpan]) -> PackedDocument:
    """The rows of a document and its passages."""
    numbers: dict[Heading, int] = {(): 0}
    sections = [
        (
            section.start,
            section.end,
            _KIND_NUMBERS[section.kind],
            section.page,
            numbers.setdefault(section.heading, len(numbers)),
        )
        for section in extract.sections
    ]
    rows = tuple(
        (
            passage.start,
            passage.end,
            passage.page,
            numbers.setdefault(passage.heading, len(numbers)),
        )
        for passage in passages
    )
    encoding = extract.encoding
    return PackedDocument(
        text=storable(extract.text),
        headings=tuple(tuple(map(storable, heading)) for heading in numbers),
        passages=rows,
        sections=msgspec.msgpack.encode(sections),
        pages=msgspec.msgpack.encode(extract.pages),
        page_count=len(extract.pages),
        unreadable_pages=extract.unreadable_pages,
        title=storable(extract.title) if extract.title else None,
        encoding=encoding.name if encoding else None,
        confidence=encoding.confidence if encoding else None,
        notes=extract.notes,
        dated=extract.dated,
    )


def unpack_sections(packed: bytes, headings: Sequence[Heading]) -> list[Section]:
    """The sections that `pack` made small."""
    return [
        Section(start, end, _KINDS[kind], page, headings[heading])
        for start, end, kind, page, heading in _decode_sections(packed)
    ]


def unpack_pages(packed: bytes) -> tuple[PageReport, ...]:
    """The page reports that `pack` made small."""
    return _decode_pages(packed)


def storable(text: str) -> str:
    """The text with lone surrogates, which no UTF-8 can hold, replaced one for one."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join(_REPLACEMENT if "\ud800" <= c <= "\udfff" else c for c in text)
    return text
