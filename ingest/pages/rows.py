"""Which lines of a column are the rows of a table, and which cells they have."""

import re
from collections.abc import Sequence
from itertools import pairwise

from ingest.pages.fragments import Fragment
from ingest.pages.layout import TextColumn
from ingest.pages.lines import Line
from ingest.splitting.line_joining import joint

# All set by hand, in type sizes or as shares.
_CELL_PITCH = 1.8  # from one line to the next of the same cell
_ROW_PITCH = 3.5  # from one row to the next
_WIDE = 1.5  # a gap that parts cells, not words
_NARROWEST = 0.5  # what is left of such a gap over all rows
_FREE_SHARE = 0.75  # of the rows, which a gap between columns passes
_LARGER = 1.08
_ALIGNED = 3.0  # points
_ALIKE, _WIDEST_SPACE = 0.3, 4  # how far the spaces of a justified line differ, and grow
_FEWEST_SURE = 3  # rows from which a common gap alone makes a table
_DOTS = r"[.．…·]\s*(?:[.．…·]\s*){3,}"
LEADERS = re.compile(_DOTS)  # begins with one set of characters: fast to search for
BULLET = re.compile(r"[•●○■□◆◇▪►]")
_NUMBERING = re.compile(r"(?:\d{1,2}|[A-Z])(?:[.．]\d{1,2})+[.．]?|第.{1,4}[章节篇]|附录\s*\w*")

Span = tuple[float, float]


def rows_at(column: TextColumn, at: int, usual: float) -> list[list[Line]]:
    """The rows of the table that begins at line `at`, each as its lines; none where none does.

    `usual` is the type size of the running text: what is larger is a heading.
    """
    lines = column.lines
    if len(lines[at].cells) < 2:
        return []
    rows: list[list[Line]] = []
    gaps: list[Span] = []
    for line in lines[at:]:
        if LEADERS.search(line.text) or _is_item(line) or line.size > _LARGER * usual:
            break
        if rows and _goes_on_in_row(rows, line, gaps):
            rows[-1].append(line)
            continue
        if len(line.cells) < 2 or (rows and not _is_next(rows[-1][0], rows[-1][-1], line)):
            break
        own = _gaps(line)
        common = _common(gaps, own) if rows else own
        if not any(right - left >= _NARROWEST * line.size for left, right in common):
            break
        rows.append([line])
        gaps = common
    return rows if _is_table(rows) and not _is_prose(rows, column) else []


def cells_of(rows: Sequence[Sequence[Line]]) -> list[list[str]]:
    """The text of each row's cells, as many in every row."""
    borders = _borders(rows)
    table = [[""] * (len(borders) + 1) for _ in rows]
    for cells, row in zip(table, rows, strict=True):
        for line in row:
            for cell in line.cells:
                column = sum(_middle(cell) > border for border in borders)
                between = joint(cells[column], cell.text) if line is not row[0] else " "
                cells[column] = f"{cells[column]}{between}{cell.text}".strip()
    return table


def _middle(cell: Fragment) -> float:
    # What is wider than its column begins in it.
    return min((cell.left + cell.right) / 2, cell.left + 2 * cell.size)


def _is_item(line: Line) -> bool:
    """Whether what stands apart from a line's text is its bullet."""
    return bool(BULLET.fullmatch(line.cells[0].text))


def _gaps(line: Line) -> list[Span]:
    """The gaps of a line, and all that is right of it: cells may be missing there."""
    inner = [(a.right, b.left) for a, b in pairwise(line.cells) if b.left > a.right]
    return [*inner, (line.right, float("inf"))]


def _common(gaps: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """What two lines leave free alike, but for the room to the right of both."""
    found = []
    for left, right in gaps:
        for first, last in others:
            span = max(left, first), min(right, last)
            if span[0] < span[1]:
                found.append(span)
    return found


def _is_next(first: Line, last: Line, line: Line) -> bool:
    """Whether a line is near enough to the row above, and set in much the same type."""
    if abs(first.size - line.size) > 0.25 * first.size:
        return False
    return 0 < last.top - line.top < _ROW_PITCH * line.size


def _goes_on_in_row(rows: Sequence[Sequence[Line]], line: Line, gaps: Sequence[Span]) -> bool:
    """Whether a line goes on with cells of the row above, the first column left empty."""
    row = rows[-1]
    if not 0 < row[-1].top - line.top < _CELL_PITCH * line.size:
        return False
    below = [
        any(abs(above.left - cell.left) < line.size / 2 for above in row[0].cells[1:])
        for cell in line.cells
    ]
    if len(line.cells) == 1:
        return below[0]
    if not all(below) or line.left < gaps[0][1] - 1 or len(rows) < 2:
        return False
    # Several cells that are set closer than rows are.
    pitch = max(a[0].top - b[0].top for a, b in pairwise(rows))
    return row[-1].top - line.top < 0.9 * pitch


def _is_table(rows: Sequence[Sequence[Line]]) -> bool:
    if len(rows) < 2:
        return False
    firsts = [row[0] for row in rows]
    widths = [len(line.cells) for line in firsts]
    if max(widths) - min(widths) > max(widths) // 2:
        return False
    if all(len(line.cells) == 2 and _NUMBERING.fullmatch(line.cells[0].text) for line in firsts):
        return len(rows) > _FEWEST_SURE  # headings with their numbers set apart
    if not any(b.left - a.right >= _WIDE * b.size for f in firsts for a, b in pairwise(f.cells)):
        return False
    return len(rows) >= _FEWEST_SURE or _is_aligned(*firsts[:2])


def _is_prose(rows: Sequence[Sequence[Line]], column: TextColumn) -> bool:
    """Whether most lines fill the column with gaps that are all alike, as justified text does."""
    firsts = [row[0] for row in rows]
    return sum(_is_justified(line, column) for line in firsts) > 0.5 * len(firsts)


def _is_justified(line: Line, column: TextColumn) -> bool:
    if column.right - line.right > line.size or line.left - column.left > 3 * line.size:
        return False
    gaps = [b.left - a.right for a, b in pairwise(line.cells)]
    ends_full = column.right - line.right < _ALIKE * line.size and line.left - column.left < 1
    alike = max(gaps) - min(gaps) < _ALIKE * line.size and (len(gaps) > 1 or ends_full)
    return max(gaps) < (_WIDEST_SPACE if alike else _WIDE) * line.size


def _is_aligned(first: Line, second: Line) -> bool:
    """Whether all cells of the line that has fewer stand below or above one of the other."""
    few, many = sorted((first, second), key=lambda line: len(line.cells))
    return all(
        any(
            abs(cell.left - other.left) < _ALIGNED or abs(cell.right - other.right) < _ALIGNED
            for other in many.cells
        )
        for cell in few.cells
    )


def _borders(rows: Sequence[Sequence[Line]]) -> list[float]:
    """Where one column ends and the next begins: a gap in nearly all rows."""
    lines = [line for row in rows for line in row]
    edges = sorted({x for line in lines for cell in line.cells for x in (cell.left, cell.right)})
    least = _NARROWEST * max(line.size for line in lines)
    borders: list[float] = []
    start: float | None = None
    for left, right in pairwise(edges):
        crossing = sum(_covers(line, left, right) for line in lines)
        if crossing <= (1 - _FREE_SHARE) * len(lines):
            start = left if start is None else start
            continue
        if start is not None and left - start >= least:
            borders.append((start + left) / 2)
        start = None
    return borders


def _covers(line: Line, left: float, right: float) -> bool:
    return any(cell.left < right - 0.1 and cell.right > left + 0.1 for cell in line.cells)
