"""The reading order of a page: column by column, row by row, cells of a table side by side."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from ingest.pages.fragments import Fragment, TextRun
from ingest.pages.gutters import SMALLER, bands, find_gutter, fits, is_left, is_prose
from ingest.pages.line_numbers import without_line_numbers
from ingest.pages.lines import Line, lines_of, rows_of

_FULL_SHARE = 0.3
# Set by hand: so many lines, and such a share of all, end at a column's edge where it is justified.
_FEWEST_ALIGNED, _ALIGNED_SHARE = 3, 0.05
# Set by hand: a box's lines are at least so many type sizes long, and such a share ends alike.
_BOX, _BOX_SHARE = 15, 0.1
_SMALL_SHARE = 0.3  # of a page's text, that a sidebar holds at most
_PARTED_SHARE = 0.25  # of the pages that have a gutter, for it to hold on others
_BAND = 8.0  # so high are the bands that pieces are looked up by, in points


class TextColumn(Struct):
    """Lines that are read one after the other, from top to bottom."""

    lines: list[Line]
    left: float
    right: float
    edges: dict[int, float] = {}
    """Where lines that begin at a certain place end, as in an indented box."""
    aside: bool = False
    """Whether it stands beside the running text, as a sidebar or a stamp does."""


def columns(fragments: Sequence[Fragment], known: Sequence[float] = ()) -> list[TextColumn]:
    """The columns of a page in reading order, what stands beside the running text last.

    `known` are the gutters of other pages, for one that holds too little to show its own.
    """
    across = [f for f in fragments if f.run is TextRun.ACROSS]
    found = _flow(without_line_numbers(across), known)
    _mark_asides(found)
    found += _turn(fragments)
    return [c for c in found if not c.aside] + [c for c in found if c.aside]


def _flow(fragments: Sequence[Fragment], known: Sequence[float]) -> list[TextColumn]:
    if not fragments:
        return []
    rows = rows_of(fragments)
    gutter = find_gutter(fragments, rows)
    if gutter is None:
        gutter = next((at for at in known if fits(rows, at)), None)
    if gutter is None:
        return [_column(fragments)]
    found: list[TextColumn] = []
    for band in bands(rows, gutter):
        if band.is_parted:
            found += _flow([f for f in band.fragments if is_left(f, gutter)], known)
            found += _flow([f for f in band.fragments if not is_left(f, gutter)], known)
        else:
            found.append(_column(band.fragments))
    return found


def common_gutters(pages: Sequence[Sequence[TextColumn]]) -> list[float]:
    """Where the columns of a document are parted, if a good part of its pages has several."""
    seen: Counter[int] = Counter()
    parted = 0
    for found in pages:
        flow = [column.left for column in found if not column.aside]
        inner = {round(left - 1) for left in flow if left > min(flow) + _BAND}
        seen.update(inner)
        parted += bool(inner)
    often = max(1, _PARTED_SHARE * len(pages))
    return [float(at) for at, count in seen.most_common() if count >= often]


def _mark_asides(found: Sequence[TextColumn]) -> None:
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
        small = all(line.size <= SMALLER * body for line in column.lines)
        column.aside = small and length <= _SMALL_SHARE * sum(lengths)


def _turn(fragments: Sequence[Fragment]) -> list[TextColumn]:
    """Stamps that run up or down a margin, each a column of one line."""
    found: list[TextColumn] = []
    for run in (TextRun.UP, TextRun.DOWN):
        pieces = [f for f in fragments if f.run is run]
        pieces.sort(
            key=lambda f: (round(f.left / _BAND), f.bottom if run is TextRun.UP else -f.top)
        )
        for piece in pieces:
            if found and found[-1].left - 1 <= piece.left and piece.right <= found[-1].right + 1:
                found[-1].lines[0].cells.append(piece)
            else:
                found.append(TextColumn([Line([piece])], piece.left, piece.right, aside=True))
    return found


def _column(fragments: Sequence[Fragment]) -> TextColumn:
    lines = lines_of(_in_order(fragments))
    return TextColumn(lines, min(line.left for line in lines), right_edge(lines))


def find_inner_edges(found: Sequence[TextColumn]) -> None:
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
    if len(upward) <= 0.05 * len(steps) and _fill(fragments, upward) < 2:
        return fragments
    return sorted(fragments, key=lambda f: (-f.middle, f.left))


def _fill(fragments: Sequence[Fragment], jumps: Sequence[int]) -> int:
    """How many pieces drawn after a jump fill rows drawn before, as a table's other cells do."""
    prose = [is_prose(fragments[:at]) and is_prose(fragments[at:]) for at in jumps]
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
