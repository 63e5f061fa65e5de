"""The reading order of a page: column by column, row by row, cells of a table side by side."""

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from statistics import median

from msgspec import Struct

from ingest.pages.fragments import Fragment, gap_text
from ingest.splitting.line_joining import is_cjk

_FEWEST_LINES = 4
_FULL_SHARE = 0.3
_BAND = 8.0  # so high are the bands that pieces are looked up by, in points


class Line:
    """A line of one column, its pieces from left to right; more than one where wide gaps part it.

    What tells about it is asked for again and again, and so worked out once.
    """

    def __init__(self, cells: list[Fragment]) -> None:
        """Take the pieces in their order."""
        self.cells = cells

    @cached_property
    def text(self) -> str:
        """The whole line."""
        text = self.cells[0].text
        if len(self.cells) > 2 and all(len(c.text) == 1 and is_cjk(c.text) for c in self.cells):
            return "".join(cell.text for cell in self.cells)  # a title pulled apart
        for before, cell in pairwise(self.cells):
            text += gap_text(before, cell) + cell.text
        return text

    @property
    def left(self) -> float:
        """Left edge."""
        return self.cells[0].left

    @cached_property
    def right(self) -> float:
        """Right edge."""
        return max(cell.right for cell in self.cells)

    @cached_property
    def top(self) -> float:
        """Upper edge."""
        return max(cell.top for cell in self.cells)

    @cached_property
    def bottom(self) -> float:
        """Lower edge."""
        return min(cell.bottom for cell in self.cells)

    @cached_property
    def size(self) -> float:
        """Type size of its longest cell."""
        return max(self.cells, key=lambda cell: len(cell.text)).size


class Column(Struct):
    """Lines that are read one after the other, from top to bottom."""

    lines: list[Line]
    left: float
    right: float


def columns(fragments: Sequence[Fragment]) -> list[Column]:
    """The columns of a page in reading order."""
    if not fragments:
        return []
    gutter = _gutter(fragments)
    if gutter is None:
        return [_column(fragments)]
    found: list[Column] = []
    band: list[Fragment] = []
    across: list[Fragment] = []
    for row in _lines(sorted(fragments, key=lambda f: -f.middle)):
        if _crosses(row, gutter):
            found += _halves(band, gutter)
            band = []
            across += row.cells
            continue
        if across:
            found.append(_column(across))
            across = []
        band += row.cells
    if across:
        found.append(_column(across))
    return found + _halves(band, gutter)


def _crosses(row: Line, gutter: float) -> bool:
    """Whether a row belongs to the page and not to its columns: a title, a table's row."""
    if any(cell.left < gutter < cell.right for cell in row.cells):
        return True
    width = row.right - row.left
    filled = sum(cell.right - cell.left for cell in row.cells)
    return len(row.cells) > 2 and filled < 0.5 * width


def _halves(band: Sequence[Fragment], gutter: float) -> list[Column]:
    left = [fragment for fragment in band if fragment.right <= gutter]
    right = [fragment for fragment in band if fragment.right > gutter]
    return columns(left) + columns(right)


def _column(fragments: Sequence[Fragment]) -> Column:
    lines = _lines(_in_order(fragments))
    return Column(lines, min(line.left for line in lines), _right_edge(lines))


def _right_edge(lines: Sequence[Line]) -> float:
    """Where full lines end; a page number or a running title may stand further out."""
    ends = sorted(lines, key=lambda line: -line.right)
    for at, line in enumerate(ends):
        beside = sum(line.right - other.right < 2 * line.size for other in ends[at:])
        if beside >= _FULL_SHARE * len(ends):
            return line.right
    return ends[0].right


def _in_order(fragments: Sequence[Fragment]) -> Sequence[Fragment]:
    """The order of the file where it runs down the page, else the order of the rows."""
    steps = list(pairwise(fragments))
    upward = [at for at, (a, b) in enumerate(steps, 1) if b.middle > a.middle + a.size]
    if len(upward) <= 0.05 * len(steps) and _filled(fragments, upward) < 2:
        return fragments
    return sorted(fragments, key=lambda f: (-f.middle, f.left))


def _filled(fragments: Sequence[Fragment], jumps: Sequence[int]) -> int:
    """How many pieces drawn after a jump fill rows drawn before, as a table's other cells do."""
    prose = [_is_prose(fragments[:at]) and _is_prose(fragments[at:]) for at in jumps]
    starts = [at for at, is_prose in zip(jumps, prose, strict=True) if not is_prose]
    seen: dict[int, list[Fragment]] = {}
    count = 0
    for first, beyond in pairwise([0, *starts, len(fragments)]):
        drawn = fragments[first:beyond]
        for cell in drawn:
            row = round(cell.middle / _BAND)
            near = (other for at in (row - 1, row, row + 1) for other in seen.get(at, ()))
            count += any(cell.on_row_of(other) for other in near)
        for cell in drawn:
            seen.setdefault(round(cell.middle / _BAND), []).append(cell)
    return count


def _lines(fragments: Sequence[Fragment]) -> list[Line]:
    rows: list[list[Fragment]] = []
    for fragment in fragments:
        if rows and fragment.on_row_of(rows[-1][0]):
            rows[-1].append(fragment)
        else:
            rows.append([fragment])
    return [Line(sorted(row, key=lambda cell: cell.left)) for row in rows]


def _gutter(fragments: Sequence[Fragment]) -> float | None:
    """Where an empty stripe parts two columns of prose, the one nearest to the middle."""
    left, right = min(f.left for f in fragments), max(f.right for f in fragments)
    width = right - left
    edges = (
        sorted({round(f.left) for f in fragments if 0.2 < (f.left - left) / width < 0.8})
        if width
        else []
    )
    middle = (left + right) / 2
    for edge in sorted(edges, key=lambda at: abs(at - middle)):
        gutter = edge - 1.0
        before = [f for f in fragments if f.right <= gutter]
        after = [f for f in fragments if f.left >= gutter]
        crossing = len(fragments) - len(before) - len(after)
        if crossing > min(len(before), len(after)):
            continue
        if _is_prose(before) and _is_prose(after) and _side_by_side(before, after):
            return gutter
    return None


def _is_prose(side: Sequence[Fragment]) -> bool:
    """Whether lines fill their column, as those of a table's cells do not."""
    rows = _lines(sorted(side, key=lambda f: -f.middle))
    if len(rows) < _FEWEST_LINES:
        return False
    width = max(f.right for f in side) - min(f.left for f in side)
    filled = [sum(cell.right - cell.left for cell in row.cells) / width for row in rows]
    characters = [sum(len(cell.text) for cell in row.cells) for row in rows]
    return median(filled) >= 0.75 and median(characters) >= 8


def _side_by_side(before: Sequence[Fragment], after: Sequence[Fragment]) -> bool:
    top = min(max(f.top for f in before), max(f.top for f in after))
    bottom = max(min(f.bottom for f in before), min(f.bottom for f in after))
    beside = [f for f in before if bottom <= f.middle <= top]
    return len(beside) >= _FEWEST_LINES - 1
