"""The text of a PDF page as fragments: stretches of one line with their place and type size."""

import math
import re

import pypdfium2 as pdfium
from pypdfium2 import raw

from ingest.pages.fragments import Fragment, TextRun, adjoins, append, upright
from ingest.splitting.line_joining import HYPHEN, without_spread

_HAN = re.compile("[\u4e00-\u9fff]")
_WIDEST_DRAWN, _WIDEST_ADDED = 2.5, 1.0  # in type sizes
_SYMBOL = re.compile("[\uf020-\uf0ff]")  # of a symbol font: alone on a line it is a bullet
_SHIFTED = 0.2  # in type sizes
_PIECE = re.compile("[^\\s\ufffe\ufeff]+")


def fragments(page: pdfium.PdfPage) -> tuple[list[Fragment], float, bool]:
    """The fragments of a page as the file draws them, its height as its text runs, and a doubt.

    The doubt is whether PDFium passes over some.
    """
    textpage = page.get_textpage()
    try:
        text = _text(textpage)
        found, height = upright(_fragments(textpage, text), *page.get_size())
        return found, height, _loses_characters(page, textpage, text)
    finally:
        textpage.close()


def _loses_characters(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage, text: str) -> bool:
    """Whether PDFium passes over text, as it does over glyphs that stand alone without a font.

    That is where a font with codes of its own is neither in the file nor on the system.
    """
    han = _HAN.search(text)
    if text.strip() and (han is None or _has_shape(textpage, han.start())):
        return False
    texts = page.get_objects([raw.FPDF_PAGEOBJ_TEXT], max_depth=3)
    return any(right - left < 0.01 for left, _, right, _ in (item.get_bounds() for item in texts))


def _has_shape(textpage: pdfium.PdfTextPage, index: int) -> bool:
    _, bottom, _, top = textpage.get_charbox(index)
    return bool(top - bottom > 0.1)


def _fragments(textpage: pdfium.PdfTextPage, text: str) -> list[Fragment]:
    ruler = _Ruler(textpage)
    found: list[Fragment] = []
    end = 0
    for match in _PIECE.finditer(text):
        piece = ruler.measure(match.group(), match.start())
        between = text[end : match.start()]
        # A space in the file is the writer's; one that PDFium adds tells of a gap.
        drawn = bool(between) and not raw.FPDFText_IsGenerated(textpage, end)
        widest = _WIDEST_DRAWN if drawn else _WIDEST_ADDED
        # U+FFFE is PDFium's sign for a hyphen that only ends the line.
        if found and "\ufffe" in between:
            found[-1].text += HYPHEN
            found.append(piece)
        elif found and "\n" not in between and adjoins(found[-1], piece, widest):
            append(found[-1], piece, drawn=drawn)
        else:
            found.append(piece)
        end = match.end()
    for piece in found:
        piece.text = "•" if _SYMBOL.fullmatch(piece.text) else without_spread(piece.text)
    return [piece for piece in found if piece.right > piece.left]


def _text(textpage: pdfium.PdfTextPage) -> str:
    count = textpage.count_chars()
    text = str(textpage.get_text_range()) if count else ""
    if len(text) == count:
        return text
    # Beyond the basic plane a character counts twice in one of both: take them singly.
    points = (raw.FPDFText_GetUnicode(textpage, index) for index in range(count))
    return "".join(chr(point) if point < 0x110000 else "\ufffd" for point in points)


class _Ruler:
    """Measures pieces of a page's text."""

    def __init__(self, textpage: pdfium.PdfTextPage) -> None:
        self._textpage = textpage.raw
        self._box, self._matrix = raw.FS_RECTF(), raw.FS_MATRIX()
        # By the height of their boxes, since asking for each piece would take half the time.
        self._sizes: dict[float, float] = {}

    def measure(self, text: str, start: int) -> Fragment:
        """A piece that begins at character `start` of the page."""
        box = self._box
        raw.FPDFText_GetLooseCharBox(self._textpage, start, box)
        left, bottom, right, top = box.left, box.bottom, box.right, box.top
        if bottom > top:
            bottom, top = top, bottom
        height = round(top - bottom, 1)
        size = self._sizes.get(height) or self._size(start, height)
        if len(text) == 1:
            return Fragment(text, left, bottom, right, top, size)
        raw.FPDFText_GetLooseCharBox(self._textpage, start + len(text) - 1, box)
        run = TextRun.ACROSS
        if abs(box.bottom - bottom) > _SHIFTED * size:
            run = self._run(start, box.left - left, box.bottom - bottom, size)
            if run is not TextRun.ACROSS:
                bottom, top = min(bottom, box.bottom), max(top, box.top)
        left, right = min(left, box.left), max(right, box.right)
        return Fragment(text, left, bottom, right, top, size, run=run)

    def _run(self, start: int, across: float, upward: float, size: float) -> TextRun:
        """Which way a piece runs whose last character stands higher or lower than its first."""
        if abs(across) < _SHIFTED * size:
            return TextRun.UP if upward > 0 else TextRun.DOWN
        if abs(upward) < size / 2:
            return TextRun.ACROSS  # raised, as an exponent is
        turned = math.degrees(raw.FPDFText_GetCharAngle(self._textpage, start)) % 90
        return TextRun.SLANTED if 5 < turned < 85 else TextRun.ACROSS

    def _size(self, start: int, height: float) -> float:
        raw.FPDFText_GetMatrix(self._textpage, start, self._matrix)
        scale = math.hypot(self._matrix.c, self._matrix.d)
        size = float(raw.FPDFText_GetFontSize(self._textpage, start)) * scale
        self._sizes[height] = size if size > 0 else height
        return self._sizes[height]
