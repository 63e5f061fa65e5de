"""Gutters: the empty stripes that part the columns of a page."""

from collections.abc import Sequence
from itertools import groupby
from statistics import median

from msgspec import Struct

from ingest.pages.fragments import Fragment
from ingest.pages.lines import Line, rows_of

# All set by hand.
_FEWEST_LINES = 4
_FEWEST_KNOWN = 2  # lines beside one another, where the gutter is known from other pages
_NEAR = 3.0  # points
_BESIDE = 8.0  # points from the left edge, where no column begins
_SHORTEST, _SHORTEST_SMALL = 8, 4  # characters of a column's lines, and of a sidebar's
SMALLER = 0.88  # type sizes of a sidebar and of the running text
_FILLED = 0.6  # of a column's width, by lines that are no cells
_LOOSE = 0.5  # of a row's width, by the cells of a table


class Band(Struct):
    """A stretch of a page that a gutter parts, or that reaches across it."""

    fragments: list[Fragment]
    is_parted: bool


def is_left(fragment: Fragment, gutter: float) -> bool:
    """Whether a fragment stands left of a gutter."""
    return fragment.left + fragment.right < 2 * gutter


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
    return [edge for edge in edges if edge > leftmost + _BESIDE]


def _parted_text(rows: Sequence[Line], gutter: float) -> int:
    """How many characters stand in columns on either side of a gutter; 0 where it is none."""
    total = 0
    for band in bands(rows, gutter):
        if not band.is_parted:
            continue
        before = [f for f in band.fragments if is_left(f, gutter)]
        after = [f for f in band.fragments if not is_left(f, gutter)]
        if min(len(before), len(after)) < _FEWEST_LINES or not _side_by_side(before, after):
            continue
        least = _SHORTEST_SMALL if _differ_in_size(before, after) else _SHORTEST
        if _are_columns(before, least) and _are_columns(after, least):
            total += min(sum(len(f.text) for f in side) for side in (before, after))
    return total


def _are_columns(side: Sequence[Fragment], least: int) -> bool:
    """Whether a side is a column of prose, or several."""
    return is_prose(side, least) or find_gutter(side, rows_of(side)) is not None


def is_prose(side: Sequence[Fragment], least: int = _SHORTEST) -> bool:
    """Whether lines fill their column, as those of a table's cells do not."""
    rows = rows_of(side)
    if len(rows) < _FEWEST_LINES:
        return False
    width = sorted(row.right for row in rows)[int(0.9 * len(rows))] - min(f.left for f in side)
    filled = [sum(cell.right - cell.left for cell in row.cells) / width for row in rows]
    characters = [sum(len(cell.text) for cell in row.cells) for row in rows]
    return median(filled) >= 0.75 and median(characters) >= least


def _differ_in_size(before: Sequence[Fragment], after: Sequence[Fragment]) -> bool:
    """Whether one is a sidebar, whose lines may be short."""
    sizes = [median(f.size for f in side) if side else 1.0 for side in (before, after)]
    return min(sizes) <= SMALLER * max(sizes)


def _side_by_side(before: Sequence[Fragment], after: Sequence[Fragment]) -> bool:
    top = min(max(f.top for f in before), max(f.top for f in after))
    bottom = max(min(f.bottom for f in before), min(f.bottom for f in after))
    beside = [f for f in before if bottom <= f.middle <= top]
    return len(beside) >= _FEWEST_LINES - 1


def bands(rows: Sequence[Line], gutter: float) -> list[Band]:
    """The stretches of a page from top to bottom, those across the gutter apart."""
    found = [
        Band([cell for row, _ in group for cell in row.cells], is_parted)
        for is_parted, group in groupby(
            zip(rows, _are_parted(rows, gutter), strict=True), key=lambda pair: pair[1]
        )
    ]
    parted = [f for band in found if band.is_parted for f in band.fragments]
    widths = (
        _width([f for f in parted if is_left(f, gutter)]),
        _width([f for f in parted if not is_left(f, gutter)]),
    )
    joined: list[Band] = []
    for band in found:
        band.is_parted = band.is_parted and _is_text(band.fragments, gutter, widths)
        if joined and joined[-1].is_parted is band.is_parted:
            joined[-1].fragments += band.fragments
        else:
            joined.append(band)
    return joined


def _are_parted(rows: Sequence[Line], gutter: float) -> list[bool]:
    """For each row whether the gutter parts it: not a title, nor several rows of a table."""
    loose = [_is_loose(row) for row in rows]
    return [
        not _is_crossed(row, gutter)
        and not (loose[at] and (loose[at - 1 : at] == [True] or loose[at + 1 : at + 2] == [True]))
        for at, row in enumerate(rows)
    ]


def _is_crossed(row: Line, gutter: float) -> bool:
    return any(cell.left < gutter - 1 and cell.right > gutter + 1 for cell in row.cells)


def _is_loose(row: Line) -> bool:
    """Whether a row is set as the cells of a table are."""
    filled = sum(cell.right - cell.left for cell in row.cells)
    return len(row.cells) > 2 and filled < _LOOSE * (row.right - row.left)


def _width(side: Sequence[Fragment]) -> float:
    return max(f.right for f in side) - min(f.left for f in side) if side else 1.0


def _is_text(band: Sequence[Fragment], gutter: float, widths: tuple[float, float]) -> bool:
    """Whether a band's lines fill their columns, as those of a table across both do not."""
    filled = []
    for row in rows_of(band):
        before = sum(f.right - f.left for f in row.cells if is_left(f, gutter))
        after = sum(f.right - f.left for f in row.cells if not is_left(f, gutter))
        if before and after:
            filled.append(max(before / widths[0], after / widths[1]))
    return not filled or median(filled) >= _FILLED


def fits(rows: Sequence[Line], gutter: float) -> bool:
    """Whether a gutter of other pages parts this one, which holds too little to show it."""
    beside = [
        row
        for row in rows
        if not _is_crossed(row, gutter)
        and is_left(row.cells[0], gutter)
        and not is_left(row.cells[-1], gutter)
    ]
    if len(beside) < _FEWEST_KNOWN:
        return False
    after = [[c for c in row.cells if not is_left(c, gutter)] for row in beside]
    begin = min(cells[0].left for cells in after)
    long = sum(
        sum(len(c.text) for c in row.cells if is_left(c, gutter)) >= _SHORTEST for row in beside
    )
    return abs(begin - gutter - 1) < _NEAR and long >= len(beside) / 2
