"""Numbers that count a page's lines in a margin, as in drafts and court papers: no part of it."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from ingest.pages.fragments import Fragment

_LONGEST = 5  # digits
_FEWEST = 4
_STEPS = (1, 2, 5, 10)
_ALIGNED = 3.0  # points
_SHORTEST_LINE = 10  # characters; cells of a table that are longer are rarely numbered by 5
_WIDEST_SPACE = 2.2  # between words of a justified line, in type sizes


def without_line_numbers(fragments: Sequence[Fragment]) -> list[Fragment]:
    """The fragments less the numbers of lines."""
    digits = [f for f in fragments if len(f.text) <= _LONGEST and f.text.isdecimal()]
    if len(digits) < _FEWEST:
        return list(fragments)
    dropped: set[int] = set()
    for aligned in _by_right_edge(digits):
        if _counts_lines(aligned, fragments):
            dropped.update(map(id, aligned))
    return [f for f in fragments if id(f) not in dropped] if dropped else list(fragments)


def _by_right_edge(digits: Sequence[Fragment]) -> list[list[Fragment]]:
    """Numbers that stand below one another, from top to bottom."""
    groups: list[list[Fragment]] = []
    for one in sorted(digits, key=lambda f: f.right):
        if groups and one.right - groups[-1][-1].right < _ALIGNED:
            groups[-1].append(one)
        else:
            groups.append([one])
    return [sorted(group, key=lambda f: -f.middle) for group in groups if len(group) >= _FEWEST]


def _counts_lines(numbers: Sequence[Fragment], fragments: Sequence[Fragment]) -> bool:
    """Whether they rise by one step all the way down, each before or behind one line of text."""
    values = [int(number.text) for number in numbers]
    step, often = Counter(b - a for a, b in pairwise(values)).most_common(1)[0]
    if step not in _STEPS or often < 0.9 * (len(values) - 1):
        return False
    running = sum(_stands_by_text(number, fragments) for number in numbers)
    return running >= 0.7 * len(numbers)


def _stands_by_text(number: Fragment, fragments: Sequence[Fragment]) -> bool:
    """Whether a line of text is beside a number, not the cells of a table's row."""
    beside = [f for f in fragments if f is not number and f.on_row_of(number)]
    after = sorted((f for f in beside if f.left >= number.left), key=lambda f: f.left)
    before = sorted((f for f in beside if f.left < number.left), key=lambda f: -f.right)
    return any(_length_of_run(side) >= _SHORTEST_LINE for side in (after, before))


def _length_of_run(cells: Sequence[Fragment]) -> int:
    """How many characters stand together at the beginning of some pieces."""
    length = 0
    end: Fragment | None = None
    for cell in cells:
        gap = max(cell.left - end.right, end.left - cell.right) if end else 0.0
        if gap > _WIDEST_SPACE * cell.size:
            break
        length, end = length + len(cell.text), cell
    return length
