"""Lines of a column to paragraphs, lists and tables."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from msgspec import Struct

from ingest.pages.layout import Column, Line
from ingest.pages.numbering import heading_level
from ingest.splitting.line_joining import HYPHEN, is_cjk, join_lines, joint

_ITEM = re.compile(
    r"(?:[-–•·●○■□◆◇▪►*]|\(?\d{1,3}(?:[)、）]|[.．](?!\d))|[（(](?:[一二三四五六七八九十]{1,3}|\d{1,3}|[a-z])[)）]"
    r"|[①-⑳]|[一二三四五六七八九十]{1,3}、|第[零〇一二三四五六七八九十百千\d]+条)\s*\S"
)
_CELL_PITCH = 1.8  # the lines of one cell, in type sizes
_BULLET = re.compile(r"[•●○■□◆◇▪►]")
_ENDS_SENTENCE = re.compile(r"[。！？；：.!?;:…][”’」』）》)\"']*$")
_TO_PAGE = re.compile(r" … \S{1,6}$")
_DOTS = r"[.．…·]\s*(?:[.．…·]\s*){3,}"
_LEADERS = re.compile(_DOTS)  # begins with one set of characters: fast to search for
_LEADERS_AND_SPACE = re.compile(rf"\s*{_DOTS}")


class Paragraph(Struct):
    """What belongs together: its text, and what tells whether it is a heading or goes on."""

    text: str
    size: float
    lines: int
    page: int
    rows: list[list[str]] | None = None
    open_end: bool = False
    indented: bool = False


def paragraphs(column: Column, page: int) -> Iterator[Paragraph]:
    """The paragraphs and tables of a column."""
    pitch = _pitch(column.lines)
    group: list[Line] = []
    at = 0
    while at < len(column.lines):
        line = column.lines[at]
        table = _table_at(column.lines, at, page)
        if group and (table or not _continues(group, line, column, pitch)):
            yield _paragraph(group, column, page)
            group = []
        if table:
            yield table
        else:
            group.append(line)
        at += table.lines if table else 1
    if group:
        yield _paragraph(group, column, page)


def goes_on(before: Paragraph, after: Paragraph) -> bool:
    """Whether a paragraph that ends a page or column goes on in the next."""
    if before.rows or after.rows or not before.open_end or after.indented:
        return False
    if _TO_PAGE.search(before.text):
        return False  # an entry of a table of contents
    if abs(before.size - after.size) > 0.1 * before.size:
        return False
    return not _ENDS_SENTENCE.search(before.text) and not _begins_anew(after.text)


def _begins_anew(text: str) -> bool:
    return bool(_ITEM.match(text)) or heading_level(text) is not None


def _paragraph(group: Sequence[Line], column: Column, page: int) -> Paragraph:
    first, last = group[0], group[-1]
    text = join_lines(line.text for line in group).removesuffix(HYPHEN)
    return Paragraph(
        _LEADERS_AND_SPACE.sub(" … ", text) if _LEADERS.search(text) else text,
        max(group, key=lambda line: len(line.text)).size,
        len(group),
        page,
        open_end=_is_full(last, column, ""),
        indented=first.left - column.left > first.size,
    )


def _continues(group: Sequence[Line], line: Line, column: Column, pitch: float) -> bool:
    before = group[-1]
    step = before.top - line.top
    if step < 0 or step > 1.4 * max(pitch, before.size):
        return False
    if abs(before.size - line.size) > 0.12 * before.size or _BULLET.match(line.text):
        return False
    if _ITEM.match(line.text) and _ITEM.match(group[0].text) and _beside(line, group[0]):
        return False  # the next item of a list
    # Within a sentence, 3.11 at the head of a line is a number and no numbering.
    if _ENDS_SENTENCE.search(before.text) and _begins_anew(line.text):
        return False
    if _LEADERS.search(before.text) or not _is_full(before, column, line.text):
        return False
    shift = line.left - before.left
    if shift > 0.8 * line.size:
        # To the right of the line above begins a paragraph, unless that line is a list's item.
        return len(group) == 1 and bool(_ITEM.match(before.text))
    # To the left of it goes on, where that line was the indented first.
    return shift > -0.8 * line.size or len(group) == 1


def _beside(line: Line, first: Line) -> bool:
    return abs(line.left - first.left) < 0.5 * line.size


def _is_full(line: Line, column: Column, following: str) -> bool:
    """Whether the next word would not have fitted on the line."""
    room = column.right - line.right
    if not following or is_cjk(following[0]):
        return room < 2.5 * line.size
    word = following.split(maxsplit=1)[0]
    return room < (0.6 * len(word) + 1) * line.size


def _pitch(lines: Sequence[Line]) -> float:
    steps = [a.top - b.top for a, b in pairwise(lines) if a.top > b.top]
    return median(steps) if steps else 0.0


def _table_at(lines: Sequence[Line], at: int, page: int) -> Paragraph | None:
    whole = lines[at].cells[0].rows
    if whole:
        return Paragraph(lines[at].text, 0.0, 1, page, whole)
    rows = _table_rows(lines, at)
    return _table(rows, page) if rows else None


def _table_rows(lines: Sequence[Line], at: int) -> list[list[Line]]:
    """The rows of a table from line `at` on, each of its lines; fewer than two rows are none."""
    rows: list[list[Line]] = []
    for line in lines[at:]:
        if _LEADERS.search(line.text) or _is_item(line):
            break
        if len(line.cells) > 1:
            rows.append([line])
        elif rows and _goes_on_in_cell(rows[-1], line):
            rows[-1].append(line)
        else:
            break
    if len(rows) < 2:
        return []
    widths = [len(row[0].cells) for row in rows]
    return rows if max(widths) - min(widths) <= max(widths) // 2 else []


def _goes_on_in_cell(row: Sequence[Line], line: Line) -> bool:
    """Whether a line alone stands right below a cell, other than the first, of the row above."""
    near = 0 < row[-1].top - line.top < _CELL_PITCH * line.size
    return near and any(abs(cell.left - line.left) < line.size / 2 for cell in row[0].cells[1:])


def _is_item(line: Line) -> bool:
    """Whether what stands apart from a line's text is its bullet."""
    return len(line.cells) == 2 and bool(_BULLET.fullmatch(line.cells[0].text))


def _table(rows: Sequence[Sequence[Line]], page: int) -> Paragraph:
    edges: list[float] = []
    for row in sorted(rows, key=lambda row: -len(row[0].cells)):
        for cell in row[0].cells:
            if all(abs(cell.left - edge) > 2 * cell.size for edge in edges):
                edges.append(cell.left)
    edges.sort()
    table = [[""] * len(edges) for _ in rows]
    for cells, row in zip(table, rows, strict=True):
        for line in row:
            for cell in line.cells:
                nearest = min(range(len(edges)), key=lambda i: abs(edges[i] - cell.left))
                between = joint(cells[nearest], cell.text) if line is not row[0] else " "
                cells[nearest] = f"{cells[nearest]}{between}{cell.text}".strip()
    text = "\n".join(" | ".join(cells) for cells in table)
    return Paragraph(text, rows[0][0].size, sum(map(len, rows)), page, rows=table)
