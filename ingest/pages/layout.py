"""The reading order of a page: column by column, row by row, cells of a table side by side."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from statistics import median

from msgspec import Struct

from ingest.pages.fragments import Fragment, Run, gap_text
from ingest.pages.line_numbers import without_line_numbers
from ingest.splitting.line_joining import is_cjk

_FEWEST_LINES = 4
_FULL_SHARE = 0.3
# Set by hand: so many lines, and such a share of all, end at a column's edge where it is justified.
_FEWEST_ALIGNED, _ALIGNED_SHARE = 3, 0.05
# Set by hand: a column of type this much smaller than the page's, and of no more than this share
# of its text, stands beside the running text.
# Set by hand: a box's lines are at least so many type sizes long, and such a share ends alike.
_BOX, _BOX_SHARE = 15, 0.1
_SMALLER, _SMALL_SHARE = 0.88, 0.3
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
    edges: dict[int, float] = {}
    """Where lines that begin at a certain place end, as in an indented box."""
    aside: bool = False
    """Whether it stands beside the running text, as a sidebar or a stamp does."""


class _Band(Struct):
    """A stretch of a page that a gutter parts, or that reaches across it."""

    fragments: list[Fragment]
    is_parted: bool


def columns(fragments: Sequence[Fragment]) -> list[Column]:
    """The columns of a page in reading order, what stands beside the running text last."""
    across = [f for f in fragments if f.run is Run.ACROSS]
    found = _flow(without_line_numbers(across))
    _mark_asides(found)
    found += _turned(fragments)
    return [c for c in found if not c.aside] + [c for c in found if c.aside]


def _flow(fragments: Sequence[Fragment]) -> list[Column]:
    if not fragments:
        return []
    rows = _lines(sorted(fragments, key=lambda f: -f.middle))
    gutter = find_gutter(fragments, rows)
    if gutter is None:
        return [_column(fragments)]
    found: list[Column] = []
    for band in _bands(rows, gutter):
        if band.is_parted:
            found += _flow([f for f in band.fragments if _is_left(f, gutter)])
            found += _flow([f for f in band.fragments if not _is_left(f, gutter)])
        else:
            found.append(_column(band.fragments))
    return found


def _is_left(fragment: Fragment, gutter: float) -> bool:
    return fragment.left + fragment.right < 2 * gutter


def _mark_asides(found: Sequence[Column]) -> None:
    """Tell sidebars by their smaller type."""
    if len(found) < 2:
        return
    sizes: Counter[float] = Counter()
    lengths = []
    for column in found:
        lengths.append(sum(len(line.text) for line in column.lines))
        for line in column.lines:
            sizes[round(line.size, 1)] += len(line.text)
    body = max(sizes, key=lambda size: sizes[size])
    for column, length in zip(found, lengths, strict=True):
        small = all(line.size <= _SMALLER * body for line in column.lines)
        column.aside = small and length <= _SMALL_SHARE * sum(lengths)


def _turned(fragments: Sequence[Fragment]) -> list[Column]:
    """Stamps that run up or down a margin, each a column of one line."""
    found: list[Column] = []
    for run in (Run.UP, Run.DOWN):
        pieces = [f for f in fragments if f.run is run]
        pieces.sort(key=lambda f: (round(f.left / _BAND), f.bottom if run is Run.UP else -f.top))
        for piece in pieces:
            if found and found[-1].left - 1 <= piece.left and piece.right <= found[-1].right + 1:
                found[-1].lines[0].cells.append(piece)
            else:
                found.append(Column([Line([piece])], piece.left, piece.right, aside=True))
    return found


def _bands(rows: Sequence[Line], gutter: float) -> list[_Band]:
    """The stretches of a page from top to bottom, those across the gutter apart."""
    found: list[_Band] = []
    for row in rows:
        parted = not _crosses(row, gutter)
        if not found or found[-1].is_parted is not parted:
            found.append(_Band([], parted))
        found[-1].fragments += row.cells
    widths = _widths(found, gutter)
    joined: list[_Band] = []
    for band in found:
        band.is_parted = band.is_parted and _is_text(band.fragments, gutter, widths)
        if joined and joined[-1].is_parted is band.is_parted:
            joined[-1].fragments += band.fragments
        else:
            joined.append(band)
    return joined


def _widths(found: Sequence[_Band], gutter: float) -> tuple[float, float]:
    """How wide the columns left and right of a gutter are."""
    parted = [f for band in found if band.is_parted for f in band.fragments]
    before = [f for f in parted if _is_left(f, gutter)]
    after = [f for f in parted if not _is_left(f, gutter)]
    return tuple(
        max(f.right for f in side) - min(f.left for f in side) if side else 1.0
        for side in (before, after)
    )  # type: ignore[return-value]


def _is_text(band: Sequence[Fragment], gutter: float, widths: tuple[float, float]) -> bool:
    """Whether a band's lines fill their columns, as those of a table across both do not."""
    filled = []
    for row in _lines(sorted(band, key=lambda f: -f.middle)):
        before = sum(f.right - f.left for f in row.cells if _is_left(f, gutter))
        after = sum(f.right - f.left for f in row.cells if not _is_left(f, gutter))
        if before and after:
            filled.append(max(before / widths[0], after / widths[1]))
    return not filled or median(filled) >= 0.6


def _crosses(row: Line, gutter: float) -> bool:
    """Whether a row belongs to the page and not to its columns: a title, a table's row."""
    if any(cell.left < gutter - 1 and cell.right > gutter + 1 for cell in row.cells):
        return True
    width = row.right - row.left
    filled = sum(cell.right - cell.left for cell in row.cells)
    return len(row.cells) > 2 and filled < 0.5 * width


def _column(fragments: Sequence[Fragment]) -> Column:
    lines = _lines(_in_order(fragments))
    return Column(lines, min(line.left for line in lines), right_edge(lines))


def find_inner_edges(found: Sequence[Column]) -> None:
    """Tell the columns of a document where what is set narrower ends, such as boxes and lists.

    Justified lines that begin alike end alike; where no place is common, the column's edge holds.
    """
    ends: dict[int, Counter[int]] = {}
    for column in found:
        for line in column.lines:
            if line.right - line.left > _BOX * line.size:
                ends.setdefault(round(line.left), Counter())[round(line.right)] += 1
    edges: dict[int, float] = {}
    for left, counts in ends.items():
        edge, _ = counts.most_common(1)[0]
        together = sum(counts[edge + shift] for shift in (-1, 0, 1))
        if together >= max(2, _BOX_SHARE * counts.total()):
            edges[left] = edge + 1.0
    for column in found:
        column.edges = edges


def right_edge(lines: Sequence[Line]) -> float:
    """Where full lines end; a page number, a long address or code may stand further out."""
    aligned: Counter[int] = Counter()
    for line in lines:
        aligned.update((round(line.right), round(line.right) + 1))
    often = max(_FEWEST_ALIGNED, _ALIGNED_SHARE * len(lines))
    if edges := [edge for edge, count in aligned.items() if count >= often]:
        return float(max(edges))
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


def find_gutter(fragments: Sequence[Fragment], rows: Sequence[Line]) -> float | None:
    """Where an empty stripe parts two columns of prose, the one that parts most text."""
    best, most = None, 0
    gutters = (
        (_most_parted(fragments, edge - 1.0), edge - 1.0) for edge in _column_edges(fragments)
    )
    for possible, gutter in sorted(gutters, reverse=True):
        if possible <= most:
            break
        worth = _parted_text(rows, gutter)
        if worth > most:
            best, most = gutter, worth
    return best


def _most_parted(fragments: Sequence[Fragment], gutter: float) -> int:
    """The most that a gutter can part, found without a look at the lines."""
    before = after = rows_before = rows_after = crossing = 0
    for f in fragments:
        if f.right <= gutter + 1:
            before += len(f.text)
            rows_before += 1
        elif f.left >= gutter - 1:
            after += len(f.text)
            rows_after += 1
        else:
            crossing += 1
    if min(rows_before, rows_after) < _FEWEST_LINES or crossing > 0.7 * len(fragments):
        return 0
    return min(before, after)


def _column_edges(fragments: Sequence[Fragment]) -> list[float]:
    """Where several lines begin, as those of a column do."""
    starts: dict[int, list[float]] = {}
    for fragment in fragments:
        starts.setdefault(round(fragment.left / 2), []).append(fragment.left)
    edges = []
    for at, lefts in starts.items():
        if len(lefts) + len(starts.get(at + 1, ())) >= _FEWEST_LINES - 1:
            edges.append(min(lefts))
    leftmost = min(f.left for f in fragments)
    return [edge for edge in edges if edge > leftmost + _BAND]


def _parted_text(rows: Sequence[Line], gutter: float) -> int:
    """How many characters stand in columns on either side of a gutter; 0 where it is none."""
    total = 0
    for band in _bands(rows, gutter):
        if not band.is_parted:
            continue
        before = [f for f in band.fragments if _is_left(f, gutter)]
        after = [f for f in band.fragments if not _is_left(f, gutter)]
        least = 4 if _differ_in_size(before, after) else 8
        if _is_prose(before, least) and _is_prose(after, least) and _side_by_side(before, after):
            total += min(sum(len(f.text) for f in side) for side in (before, after))
    return total


def _is_prose(side: Sequence[Fragment], least: int = 8) -> bool:
    """Whether lines fill their column, as those of a table's cells do not."""
    rows = _lines(sorted(side, key=lambda f: -f.middle))
    if len(rows) < _FEWEST_LINES:
        return False
    width = sorted(row.right for row in rows)[int(0.9 * len(rows))] - min(f.left for f in side)
    filled = [sum(cell.right - cell.left for cell in row.cells) / width for row in rows]
    characters = [sum(len(cell.text) for cell in row.cells) for row in rows]
    return median(filled) >= 0.75 and median(characters) >= least


def _differ_in_size(before: Sequence[Fragment], after: Sequence[Fragment]) -> bool:
    """Whether one is a sidebar, whose lines may be short."""
    sizes = [median(f.size for f in side) if side else 1.0 for side in (before, after)]
    return min(sizes) <= _SMALLER * max(sizes)


def _side_by_side(before: Sequence[Fragment], after: Sequence[Fragment]) -> bool:
    top = min(max(f.top for f in before), max(f.top for f in after))
    bottom = max(min(f.bottom for f in before), min(f.bottom for f in after))
    beside = [f for f in before if bottom <= f.middle <= top]
    return len(beside) >= _FEWEST_LINES - 1
