"""Pages set by LibreOffice Writer from flat ODT files."""
# ruff: noqa: E501  style sheets and XML read better in their own lines

import random
import subprocess
import tempfile
from pathlib import Path

from tests.bench.layouts.known import Known, Layout, Writer

_NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for short, long in (
        ("office", "office"), ("style", "style"), ("text", "text"), ("table", "table"),
        ("draw", "drawing"), ("fo", "xsl-fo-compatible"), ("svg", "svg-compatible"),
    )
)  # fmt: skip
_FRAME = """<text:p text:style-name="P"><draw:frame draw:style-name="F" text:anchor-type="page"
 text:anchor-page-number="1" svg:x="18.6cm" svg:y="6cm" svg:width="2.1cm"><draw:text-box
 fo:min-height="3cm"><text:p text:style-name="S">{}</text:p></draw:text-box></draw:frame></text:p>"""


def _set(writer: Writer, body: str, head: str = "", numbers: bool = False) -> bytes:
    face = "WenQuanYi Zen Hei" if writer.chinese else "DejaVu Serif"
    font = f'style:font-name="{face}" style:font-name-asian="{face}" fo:font-family="{face}"'
    font += f' style:font-family-asian="{face}"'
    numbering = (
        '<text:linenumbering-configuration text:number-lines="true" text:increment="5"'
        ' text:count-empty-lines="false" style:num-format="1" text:number-position="left"'
        ' text:offset="0.3cm"/>'
        if numbers
        else ""
    )
    header = f"<style:header><text:p>{head}</text:p></style:header>" if head else ""
    page = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document {_NAMES} office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">
<office:styles><style:default-style style:family="paragraph"><style:text-properties {font}
 fo:font-size="9.5pt" style:font-size-asian="9.5pt" fo:language="en" fo:country="US"/></style:default-style>
{numbering}</office:styles><office:automatic-styles>
<style:style style:name="P" style:family="paragraph"><style:paragraph-properties fo:text-align="justify"
 fo:margin-bottom="0.2cm" text:number-lines="true"/></style:style>
<style:style style:name="H" style:family="paragraph"><style:text-properties fo:font-size="15pt"
 style:font-size-asian="15pt" fo:font-weight="bold"/></style:style>
<style:style style:name="S" style:family="paragraph"><style:text-properties fo:font-size="6pt"
 style:font-size-asian="6pt"/></style:style>
<style:style style:name="F" style:family="graphic"><style:graphic-properties style:wrap="run-through"
 style:horizontal-pos="from-left" style:horizontal-rel="page" style:vertical-pos="from-top"
 style:vertical-rel="page" fo:border="0.5pt solid #000000" fo:padding="0.05cm"/></style:style>
<style:style style:name="Two" style:family="section"><style:section-properties><style:columns
 fo:column-count="2" fo:column-gap="1.1cm"/></style:section-properties></style:style>
<style:page-layout style:name="A4"><style:page-layout-properties fo:page-width="21cm"
 fo:page-height="29.7cm" fo:margin-top="1.6cm" fo:margin-bottom="1.6cm" fo:margin-left="2.4cm"
 fo:margin-right="2.6cm"/><style:header-style/><style:footer-style/></style:page-layout>
</office:automatic-styles><office:master-styles><style:master-page style:name="Standard"
 style:page-layout-name="A4">{header}<style:footer><text:p><text:page-number/></text:p></style:footer>
</style:master-page></office:master-styles><office:body><office:text>{body}</office:text></office:body>
</office:document>"""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "a.fodt").write_text(page, encoding="utf-8")
        subprocess.run(
            ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
             "--convert-to", "pdf", "--outdir", name, str(folder / "a.fodt")],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip
        return (folder / "a.pdf").read_bytes()


def _columns(known: Known, writer: Writer, count: int, notes: int = 0, name: str = "a") -> str:
    paragraphs = writer.paragraphs(count)
    known.paragraphs += paragraphs
    pieces = []
    for number, paragraph in enumerate(paragraphs):
        note = ""
        if number < notes:
            known.beside.append(writer.sentence())
            note = (
                f'<text:note text:note-class="footnote"><text:note-citation>{number + 1}'
                "</text:note-citation><text:note-body><text:p>"
                f"{known.beside[-1]}</text:p></text:note-body></text:note>"
            )
        pieces.append(f'<text:p text:style-name="P">{writer.joined(paragraph)}{note}</text:p>')
    return (
        f'<text:section text:name="{name}" text:style-name="Two">{"".join(pieces)}</text:section>'
    )


def _table(known: Known, writer: Writer, count: int) -> str:
    rows = writer.rows(count)
    known.rows += rows
    lines = (
        "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row)
        for row in rows
    )
    body = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines)
    return (
        f'<table:table><table:table-column table:number-columns-repeated="4"/>{body}</table:table>'
    )


def _handbook(chance: random.Random) -> tuple[bytes, Known]:
    """Chinese, a running head, a boxed sidebar in the outer margin."""
    writer, known = Writer(chance, chinese=True), Known(intruders=["仓库工作手册"])
    known.beside.append(writer.sentence())
    side = _FRAME.format(known.beside[0])
    title = '<text:p text:style-name="H">仓库工作要点</text:p>'
    body = side + title + _columns(known, writer, 40)
    return _set(writer, body, known.intruders[0]), known


def _proceedings(chance: random.Random) -> tuple[bytes, Known]:
    """English, a table across both columns, footnotes."""
    writer, known = Writer(chance, chinese=False), Known()
    first = _columns(known, writer, 8, notes=2)
    table = _table(known, writer, 7)
    second = _columns(known, writer, 14, name="b")
    return _set(writer, f'<text:p text:style-name="H">Stores</text:p>{first}{table}{second}'), known


def _draft(chance: random.Random) -> tuple[bytes, Known]:
    """English, every fifth line numbered in the margin, a running head."""
    writer, known = Writer(chance, chinese=False), Known(intruders=["Draft for discussion only"])
    return _set(writer, _columns(known, writer, 30), known.intruders[0], numbers=True), known


OFFICE: dict[str, Layout] = {
    "office-handbook": _handbook,
    "office-proceedings": _proceedings,
    "office-draft": _draft,
}
