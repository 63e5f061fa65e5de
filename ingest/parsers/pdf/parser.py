"""PDF: text by PDFium, put in reading order; pages it cannot read go to pdfplumber and OCR."""

from collections.abc import Iterator, Sequence
from contextlib import closing

import pypdfium2 as pdfium
from msgspec import Struct
from msgspec.structs import replace
from pypdfium2 import raw

from ingest import ocr
from ingest.dated import date_of_pdf
from ingest.errors import FileUnreadable, NeedsExtra
from ingest.pages.blocks import Sheet, page_blocks
from ingest.pages.fragments import Fragment
from ingest.pages.headings import OutlineEntry
from ingest.pages.margins import printed_numbers
from ingest.parsers.pdf.fonts import lend_boxes, system_fonts
from ingest.parsers.pdf.page import fragments
from ingest.parsers.pdf.plumber import Plumber
from ingest.quality import READABLE, quality
from ingest.source import SourceFile
from ingest.types import Block, PageMethod, PageReport, Parsed

_NO_TITLES = frozenset({"(anonymous)", "untitled", "无标题", "未命名"})  # set by programs
_FEW = 20  # characters below which a page with a picture is a scan
_MANY_STROKES = 50  # drawn shapes from which a page without text may show letters
_DOTS_PER_INCH = 200
_MOST_PIXELS = 25_000_000
_MOST_MISSING = 200  # pages in a row; more are only claimed (set by hand)


class _Page(Struct):
    """What was read of a page so far."""

    fragments: list[Fragment]
    report: PageReport
    height: float
    is_missing: bool = False


def parse(source: SourceFile) -> Parsed:
    """Read a PDF file."""
    document = _open(source)
    plumber = Plumber(source.data, source.options.password)
    try:
        pages = _read_pages(document, source, plumber)
        _add_printed_numbers(pages)
        outline = list(_outline(document))
        title = (document.get_metadata_value("Title") or "").strip()
        title = "" if title.lower() in _NO_TITLES else title
        dated = date_of_pdf(document.get_metadata_value("CreationDate"))
        if source.options.tables:
            for page in pages:
                page.fragments = _with_tables(page.fragments, plumber, page.report.number - 1)
    finally:
        document.close()
    if not any(page.fragments for page in pages):
        if all(page.is_missing for page in pages):
            raise FileUnreadable("damaged")
        _refuse(len(pages), source)
    blocks = tuple(_blocks(pages, outline))
    unreadable = any(not page.report.readable for page in pages)
    notes = ("needs_ocr",) if unreadable and not _can_ocr(source) else ()
    reports = tuple(page.report for page in pages)
    return Parsed(blocks, reports, title=title or None, notes=notes, dated=dated)


def _open(source: SourceFile) -> pdfium.PdfDocument:
    lend_boxes()
    password = source.options.password
    try:
        document = pdfium.PdfDocument(source.data, password=password)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise FileUnreadable("wrong_password" if password else "encrypted") from error
        raise FileUnreadable("damaged") from error
    if not len(document):
        document.close()
        raise FileUnreadable("damaged")
    return document


def _can_ocr(source: SourceFile) -> bool:
    return source.options.ocr and ocr.engine() is not None


def _refuse(pages: int, source: SourceFile) -> None:
    if source.options.ocr and ocr.engine() is None:
        raise NeedsExtra("scanned", extra="ocr", pages=pages)
    raise FileUnreadable("no_text")


def _read_pages(document: pdfium.PdfDocument, source: SourceFile, plumber: Plumber) -> list[_Page]:
    pages: list[_Page] = []
    missing = 0
    for index in range(len(document)):
        page = _read_page(document, index, source, plumber)
        missing = missing + 1 if page.is_missing else 0
        pages.append(page)
        if missing > _MOST_MISSING:
            break
    return pages


def _add_printed_numbers(pages: Sequence[_Page]) -> None:
    """Label pages by the numbers printed on them, where the file has no labels of its own."""
    if any(page.report.printed for page in pages):
        return
    printed = printed_numbers([page.fragments for page in pages], [page.height for page in pages])
    for place, number in printed.items():
        page = pages[place]
        page.report = replace(page.report, label=number, printed=True)


def _read_page(
    document: pdfium.PdfDocument, index: int, source: SourceFile, plumber: Plumber
) -> _Page:
    label = document.get_page_label(index) or None
    number = index + 1
    if label == str(number):
        label = None
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return _Page([], PageReport(number, 0, 0.0, False, label=label), 0.0, is_missing=True)
    try:
        found, height, losing = fragments(page)
        read = _judge(found, number, height, PageMethod.TEXT)
        if losing or (read.report.characters and not read.report.readable):
            height = page.get_height()
            second = _judge(plumber.fragments(index), number, height, PageMethod.SECOND)
            read = max(read, second, key=lambda page: _worth(page.report))
        elif not read.report.characters and _is_blank(page):
            read.report = replace(read.report, quality=1.0, readable=True)
        if _needs_ocr(page, read.report) and _can_ocr(source):
            seen = _read_picture(source, index)
            better = seen.report.characters > read.report.characters or not read.report.readable
            read = seen if better and seen.fragments else read
    finally:
        page.close()
    read.report = replace(read.report, label=label, printed=label is not None)
    return read


def _worth(report: PageReport) -> tuple[bool, int]:
    return report.readable, report.characters


def _judge(
    found: list[Fragment],
    number: int,
    height: float,
    method: PageMethod,
    confidence: float | None = None,
) -> _Page:
    text = " ".join(fragment.text for fragment in found)
    worth = quality(text)
    characters = len("".join(text.split()))
    report = PageReport(number, characters, worth, worth >= READABLE, method, confidence)
    return _Page(found, report, height)


def _is_blank(page: pdfium.PdfPage) -> bool:
    kinds = [item.type for item in page.get_objects(max_depth=2)]
    images = raw.FPDF_PAGEOBJ_IMAGE in kinds
    return not images and kinds.count(raw.FPDF_PAGEOBJ_PATH) < _MANY_STROKES


def _needs_ocr(page: pdfium.PdfPage, report: PageReport) -> bool:
    if not report.readable:
        return True
    few = report.characters < _FEW
    return few and any(True for _ in page.get_objects([raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _read_picture(source: SourceFile, index: int) -> _Page:
    """A page read from its picture."""
    # Opened anew: what was lent letters without ink is to show them.
    with system_fonts(), closing(_open(source)) as document, closing(document[index]) as page:
        width, height = page.get_size()
        scale = min(_DOTS_PER_INCH / 72, (_MOST_PIXELS / max(width * height, 1)) ** 0.5)
        image = page.render(scale=scale).to_pil()
    words = ocr.read_image(image)
    found = ocr.fragments(words, image.height, 1 / scale)
    return _judge(found, index + 1, height, PageMethod.OCR, ocr.confidence(words))


def _outline(document: pdfium.PdfDocument) -> Iterator[OutlineEntry]:
    for bookmark in document.get_toc(max_depth=8):
        target = bookmark.get_dest()
        index = target.get_index() if target else None
        if index is not None and bookmark.get_title().strip():
            yield OutlineEntry(bookmark.get_title(), bookmark.level + 1, index + 1)


def _with_tables(found: list[Fragment], plumber: Plumber, index: int) -> list[Fragment]:
    for table in plumber.tables(index):
        found = [fragment for fragment in found if not table.holds(fragment)]
        found.append(table.fragment())
    return found


def _blocks(pages: list[_Page], outline: list[OutlineEntry]) -> Iterator[Block]:
    sheets = [Sheet(page.report.number, page.fragments, page.height) for page in pages]
    return page_blocks(sheets, outline)
