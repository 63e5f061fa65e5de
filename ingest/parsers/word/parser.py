"""Word documents (DOCX): paragraphs, headings, numbered lists, tables, text boxes and notes."""

import re
from collections.abc import Iterator
from typing import Any

from ingest.archive import open_checked
from ingest.pages.numbering import LONGEST, heading_level
from ingest.parsers.word.names import w
from ingest.parsers.word.numbering import Numbering
from ingest.parsers.word.package import WordPackage
from ingest.parsers.word.type import Type
from ingest.source import SourceFile
from ingest.tables import table_blocks
from ingest.types import Block, BlockKind, Parsed

_P, _TBL, _TR, _TC = (w(name) for name in ("p", "tbl", "tr", "tc"))
_T, _TAB, _BR, _CR, _NBHYPHEN = (w(name) for name in ("t", "tab", "br", "cr", "noBreakHyphen"))
_PPR, _STYLE, _LEVEL, _VAL = (w(name) for name in ("pPr", "pStyle", "outlineLvl", "val"))
_SPAN, _MERGE = w("gridSpan"), w("vMerge")
_BOX = w("txbxContent")
_VANISH, _RUN, _SYMBOL = w("vanish"), w("r"), w("sym")
# Deleted text, field codes, readings above characters, and the older twin of a text box.
_SKIPPED = {
    w("del"), w("moveFrom"), w("instrText"), w("delText"), w("rt"), _PPR,
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}  # fmt: skip
_DEEPEST = 40
# The boxes and ticks of forms, as Word's symbol fonts number them.
_SIGNS = {
    **dict.fromkeys(("F0FE", "F0FD", "F052", "F054"), "☑"),
    **dict.fromkeys(("F0A8", "F06F", "F0A3", "F02A", "F0A1"), "☐"),
    "F0FC": "✓",
    "F0FB": "✗",
}
_TO_PAGE = re.compile(r"\t\s*\d+$")


def parse(source: SourceFile) -> Parsed:
    """Read a DOCX file."""
    with open_checked(source) as archive:
        document = WordPackage(archive)
        _drop_hidden(document.body)
        reader = _Reader(document)
        blocks = [*reader.blocks(document.body), *_notes(document, reader)]
        title = document.title or reader.title
    return Parsed(tuple(blocks), title=title or None)


def _notes(document: WordPackage, reader: "_Reader") -> Iterator[Block]:
    for root in document.notes:
        for note in root:
            if note.get(w("type")) is None:
                yield from reader.blocks(note)


class _Reader:
    """Walks the body with the document's styles and numbering at hand."""

    def __init__(self, document: WordPackage) -> None:
        self._levels = document.styles.levels
        self._numbering = Numbering(document)
        self._type = Type(document)
        self._contents = document.styles.contents
        self.title = ""

    def blocks(self, parent: Any, depth: int = 0) -> Iterator[Block]:
        """The blocks of a body, a cell, a content control or a text box."""
        for child in parent:
            if child.tag == _P:
                yield from self._paragraph(child, depth)
            elif child.tag == _TBL:
                yield from table_blocks(_rows(child))
            elif isinstance(child.tag, str) and child.tag not in _SKIPPED and depth < _DEEPEST:
                yield from self.blocks(child, depth + 1)

    def _paragraph(self, paragraph: Any, depth: int) -> Iterator[Block]:
        text = "".join(_runs(paragraph)).strip()
        style, level = self._style_of(paragraph)
        if text:
            number = self._numbering.next(paragraph, style)
            text = f"{number}{text}"
            if level is None and style not in self._contents:
                level = self._level_by_looks(paragraph, text)
            if style == "Title" and not self.title:
                self.title = text
            if level is not None:
                yield Block(text, BlockKind.HEADING, level)
            else:
                yield Block(text, BlockKind.LIST if number else BlockKind.PARAGRAPH)
        for box in paragraph.iter(_BOX):
            if not any(above.tag in _SKIPPED for above in box.iterancestors()) and depth < _DEEPEST:
                yield from self.blocks(box, depth + 1)

    def _level_by_looks(self, paragraph: Any, text: str) -> int | None:
        """The level of a heading that no style tells of: by its numbering, boldness or size."""
        if "\n" in text or len(text) > LONGEST or _TO_PAGE.search(text):
            return None
        level = heading_level(text) or self._type.rank(paragraph, text)
        return level or (heading_level(text, marked=True) if _is_bold(paragraph) else None)

    def _style_of(self, paragraph: Any) -> tuple[str | None, int | None]:
        properties = paragraph.find(_PPR)
        if properties is None:
            return None, self._levels.get(None)
        style = properties.find(_STYLE)
        name = style.get(_VAL) if style is not None else None
        outline = properties.find(_LEVEL)
        if outline is not None and (outline.get(_VAL) or "").isdigit():
            level = int(outline.get(_VAL))
            return name, level + 1 if level < 9 else None
        return name, self._levels.get(name)


def _drop_hidden(body: Any) -> None:
    """Take out what Word does not show."""
    for mark in list(body.iter(_VANISH)):
        run = mark.getparent().getparent()
        if run is not None and run.tag == _RUN and mark.get(_VAL) not in ("0", "false", "off"):
            run.getparent().remove(run)


def _runs(node: Any) -> Iterator[str]:
    """The words of a paragraph, as they stand after all changes were accepted."""
    for child in node:
        tag = child.tag
        if tag == _T:
            yield child.text or ""
        elif tag in (_TAB,):
            yield "\t"
        elif tag in (_BR, _CR):
            yield "\n"
        elif tag == _NBHYPHEN:
            yield "-"
        elif tag == _SYMBOL:
            yield _SIGNS.get((child.get(w("char")) or "").upper(), "")
        elif tag not in _SKIPPED and tag != _BOX and isinstance(tag, str):
            yield from _runs(child)


def _is_bold(paragraph: Any) -> bool:
    runs = [run for run in paragraph.iter(w("r")) if run.find(_T) is not None]
    return bool(runs) and all(run.find(f"{w('rPr')}/{w('b')}") is not None for run in runs)


def _rows(table: Any) -> Iterator[list[str]]:
    above: list[str] = []
    for row in table.iter(_TR):
        if row.getparent() is not table and row.getparent().getparent() is not table:
            continue  # of a table within a cell, whose text its cell gives
        cells: list[str] = []
        for cell in row.iter(_TC):
            if next(cell.iterancestors(_TR)) is not row:
                continue
            text = " ".join("".join(_runs(p)).strip() for p in cell.iter(_P)).strip()
            merged = cell.find(f"{w('tcPr')}/{_MERGE}")
            if merged is not None and merged.get(_VAL) != "restart" and len(above) > len(cells):
                text = above[len(cells)]
            span = cell.find(f"{w('tcPr')}/{_SPAN}")
            width = int(span.get(_VAL) or 1) if span is not None else 1
            cells += [text] + [""] * (min(width, 64) - 1)
        above = cells
        yield cells
