"""Lends PDFium boxes for the letters of an East Asian font that is nowhere to be found.

Where such a font is neither in the file nor on the system, PDFium sees no shapes, and passes over
letters that stand alone.
"""

import ctypes
from functools import cache
from pathlib import Path
from typing import Any

from pypdfium2 import raw

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


@cache
def lend_boxes() -> object:
    """From now on PDFium asks the system first and then takes the boxes; keep what is returned."""
    system = raw.FPDF_GetDefaultSystemFontInfo()
    known = system.contents
    boxes = _BOXES.read_bytes()

    def mapped(_: Any, weight: int, italic: int, charset: int, *rest: Any) -> int | None:
        found: int | None = known.MapFont(system, weight, italic, charset, *rest)
        return found or (_HANDLE if charset in _CHARSETS else None)

    def data(_: Any, font: int, table: int, buffer: int, size: int) -> int:
        if font != _HANDLE:
            return int(known.GetFontData(system, font, table, buffer, size))
        if table:
            return 0  # only the whole file is lent
        if buffer and size >= len(boxes):
            ctypes.memmove(buffer, boxes, len(boxes))
        return len(boxes)

    def name(_: Any, font: int, buffer: int, size: int) -> int:
        return 0 if font == _HANDLE else int(known.GetFaceName(system, font, buffer, size))

    def charset(_: Any, font: int) -> int:
        if font == _HANDLE:
            return int(raw.FXFONT_GB2312_CHARSET)
        return int(known.GetFontCharset(system, font))

    def give_back(_: Any, font: int) -> None:
        if font != _HANDLE:
            known.DeleteFont(system, font)

    answers = {
        "EnumFonts": lambda _, mapper: known.EnumFonts(system, mapper),
        "MapFont": mapped,
        "GetFont": lambda _, face: known.GetFont(system, face),
        "GetFontData": data,
        "GetFaceName": name,
        "GetFontCharset": charset,
        "DeleteFont": give_back,
    }
    types = dict(raw.FPDF_SYSFONTINFO._fields_)
    lender = raw.FPDF_SYSFONTINFO(
        version=1, **{field: types[field](answer) for field, answer in answers.items()}
    )
    raw.FPDF_SetSystemFontInfo(lender)
    return lender
