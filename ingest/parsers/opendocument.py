"""OpenDocument texts and presentations (ODT, ODP)."""

from collections.abc import Iterator

from lxml import etree

from ingest.archive import check_archive, entry, open_archive
from ingest.errors import FileUnreadable
from ingest.pages.numbering import heading_level
from ingest.parsers.xml import parse_xml
from ingest.source import SourceFile
from ingest.tables import table_blocks
from ingest.types import Block, BlockKind, Parsed

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_SPACES = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_CLASS = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}class"
_SKIPPED = frozenset(
    (f"{_TEXT}tracked-changes", f"{_TEXT}note-citation", f"{_TEXT}ruby-text", f"{_DRAW}object",
     f"{_TEXT}page-number", f"{_OFFICE}annotation", f"{_OFFICE}annotation-end")
)  # fmt: skip
_DEEPEST = 60


def parse(source: SourceFile) -> Parsed:
    """Read an ODT or ODP file."""
    check_archive(source)
    with open_archive(source) as archive:
        if b"encryption-data" in entry(archive, "META-INF/manifest.xml"):
            raise FileUnreadable("encrypted")
        root = parse_xml(entry(archive, "content.xml"))
    return Parsed(tuple(_blocks(root, None, 0)))


def _blocks(parent: etree._Element, page: int | None, depth: int) -> Iterator[Block]:
    slides = 0
    for child in parent:
        if child.tag in _SKIPPED or depth > _DEEPEST:
            continue
        if child.tag == f"{_DRAW}page":
            slides += 1
            # Without a title it still ends the slide before.
            yield Block("", BlockKind.HEADING, 1, slides)
            yield from _blocks(child, slides, depth + 1)
        elif child.get(_CLASS) == "title":
            words = " ".join(_words(line) for line in child.iter(f"{_TEXT}p"))
            yield Block(" ".join(words.split()), BlockKind.HEADING, 1, page)
        elif child.tag == f"{_TEXT}h":
            depth_told = child.get(f"{_TEXT}outline-level") or ""
            if words := _words(child).strip():
                outline = int(depth_told) if depth_told.isdigit() else 1
                yield Block(words, BlockKind.HEADING, outline, page)
        elif child.tag == f"{_TEXT}p":
            words = _words(child).strip()
            level = None if page or "\n" in words else heading_level(words)
            kind = BlockKind.HEADING if level else BlockKind.PARAGRAPH
            yield Block(words, kind, level or 0, page)
        elif child.tag == f"{_TEXT}list-item":
            yield from _item(child, page, depth)
        elif child.tag == f"{_TABLE}table":
            yield from table_blocks(_rows(child), page)
        else:
            yield from _blocks(child, page, depth + 1)


def _item(item: etree._Element, page: int | None, depth: int) -> Iterator[Block]:
    for block in _blocks(item, page, depth + 1):
        # A heading in a numbered list stays one, and a list in a list has its marks already.
        is_plain = block.kind is BlockKind.PARAGRAPH and bool(block.text)
        yield Block(f"- {block.text}", BlockKind.LIST, page=page) if is_plain else block


def _rows(table: etree._Element) -> Iterator[list[str]]:
    for row in table.iter(f"{_TABLE}table-row"):
        yield [
            " ".join(_words(paragraph) for paragraph in cell.iter(f"{_TEXT}p", f"{_TEXT}h"))
            for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
        ]


def _words(node: etree._Element) -> str:
    pieces = [node.text or ""]
    for child in node:
        if child.tag == f"{_TEXT}s":
            count = child.get(f"{_TEXT}c") or "1"
            pieces.append(" " * (min(int(count), 100) if count.isdigit() else 1))
        elif child.tag in _SPACES:
            pieces.append(_SPACES[child.tag])
        elif child.tag not in _SKIPPED and isinstance(child.tag, str):
            pieces.append(_words(child))
        pieces.append(child.tail or "")
    return "".join(pieces)
