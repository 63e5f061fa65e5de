"""Lines of a column to paragraphs, lists and tables."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from msgspec import Struct

from ingest.pages.layout import TextColumn
from ingest.pages.lines import Line
from ingest.pages.numbering import heading_level
from ingest.pages.rows import BULLET, LEADERS, cells_of, rows_at
from ingest.splitting.line_joining import HYPHENS, is_cjk, join_lines

_ITEM = re.compile(
    r"(?:[-–•·●○■□◆◇▪►*]|\(?\d{1,3}(?:[)、）]|[.．](?!\d))|[（(](?:[一二三四五六七八九十]{1,3}|\d{1,3}|[a-z])[)）]"
    r"|[①-⑳]|[一二三四五六七八九十]{1,3}、|第[零〇一二三四五六七八九十百千\d]+条)\s*\S"
)
_ENDS_SENTENCE = re.compile(r"[。！？；：.!?;:…][”’」』）》)\"']*$")
_LABEL = re.compile(r"[^\W\d_]{2,10}[：:]")
_CAPTION = re.compile(r"(?:图|表|圖|Fig(?:ure|\.)?|Table)\s*\d+", re.IGNORECASE)
_NOTE_SIZE = 0.93  # of the running text's; set by hand
_MOST_BESIDE = 12  # pieces between the halves of a sentence
_TO_PAGE = re.compile(r" … \S{1,6}$")
_LEADERS_AND_SPACE = re.compile(rf"\s*{LEADERS.pattern}")


class Paragraph(Struct):
    """What belongs together: its text, and what tells whether it is a heading or goes on."""

    text: str
    size: float
    lines: int
    page: int
    rows: list[list[str]] | None = None
    open_end: bool = False
    indented: bool = False
    column: float = 0.0
    """Where its column begins, which tells it from the one beside it."""
    is_aside: bool = False
    is_hyphenated: bool = False
    """Whether its last word goes on in the next."""


def paragraphs(column: TextColumn, page: int) -> Iterator[Paragraph]:
    """The paragraphs and tables of a column."""
    pitch, usual = _pitch(column.lines), _usual_size(column.lines)
    group: list[Line] = []
    at = 0
    while at < len(column.lines):
        line = column.lines[at]
        table = _table_at(column, at, page, usual)
        if group and (table or not _continues(group, line, column, pitch)):
            yield _paragraph(group, column, page)
            group = []
        if table:
            table.column = column.left
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
    if _LABEL.match(before.text) and _LABEL.match(after.text):
        return False  # the next line of a form
    return not _ENDS_SENTENCE.search(before.text) and not _begins_anew(after.text)


def in_flow(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """The same, with what cuts a sentence in two, such as a footnote, moved behind it."""
    found: list[Paragraph] = []
    last: Paragraph | None = None
    after = 0  # where what goes on with the last belongs
    for paragraph in paragraphs:
        if last and _is_beside(paragraph, last) and len(found) - after < _MOST_BESIDE:
            found.append(paragraph)
            continue
        if last and len(found) > after and _goes_on_elsewhere(last, paragraph):
            found.insert(after, paragraph)
        else:
            found.append(paragraph)
            after = len(found) - 1
        last, after = paragraph, after + 1
    return found


def _is_beside(paragraph: Paragraph, last: Paragraph) -> bool:
    """Whether it is no part of the running text: a footnote, a sidebar, a table, a caption."""
    small = paragraph.size < _NOTE_SIZE * last.size
    return (
        paragraph.is_aside or small or bool(paragraph.rows) or bool(_CAPTION.match(paragraph.text))
    )


def _goes_on_elsewhere(before: Paragraph, after: Paragraph) -> bool:
    moved = (before.page, round(before.column)) != (after.page, round(after.column))
    return moved and after.page - before.page <= 1 and goes_on(before, after)


def _begins_anew(text: str) -> bool:
    return bool(_ITEM.match(text)) or heading_level(text) is not None


def _paragraph(group: Sequence[Line], column: TextColumn, page: int) -> Paragraph:
    first, last = group[0], group[-1]
    joined = join_lines(line.text for line in group)
    text = joined.rstrip(HYPHENS)
    return Paragraph(
        _LEADERS_AND_SPACE.sub(" … ", text) if LEADERS.search(text) else text,
        max(group, key=lambda line: len(line.text)).size,
        len(group),
        page,
        open_end=_is_full(last, column, ""),
        indented=first.left - column.left > first.size,
        column=column.left,
        is_aside=column.aside,
        is_hyphenated=len(text) < len(joined),
    )


def _continues(group: Sequence[Line], line: Line, column: TextColumn, pitch: float) -> bool:
    before = group[-1]
    step = before.top - line.top
    if step < 0 or step > 1.4 * max(pitch, before.size):
        return False
    if abs(before.size - line.size) > 0.12 * before.size or BULLET.match(line.text):
        return False
    if _ITEM.match(line.text) and _ITEM.match(group[0].text) and _beside(line, group[0]):
        return False  # the next item of a list
    if _LABEL.match(line.text) and _LABEL.match(group[0].text) and _beside(line, group[0]):
        return False  # the next line of a form
    # Within a sentence, 3.11 at the head of a line is a number and no numbering.
    if _ENDS_SENTENCE.search(before.text) and _begins_anew(line.text):
        return False
    if LEADERS.search(before.text) or not _is_full(before, column, line.text):
        return False
    shift = line.left - before.left
    if shift > 0.8 * line.size:
        # To the right of the line above begins a paragraph, unless that line is a list's item, or
        # the term of a list of terms, which goes on in the middle of a sentence.
        hangs = bool(_ITEM.match(before.text)) or not _ENDS_SENTENCE.search(before.text)
        return len(group) == 1 and hangs
    # To the left of it goes on, where that line was the indented first.
    return shift > -0.8 * line.size or len(group) == 1


def _beside(line: Line, first: Line) -> bool:
    return abs(line.left - first.left) < 0.5 * line.size


def _is_full(line: Line, column: TextColumn, following: str) -> bool:
    """Whether the next word would not have fitted on the line."""
    room = min(column.right, column.edges.get(round(line.left), column.right)) - line.right
    if not following or is_cjk(following[0]):
        return room < 2.5 * line.size
    word = following.split(maxsplit=1)[0]
    return room < (0.6 * len(word) + 1) * line.size


def _pitch(lines: Sequence[Line]) -> float:
    steps = [a.top - b.top for a, b in pairwise(lines) if a.top > b.top]
    return median(steps) if steps else 0.0


def _table_at(column: TextColumn, at: int, page: int, usual: float) -> Paragraph | None:
    line = column.lines[at]
    whole = line.cells[0].rows
    if whole:
        return Paragraph(line.text, 0.0, 1, page, whole)
    rows = rows_at(column, at, usual)
    if not rows:
        return None
    cells = cells_of(rows)
    text = "\n".join(" | ".join(row) for row in cells)
    return Paragraph(text, rows[0][0].size, sum(map(len, rows)), page, cells)


def _usual_size(lines: Sequence[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    return max(sizes, key=lambda size: sizes[size])
