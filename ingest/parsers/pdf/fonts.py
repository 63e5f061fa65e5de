"""Lends PDFium boxes for the letters of an East Asian font that is not in the file.

Where the system has none either, PDFium sees no shapes, and passes over letters that stand alone;
where it has one, to load it would take longer than to read the file.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from pypdfium2 import PdfiumError, PdfSysfontBase, raw

# Two glyphs for all the letters there are: half an em wide for Latin ones, one em for others. Each
# has bounds but draws nothing, so that the picture of a page stays as it is.
_BOXES = Path(__file__).with_name("boxes.ttf")
_HANDLE = 1
_CHARSETS = frozenset(
    {
        raw.FXFONT_GB2312_CHARSET,
        raw.FXFONT_CHINESEBIG5_CHARSET,
        raw.FXFONT_SHIFTJIS_CHARSET,
        raw.FXFONT_HANGEUL_CHARSET,
    }
)


def lend_boxes() -> None:
    """From now on PDFium takes the boxes for what it opens."""
    _lender()


@contextmanager
def system_fonts() -> Iterator[None]:
    """What is opened within has the fonts of the system, as far as it has them: to be looked at."""
    lender = _lender()
    if lender:
        lender.is_asked_first = False
    try:
        yield
    finally:
        if lender:
            lender.is_asked_first = True


@cache
def _lender() -> "_Lender | None":
    lender = _Lender()
    try:
        lender.setup()
    except PdfiumError:
        return None  # where PDFium knows of no fonts of the system, it takes none of ours
    return lender


class _Lender(PdfSysfontBase):  # type: ignore[misc]  # it has no types
    """Answers for its one font, and has the system answer for all others."""

    def __init__(self) -> None:
        super().__init__()
        self.is_asked_first = True
        self._boxes = _BOXES.read_bytes()

    def MapFont(self, _: Any, weight: int, italic: int, charset: int, *rest: Any) -> Any:
        """The boxes, or the system's font with the boxes where it has none."""
        lent = _HANDLE if charset in _CHARSETS else None
        if lent and self.is_asked_first:
            return lent
        return super().MapFont(_, weight, italic, charset, *rest) or lent

    def GetFontData(self, _: Any, font: int, table: int, buffer: int, size: int) -> Any:
        """The bytes of a font, as many as there is room for; and how many there are."""
        if font != _HANDLE:
            return super().GetFontData(_, font, table, buffer, size)
        if table:
            return 0  # only the whole file is lent
        if buffer and size >= len(self._boxes):
            ctypes.memmove(buffer, self._boxes, len(self._boxes))
        return len(self._boxes)

    def GetFaceName(self, _: Any, font: int, buffer: int, size: int) -> Any:
        """The boxes have no name."""
        return 0 if font == _HANDLE else super().GetFaceName(_, font, buffer, size)

    def GetFontCharset(self, _: Any, font: int) -> Any:
        """Any of those that they serve will do for the boxes."""
        if font == _HANDLE:
            return raw.FXFONT_GB2312_CHARSET
        return super().GetFontCharset(_, font)

    def DeleteFont(self, _: Any, font: int) -> None:
        """There is nothing to let go of for the boxes."""
        if font != _HANDLE:
            super().DeleteFont(_, font)
