"""Pages drawn line by line, as TeX and newspaper systems do, with reportlab."""

import io
import random
from collections.abc import Iterator

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from tests.bench.layouts.known import CHARACTERS, Known, Layout, Writer
from tests.support.documents import embedded_font

_SIZE, _LEADING = 9.5, 12.5
_LEFT, _RIGHT, _GAP = 56.0, 56.0, 20.0
_WIDTH, _HEIGHT = A4
_LATIN = "Times-Roman"


def _wrapped(text: str, width: float, font: str, size: float) -> Iterator[str]:
    """Lines no wider than the column; long English words are hyphenated."""
    line = ""
    for word in list(text) if font != _LATIN else text.split(" "):
        parted = f"{line} {word}" if line and font == _LATIN else line + word
        if stringWidth(parted, font, size) <= width or word in "，。！？、":
            line = parted
            continue
        if font == _LATIN and len(word) > 7:
            half = len(word) // 2
            if stringWidth(f"{line} {word[:half]}-", font, size) <= width:
                yield f"{line} {word[:half]}-"
                line = word[half:]
                continue
        yield line
        line = word
    if line:
        yield line


class _Page:
    """A page of two columns that are filled from the left one's top."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.font = embedded_font(CHARACTERS) if writer.chinese else _LATIN
        self.known = Known()
        self._file = io.BytesIO()
        self.canvas = Canvas(self._file, pagesize=A4)
        self.width = (_WIDTH - _LEFT - _RIGHT - _GAP) / 2
        self.numbers = False
        self.page = 1
        self._line = 0

    def lefts(self) -> tuple[float, float]:
        return _LEFT, _LEFT + self.width + _GAP

    def text(self, text: str, x: float, y: float, size: float = _SIZE, font: str = "") -> None:
        self.canvas.setFont(font or self.font, size)
        self.canvas.drawString(x, y, text)

    def column(self, x: float, top: float, bottom: float, pending: list[str]) -> list[str]:
        """Draw lines from the top; returns those for which there was no room."""
        y = top
        while pending and y > bottom:
            line = pending.pop(0)
            if line:
                self._line += 1
                if self.numbers and self._line % 5 == 0:
                    self.text(str(self._line), x - 14, y, 6)
                self.text(line.removeprefix("\t"), x + (12 if line[0] == "\t" else 0), y)
            y -= _LEADING if line else _LEADING / 2
        return pending

    def lines(self, paragraph: list[str]) -> list[str]:
        """The lines of a paragraph, its first indented, with an empty one after it."""
        text = self.writer.joined(paragraph)
        wrapped = list(_wrapped(text, self.width - 12, self.font, _SIZE))
        return [f"\t{wrapped[0]}", *wrapped[1:], ""]

    def fill(self, top: float, bottom: float) -> None:
        """Fill both columns with paragraphs, as many as there is room for."""
        room = 2 * int((top - bottom) / _LEADING) - 2
        pending: list[str] = []
        while True:
            paragraph = self.writer.paragraph()
            lines = self.lines(paragraph)
            if len(pending) + len(lines) > room:
                break
            pending += lines
            self.known.paragraphs.append(paragraph)
        for x in self.lefts():
            pending = self.column(x, top, bottom, pending)
        assert not pending

    def table(self, rows: list[list[str]], y: float, x: float = _LEFT, step: float = 120) -> float:
        self.known.rows += rows
        for row in rows:
            for n, cell in enumerate(row):
                self.text(cell, x + n * step, y)
            y -= _LEADING
        return y

    def next_page(self) -> None:
        self.canvas.showPage()
        self.page += 1

    def finished(self) -> tuple[bytes, Known]:
        self.canvas.save()
        return self._file.getvalue(), self.known


def _stamped(chance: random.Random) -> tuple[bytes, Known]:
    """English, with a stamp set upright in the left margin, as preprints have."""
    page = _Page(Writer(chance, chinese=False))
    page.known.intruders.append("docXiv:2103.15348v2 [cs.CV] 21 Jun 2021")
    for _ in range(2):
        page.canvas.saveState()
        page.canvas.rotate(90)
        page.text(page.known.intruders[0], 240, -30, 16)
        page.canvas.restoreState()
        if page.page == 1:
            page.text("On the Storage of Fragile Goods", 150, 770, 16, "Times-Bold")
            page.text("A. Writer and B. Author", 230, 748)
        page.fill(720, 70)
        page.next_page()
    return page.finished()


def _sidebar(chance: random.Random) -> tuple[bytes, Known]:
    """Chinese, with a narrow box of small type beside the right column."""
    page = _Page(Writer(chance, chinese=True))
    page.width = 170
    page.fill(770, 70)
    x, y = page.lefts()[1] + page.width + 16, 700.0
    side = page.writer.paragraphs(2)
    page.known.beside += [s for p in side for s in p]
    page.canvas.rect(x - 5, y - 260, 118, 280)
    for paragraph in side:
        for line in _wrapped(page.writer.joined(paragraph), 105, page.font, 7.5):
            page.text(line, x, y, 7.5)
            y -= 10
        y -= 6
    return page.finished()


def _table_across(chance: random.Random) -> tuple[bytes, Known]:
    """Chinese, a table and a drawing with labels across both columns between the text."""
    page = _Page(Writer(chance, chinese=True))
    page.fill(780, 520)
    y = page.table(page.writer.rows(8), 490)
    page.canvas.rect(_LEFT, y - 90, 480, 80)
    for n, label in enumerate(("入口", "北库", "南库", "出口")):
        page.text(label, _LEFT + 30 + n * 120, y - 40, 7)
    page.text("图1 库房的布置", 240, y - 104, 8)
    page.fill(y - 130, 60)
    return page.finished()


def _footnotes(chance: random.Random) -> tuple[bytes, Known]:
    """English, numbered lines, running heads and page numbers, footnotes below each column."""
    page = _Page(Writer(chance, chinese=False))
    page.numbers = True
    page.known.intruders.append("Journal of Careful Storage, Volume 12")
    for _ in range(3):
        page.text(page.known.intruders[0], 200, 810, 8)
        page.text(str(page.page + 240), 295, 24, 8)
        page.fill(780, 120)
        for x in page.lefts():
            note = page.writer.sentence()
            page.known.beside.append(note)
            page.canvas.line(x, 100, x + 60, 100)
            for n, line in enumerate(_wrapped(note, page.width, page.font, 7)):
                page.text(line, x, 90 - 8 * n, 7)
        page.next_page()
    return page.finished()


def _brief(chance: random.Random) -> tuple[bytes, Known]:
    """Chinese, every line numbered in the outer margins, a head, notes below each column."""
    page = _Page(Writer(chance, chinese=True))
    page.known.intruders.append("库房安全规程")
    for _ in range(2):
        page.text(page.known.intruders[0], 260, 812, 8)
        page.text(f"- {page.page} -", 290, 26, 8)
        page.fill(780, 130)
        for n in range(52):
            for x in (_LEFT - 18, _WIDTH - _RIGHT + 10):
                page.text(str(n + 1), x, 780 - n * _LEADING, 6, _LATIN)
        for x in page.lefts():
            note = page.writer.sentence()
            page.known.beside.append(note)
            for n, line in enumerate(_wrapped(note, page.width, page.font, 7)):
                page.text(line, x, 96 - 9 * n, 7)
        page.next_page()
    return page.finished()


CANVAS: dict[str, Layout] = {
    "canvas-brief": _brief,
    "canvas-stamp": _stamped,
    "canvas-sidebar": _sidebar,
    "canvas-table": _table_across,
    "canvas-footnotes": _footnotes,
}
