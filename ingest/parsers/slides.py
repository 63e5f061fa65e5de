"""PowerPoint presentations (PPTX): a page per slide, its title the heading."""

import io
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any
from zipfile import ZIP_STORED, ZipFile

from lxml import etree
from pptx import Presentation
from pptx.exc import PythonPptxError

from ingest.archive import FAULTS, check_archive, faults_named, intact_entries
from ingest.errors import FileUnreadable
from ingest.quality import quality
from ingest.source import SourceFile
from ingest.tables import table_blocks
from ingest.types import Block, BlockKind, PageReport, Parsed

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DIAGRAM = "/diagramData"
_RELATION = re.compile(rb'<(?:\w+:)?Relationship\s[^>]*?Target="([^"]*)"[^>]*>')
_SLIDE = re.compile(r"ppt/slides/[^/]+\.xml")
_EMPTY_SLIDE = (
    b'<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:cSld>'
    b"<p:spTree><p:nvGrpSpPr><p:cNvPr id='1' name=''/><p:cNvGrpSpPr/><p:nvPr/>"
    b"</p:nvGrpSpPr><p:grpSpPr/></p:spTree></p:cSld></p:sld>"
)
_ROW = 228_600  # a quarter of an inch; shapes that begin within it stand side by side


def parse(source: SourceFile) -> Parsed:
    """Read a PPTX file."""
    check_archive(source)
    with faults_named(PythonPptxError):
        data, damaged = _repair(source.data)
        presentation = Presentation(io.BytesIO(data))
        slides = [list(_slide(slide, n)) for n, slide in enumerate(presentation.slides, 1)]
        parts = [slide.part.partname.lstrip("/") for slide in presentation.slides]
        title = presentation.core_properties.title
    reports = tuple(
        _report(blocks, number, part in damaged)
        for number, (blocks, part) in enumerate(zip(slides, parts, strict=True), 1)
    )
    if damaged.issuperset(parts):
        raise FileUnreadable("damaged")
    return Parsed(tuple(chain.from_iterable(slides)), reports, title=title or None)


def _repair(data: bytes) -> tuple[bytes, set[str]]:
    """The file without its damaged parts, and their names: a picture does not cost a talk.

    A damaged slide becomes an empty one, so that the others keep their numbers.
    """
    with ZipFile(io.BytesIO(data)) as archive:
        if _is_intact(archive):
            return data, set()
        intact, damaged = intact_entries(archive)
    names = {name.rpartition("/")[2].encode() for name in damaged if not _SLIDE.fullmatch(name)}
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_STORED) as copy:
        for name, content in intact.items():
            if name.endswith(".rels"):
                content = _RELATION.sub(
                    lambda found: b"" if found[1].rpartition(b"/")[2] in names else found[0],
                    content,
                )
            copy.writestr(name, content)
        for name in damaged:
            if _SLIDE.fullmatch(name):
                copy.writestr(name, _EMPTY_SLIDE)
    return file.getvalue(), damaged


def _is_intact(archive: ZipFile) -> bool:
    try:
        return archive.testzip() is None
    except FAULTS:
        return False


def _report(blocks: list[Block], number: int, is_damaged: bool) -> PageReport:
    if is_damaged:
        return PageReport(number, 0, 0.0, False)
    text = "".join(block.text for block in blocks)
    # A slide of pictures alone has nothing to read, and says so by its length.
    return PageReport(number, len(text), quality(text) if text else 1.0, True)


def _slide(slide: Any, number: int) -> Iterator[Block]:
    title = slide.shapes.title
    words = title.text_frame.text if title is not None and title.has_text_frame else ""
    # Without words it still ends the slide before, whose title is none of this one's.
    yield Block(" ".join(words.split()), BlockKind.HEADING, 1, number)
    for shape in _in_order(slide.shapes):
        if title is None or shape.shape_id != title.shape_id:
            yield from _shape(shape, number)
    for relation in slide.part.rels.values():
        if relation.reltype.endswith(_DIAGRAM) and not relation.is_external:
            yield from _diagram(relation.target_part.blob, number)
    if slide.has_notes_slide:
        frame = slide.notes_slide.notes_text_frame
        if frame is not None:
            yield Block(_text(frame), page=number)


def _in_order(shapes: Any) -> list[Any]:
    """Shapes as a reader meets them, from above and from the left; the file has the last on top."""
    return sorted(shapes, key=lambda shape: ((shape.top or 0) // _ROW, shape.left or 0))


def _shape(shape: Any, number: int) -> Iterator[Block]:
    if hasattr(shape, "shapes"):
        for inner in _in_order(shape.shapes):
            yield from _shape(inner, number)
    elif getattr(shape, "has_table", False):
        yield from table_blocks(_rows(shape.table), number)
    elif getattr(shape, "has_chart", False):
        yield from _chart(shape.chart, number)
    elif shape.has_text_frame:
        lines = [p for p in shape.text_frame.paragraphs if p.text.strip()]
        kind = BlockKind.LIST if len(lines) > 1 else BlockKind.PARAGRAPH
        yield Block(_text(shape.text_frame), kind, page=number)


def _rows(table: Any) -> Iterator[list[str]]:
    above: list[str] = []
    for row in table.rows:
        cells = list(row.cells)
        # A cell merged with the one above speaks for this row, too.
        above = [
            above[at] if cell._tc.vMerge and above else cell.text for at, cell in enumerate(cells)
        ]
        yield above


def _text(frame: Any) -> str:
    return "\n".join(
        "  " * (paragraph.level or 0) + paragraph.text.replace("\v", "\n")
        for paragraph in frame.paragraphs
        if paragraph.text.strip()
    )


def _chart(chart: Any, number: int) -> Iterator[Block]:
    if chart.has_title and chart.chart_title.has_text_frame:
        yield Block(chart.chart_title.text_frame.text, page=number)
    for plot in chart.plots:
        names = [str(category) for category in plot.categories]
        rows = [["", *names]]
        for series in plot.series:
            rows.append(
                [series.name or "", *("" if v is None else f"{v:g}" for v in series.values)]
            )
        yield from table_blocks(rows, number)


def _diagram(blob: bytes, number: int) -> Iterator[Block]:
    root = etree.fromstring(blob, etree.XMLParser(resolve_entities=False, no_network=True))
    lines = (
        "".join(t.text or "" for t in p.iter(f"{_DRAWING}t")) for p in root.iter(f"{_DRAWING}p")
    )
    yield Block("\n".join(line for line in lines if line.strip()), BlockKind.LIST, page=number)
