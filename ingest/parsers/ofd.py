"""OFD, the page format of Chinese offices and invoices: a zip of XML, read like a PDF."""

import io
import posixpath
from collections.abc import Sequence
from zipfile import ZipFile

from lxml import etree
from msgspec import Struct

from ingest import ocr
from ingest.archive import FAULTS, entry, open_checked
from ingest.errors import FileUnreadable, NeedsExtra
from ingest.pages.blocks import Sheet, page_blocks
from ingest.pages.fragments import Fragment, TextRun, adjoins, append, upright
from ingest.pages.headings import OutlineEntry
from ingest.parsers.xml import parse_xml
from ingest.quality import READABLE, quality
from ingest.source import SourceFile
from ingest.splitting.line_joining import without_spread
from ingest.types import PageMethod, PageReport, Parsed

_POINTS = 72 / 25.4  # a millimetre
_PAPER = (210.0, 297.0)
_DESCENT = 0.12  # of the type size, below the baseline
_APART, _SPREAD = 0.25, 0.75  # gaps between words, in type sizes; set by hand
_MOST_REPEATS = 10_000  # characters one "g" may stand for
_DEEPEST = 20  # groups within groups
_BROKEN: tuple[type[Exception], ...] = (FileUnreadable, *FAULTS)

Matrix = tuple[float, float, float, float, float, float]
_PLAIN: Matrix = (1, 0, 0, 1, 0, 0)


class _Page(Struct):
    """A page while it is read; places in millimetres from above left."""

    width: float
    height: float
    fragments: list[Fragment] = []
    pictures: list[str] = []
    """Names of the parts that hold its pictures."""


def parse(source: SourceFile) -> Parsed:
    """Read an OFD file."""
    with open_checked(source) as archive:
        book = _Book(archive)
        pages = [_read_page(book, part, source) for part in book.pages]
    if all(page is None for page in pages):
        raise FileUnreadable("damaged")
    sheets = [Sheet(n, page[0], page[1]) for n, page in enumerate(pages, 1) if page]
    if not any(sheet.fragments for sheet in sheets):
        if book.has_pictures and ocr.engine() is None and source.options.ocr:
            raise NeedsExtra("scanned", extra="ocr", pages=len(pages))
        raise FileUnreadable("no_text")
    reports = tuple(
        _report(number, page[0], page[2]) if page else PageReport(number, 0, 0.0, False)
        for number, page in enumerate(pages, 1)
    )
    return Parsed(tuple(page_blocks(sheets, book.outline)), reports, title=book.title)


def _report(number: int, found: Sequence[Fragment], method: PageMethod) -> PageReport:
    text = " ".join(fragment.text for fragment in found)
    worth = quality(text) if text else 1.0
    return PageReport(number, len("".join(text.split())), worth, worth >= READABLE, method)


class _Book:
    """The first document of a package: its pages, what they refer to, and its outline."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._names = {name.lower(): name for name in archive.namelist()}
        self.has_pictures = False
        top = self.root("OFD.xml")
        body = top.find("{*}DocBody")
        path = body.findtext("{*}DocRoot") if body is not None else None
        if body is None or not path:
            raise FileUnreadable("damaged")
        self._path = posixpath.normpath(path.strip().lstrip("/"))
        self.title = (body.findtext("{*}DocInfo/{*}Title") or "").strip() or None
        self._document = self.root(self._path)
        self._ids = {
            node.get("ID") or "": number
            for number, node in enumerate(self._document.iterfind("{*}Pages/{*}Page"), 1)
        }
        self.pages = [
            self.path_of(self._path, node.get("BaseLoc"))
            for node in self._document.iterfind("{*}Pages/{*}Page")
        ]
        self.box = _box(self._document.find("{*}CommonData/{*}PageArea"))
        self.templates = {
            node.get("ID") or "": self.path_of(self._path, node.get("BaseLoc"))
            for node in self._document.iterfind("{*}CommonData/{*}TemplatePage")
        }

    @property
    def outline(self) -> list[OutlineEntry]:
        """Its own table of contents."""
        found: list[OutlineEntry] = []
        for node in self._document.iterfind("{*}Outlines//{*}OutlineElem"):
            target = node.find(".//{*}Goto//{*}Dest")
            page = self._ids.get(target.get("PageID") or "") if target is not None else None
            level = sum(1 for _ in node.iterancestors("{*}OutlineElem")) + 1
            if page and node.get("Title"):
                found.append(OutlineEntry(node.get("Title") or "", level, page))
        return found

    def root(self, path: str) -> etree._Element:
        """A part as XML."""
        return parse_xml(self.part(path))

    def part(self, path: str) -> bytes:
        """The bytes of a part; writers differ in upper and lower case."""
        name = self._names.get(path.lower())
        if name is None:
            raise FileUnreadable("damaged")
        return entry(self._archive, name)

    def path_of(self, base: str, location: str | None) -> str:
        """Where a location named in a part leads."""
        place = (location or "").strip()
        if place.startswith("/"):
            return posixpath.normpath(place.lstrip("/"))
        inner = posixpath.normpath(posixpath.join(posixpath.dirname(base), place))
        # Some writers name every part from the top.
        return inner if inner.lower() in self._names else posixpath.normpath(place)

    def pictures(self) -> dict[str, str]:
        """The parts that hold pictures, by the number that pages name them with."""
        found: dict[str, str] = {}
        data = self._document.find("{*}CommonData")
        for node in data if data is not None else ():
            if not str(node.tag).endswith(("PublicRes", "DocumentRes")) or not node.text:
                continue
            path = self.path_of(self._path, node.text)
            root = self.root(path)
            folder = posixpath.join(posixpath.dirname(path), root.get("BaseLoc") or "")
            for media in root.iter("{*}MultiMedia"):
                name = media.findtext("{*}MediaFile") or ""
                found[media.get("ID") or ""] = posixpath.normpath(posixpath.join(folder, name))
        return found


def _read_page(
    book: _Book, part: str, source: SourceFile
) -> tuple[list[Fragment], float, PageMethod] | None:
    """What stands on a page, its height in points, and how it was read; None if it is damaged."""
    try:
        page = _draw_page(book, part)
    except _BROKEN:
        return None
    if not page.fragments and page.pictures:
        book.has_pictures = True
        if source.options.ocr and ocr.engine():
            return _read_picture(book, page), page.height * _POINTS, PageMethod.OCR
    found, height = upright(page.fragments, page.width * _POINTS, page.height * _POINTS)
    return found, height, PageMethod.TEXT


def _draw_page(book: _Book, part: str) -> _Page:
    root = book.root(part)
    width, height = _box(root.find("{*}Area")) or book.box or _PAPER
    page = _Page(width, height, [], [])
    for template in root.iterfind("{*}Template"):
        # The form below an invoice's entries is a page of its own.
        path = book.templates.get(template.get("TemplateID") or "")
        if path:
            _add_content(page, book.root(path))
    _add_content(page, root)
    for fragment in page.fragments:
        fragment.text = without_spread(fragment.text)
    return page


def _add_content(page: _Page, root: etree._Element) -> None:
    for layer in root.iterfind("{*}Content/{*}Layer"):
        _add_group(page, layer, 0)


def _add_group(page: _Page, group: etree._Element, depth: int) -> None:
    for node in group:
        name = etree.QName(node).localname if isinstance(node.tag, str) else ""
        if name == "TextObject":
            _add_text(page, node)
        elif name == "ImageObject":
            page.pictures.append(node.get("ResourceID") or "")
        elif name == "PageBlock" and depth < _DEEPEST:
            _add_group(page, node, depth + 1)


def _add_text(page: _Page, node: etree._Element) -> None:
    """Add the text of an object, letter by letter, as lines of letters that adjoin."""
    box = _numbers(node.get("Boundary"))
    size = _number(node.get("Size")) or 3.5
    matrix = _matrix(node.get("CTM"))
    left, top = (box[0], box[1]) if len(box) > 1 else (0.0, 0.0)
    for code in node.iterfind("{*}TextCode"):
        text = code.text or ""
        x, y = _number(code.get("X")), _number(code.get("Y"))
        across, down = (_deltas(code.get(name), len(text)) for name in ("DeltaX", "DeltaY"))
        run = TextRun.DOWN if down and not any(across) and len(text) > 1 else TextRun.ACROSS
        for at, letter in enumerate(text):
            if letter.strip():
                place = _transform(matrix, x, y)
                piece = _letter(letter, left + place[0], top + place[1], size, matrix, page, run)
                spaced = text[at - 1].isspace() if at else None
                _add_piece(page.fragments, piece, spaced)
            step = across[at] if at < len(across) else (0.0 if down else _wide(letter) * size)
            x += step
            y += down[at] if at < len(down) else 0.0


def _letter(
    text: str, x: float, y: float, size: float, matrix: Matrix, page: _Page, run: TextRun
) -> Fragment:
    height = size * abs(matrix[3] or 1) * _POINTS
    wide = _wide(text) * size * abs(matrix[0] or 1) * _POINTS
    bottom = (page.height - y) * _POINTS - _DESCENT * height
    left = x * _POINTS
    return Fragment(text, left, bottom, left + wide, bottom + height, height, run=run)


def _add_piece(found: list[Fragment], piece: Fragment, spaced: bool | None) -> None:
    """Add a letter to the line it goes on with; `spaced` is None for the first of its object."""
    last = found[-1] if found else None
    if last is None or last.run is not piece.run:
        found.append(piece)
    elif piece.run is TextRun.DOWN and _is_below(last, piece):
        last.text += piece.text
        last.bottom = min(last.bottom, piece.bottom)
    elif piece.run is TextRun.ACROSS and adjoins(last, piece):
        # Within an object a space is written, and what is spread is still one word.
        apart = _APART if spaced is None else _SPREAD
        if spaced or piece.left - last.right >= apart * piece.size:
            append(last, piece, drawn=bool(spaced))
        else:
            last.text += piece.text
            last.right, last.top = max(last.right, piece.right), max(last.top, piece.top)
    else:
        found.append(piece)


def _is_below(last: Fragment, piece: Fragment) -> bool:
    return (
        abs(last.left - piece.left) < piece.size / 2
        and -0.5 < ((last.bottom - piece.top) / piece.size) < 1.0
    )


def _read_picture(book: _Book, page: _Page) -> list[Fragment]:
    """A page that is but pictures, read from the first of them."""
    from PIL import Image, UnidentifiedImageError

    parts = book.pictures()
    for number in page.pictures:
        try:
            with Image.open(io.BytesIO(book.part(parts.get(number, "")))) as picture:
                words = ocr.read_image(picture)
                scale = page.height * _POINTS / picture.height
                if words:
                    return ocr.fragments(words, picture.height, scale)
        except (UnidentifiedImageError, Image.DecompressionBombError):
            continue
        except _BROKEN:
            continue
    return []


def _box(area: etree._Element | None) -> tuple[float, float] | None:
    if area is None:
        return None
    size = _numbers(area.findtext("{*}PhysicalBox"))
    return (size[2], size[3]) if len(size) == 4 and min(size[2:]) > 0 else None


def _matrix(written: str | None) -> Matrix:
    numbers = _numbers(written)
    if len(numbers) != 6:
        return _PLAIN
    a, b, c, d, e, f = numbers
    return a, b, c, d, e, f


def _transform(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _deltas(written: str | None, letters: int) -> list[float]:
    """Steps from letter to letter; `g 3 5.5` stands for three steps of 5.5."""
    words = iter((written or "").split())
    found: list[float] = []
    for word in words:
        if word == "g":
            count = min(int(_number(next(words, None))), letters, _MOST_REPEATS)
            found += [_number(next(words, None))] * count
        else:
            found.append(_number(word))
    return found


def _wide(letter: str) -> float:
    return 0.5 if letter.isascii() else 1.0


def _numbers(written: str | None) -> list[float]:
    return [_number(word) for word in (written or "").split()]


def _number(written: str | None) -> float:
    try:
        return float(written or 0)
    except ValueError:
        return 0.0
