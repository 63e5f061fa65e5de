"""Pages set by CSS columns with WeasyPrint, run as a program: a bench needs it, docqa does not."""
# ruff: noqa: E501  style sheets and XML read better in their own lines

import random
import subprocess

from tests.bench.layouts.known import Known, Layout, Writer

_STYLE = """
@page { size: A4; margin: 20mm 18mm; @bottom-center { content: counter(page); font-size: 8pt }
 @top-center { content: "HEAD"; font-size: 8pt } }
body { font: 9.5pt/1.35 "FACE"; text-align: justify; hyphens: auto }
.columns { columns: 2; column-gap: 7mm } p { margin: 0 0 2mm } .first p { text-indent: 2em; margin: 0 }
table { width: 100%; margin: 4mm 0; border-collapse: collapse } td, th { padding: 1mm 3mm; text-align: left }
.side { position: absolute; right: -16mm; top: 40mm; width: 11mm; font-size: 5pt; text-align: left }
.stamp { position: absolute; left: -75mm; top: 110mm; width: 120mm; transform: rotate(-90deg);
 font-size: 14pt; text-align: left; white-space: nowrap }
.note { float: footnote; font-size: 7pt } .figure { border: 1px solid; height: 25mm; text-align: center }
"""


def _set(writer: Writer, head: str, body: str) -> bytes:
    face = "WenQuanYi Zen Hei" if writer.chinese else "DejaVu Serif"
    language = "zh" if writer.chinese else "en"
    style = _STYLE.replace("HEAD", head).replace("FACE", face)
    page = (
        f'<html lang="{language}"><meta charset="utf-8"><style>{style}</style><body>{body}</body>'
    )
    done = subprocess.run(
        ["weasyprint", "-", "-"], input=page.encode(), capture_output=True, check=True, timeout=300
    )
    return done.stdout


def _text(known: Known, writer: Writer, count: int, *, notes: int = 0) -> str:
    paragraphs = writer.paragraphs(count)
    known.paragraphs += paragraphs
    pieces = []
    for number, paragraph in enumerate(paragraphs):
        note = ""
        if number < notes:
            known.beside.append(writer.sentence())
            note = f'<span class="note">{known.beside[-1]}</span>'
        pieces.append(f"<p>{writer.joined(paragraph)}{note}</p>")
    return "".join(pieces)


def _table(known: Known, writer: Writer, count: int) -> str:
    rows = writer.rows(count)
    known.rows += rows
    cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


def _paper(chance: random.Random) -> tuple[bytes, Known]:
    """English with hyphens, a title and an abstract across, a stamp, footnotes."""
    writer, known = Writer(chance, chinese=False), Known(intruders=["docXiv:1711.00123v4 [cs.DB]"])
    abstract = _text(known, writer, 1)
    body = _text(known, writer, 24, notes=2)
    page = (
        f'<div class="stamp">{known.intruders[0]}</div><h1>Storage Revisited</h1>{abstract}'
        f'<div class="columns">{body}</div>'
    )
    return _set(writer, "", page), known


def _report(chance: random.Random) -> tuple[bytes, Known]:
    """Chinese, indented paragraphs, running heads, a table across both columns."""
    writer, known = Writer(chance, chinese=True), Known(intruders=["库房管理年度报告"])
    page = (
        f'<h1>年度报告</h1><div class="columns first">{_text(known, writer, 10)}</div>'
        f'{_table(known, writer, 7)}<div class="columns first">{_text(known, writer, 30)}</div>'
    )
    return _set(writer, known.intruders[0], page), known


def _margins(chance: random.Random) -> tuple[bytes, Known]:
    """Chinese, a narrow note in the outer margin, a figure in a column."""
    writer, known = Writer(chance, chinese=True), Known()
    first, second = _text(known, writer, 9), _text(known, writer, 16)
    known.beside.append(writer.sentence())
    page = (
        f'<div class="side">{known.beside[0]}</div><div class="columns">{first}'
        f'<div class="figure">图二 通风口</div>{second}</div>'
    )
    return _set(writer, "", page), known


BROWSER: dict[str, Layout] = {
    "browser-paper": _paper,
    "browser-report": _report,
    "browser-margins": _margins,
}
