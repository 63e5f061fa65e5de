"""Documents made for the tests, each the real thing of its format."""

import io
import zipfile
from collections.abc import Callable, Sequence
from functools import cache

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
WIDTH, HEIGHT = A4
LAW = (
    "为了保护劳动者的合法权益，调整劳动关系，建立和维护适应社会主义市场经济的劳动制度，"
    "促进经济发展和社会进步，根据宪法，制定本法。用人单位应当依法建立和完善规章制度，"
    "保障劳动者享有劳动权利和履行劳动义务。"
)

pdfmetrics.registerFont(UnicodeCIDFont(FONT))


@cache
def embedded_font(characters: str) -> str:
    """Name of a font that goes into the file, as most do: a box for each of these characters.

    FONT does not, so what PDFium makes of it depends on the fonts of the machine.
    """
    glyphs, widths, names = {".notdef": TTGlyphPen(None).glyph()}, {".notdef": (1000, 0)}, {}
    for character in sorted(set(characters)):
        width = 500 if character.isascii() else 1000
        pen = TTGlyphPen(None)
        if not character.isspace():
            pen.moveTo((50, -80))
            for corner in ((50, 840), (width - 50, 840), (width - 50, -80)):
                pen.lineTo(corner)
            pen.closePath()
        names[ord(character)] = name = f"u{ord(character):04X}"
        glyphs[name], widths[name] = pen.glyph(), (width, 50)
    builder = FontBuilder(1000)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap(names)
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(widths)
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    font = f"Boxes{len(pdfmetrics.getRegisteredFontNames())}"
    builder.setupNameTable({"familyName": font, "styleName": "Regular", "psName": font})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120)
    builder.setupPost()
    file = io.BytesIO()
    builder.save(file)
    file.seek(0)
    pdfmetrics.registerFont(TTFont(font, file))
    return font


def pdf(draw: Callable[[Canvas], None], **options) -> bytes:
    """A PDF drawn by a function."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, **options)
    draw(canvas)
    canvas.save()
    return file.getvalue()


def write(
    canvas: Canvas, text: str, x: float, y: float, size: float = 12, font: str = FONT
) -> None:
    """One line of Chinese text."""
    canvas.setFont(font, size)
    canvas.drawString(x, y, text)


def paragraph(
    canvas: Canvas,
    text: str,
    x: float,
    y: float,
    width: int,
    size: float = 12,
    font: str = FONT,
) -> float:
    """A paragraph as Chinese is set: the first line indented by two; returns the next height."""
    lines = [text[: width - 2]]
    rest = text[width - 2 :]
    lines += [rest[at : at + width] for at in range(0, len(rest), width)]
    for number, line in enumerate(lines):
        write(canvas, line, x + (0 if number else 2 * size), y, size, font)
        y -= 1.5 * size
    return y


def zipped(entries: dict[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip container with these entries."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def epub(chapters: Sequence[str]) -> bytes:
    """A book of these XHTML bodies."""
    items = "".join(
        f'<item id="c{n}" href="c%20{n}.xhtml" media-type="application/xhtml+xml"/>'
        for n in range(len(chapters))
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    entries: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": (
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
        ),
        "OEBPS/book.opf": (
            '<package xmlns="http://www.idpf.org/2007/opf">'
            '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>茶壶史</dc:title>'
            f"</metadata><manifest>{items}</manifest><spine>{spine}</spine></package>"
        ),
    }
    for number, body in enumerate(chapters):
        entries[f"OEBPS/c {number}.xhtml"] = (
            '<?xml version="1.0" encoding="utf-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml">'
            f"<body>{body}</body></html>"
        )
    return zipped(entries)


def picture(lines: Sequence[str], size: int = 32):
    """An image of Chinese lines, drawn with the font that OpenCV brings."""
    import cv2
    import numpy
    from PIL import Image

    canvas = numpy.full((160 + 60 * len(lines), 1000, 3), 255, numpy.uint8)
    face = cv2.FontFace("uni")
    for number, line in enumerate(lines):
        cv2.putText(canvas, line, (60, 100 + number * 56), (0, 0, 0), face, size)
    return Image.fromarray(canvas)
