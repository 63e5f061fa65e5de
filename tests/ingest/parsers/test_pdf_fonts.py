"""The boxes lent to PDFium for East Asian letters without a font."""

import ctypes

from pypdfium2 import raw

from ingest.parsers.pdf import fonts


def test_the_boxes_are_lent_for_east_asian_letters_and_returned_whole():
    lender = fonts._Lender()
    handle = lender.MapFont(None, 400, 0, raw.FXFONT_GB2312_CHARSET, 0, b"SimSun", None)
    assert handle == fonts._HANDLE
    size = lender.GetFontData(None, handle, 0, 0, 0)
    buffer = ctypes.create_string_buffer(size)
    lender.GetFontData(None, handle, 0, ctypes.addressof(buffer), size)
    assert buffer.raw == fonts._BOXES.read_bytes()
    assert lender.GetFontData(None, handle, 0x676C7966, 0, 0) == 0
    assert lender.GetFaceName(None, handle, 0, 0) == 0
    assert lender.GetFontCharset(None, handle) == raw.FXFONT_GB2312_CHARSET
    lender.DeleteFont(None, handle)


def test_within_system_fonts_the_system_is_asked_first():
    lender = fonts._lender()
    with fonts.system_fonts():
        assert lender is None or not lender.is_asked_first
    assert lender is None or lender.is_asked_first
