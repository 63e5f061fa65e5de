"""Numbers that count a page's lines in a margin, as in drafts and court papers: no part of it."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from ingest.pages.fragments import Fragment

_LONGEST = 5  # digits
_FEWEST = 4
_STEPS = (1, 2, 5, 10)
_RULER, _SMALL = 8, 0.85  # numbers in a row, and their type beside the text's; set by hand
_STEADY = 0.7  # of the steps; set by hand
_ALIGNED = 3.0  # points
_SHORTEST_LINE = 10  # characters; cells of a table that are longer are rarely numbered by 5
_WIDEST_SPACE = 2.2  # between words of a justified line, in type sizes


def without_line_numbers(fragments: Sequence[Fragment]) -> list[Fragment]:
    """The fragments less the numbers of lines."""
    digits = [f for f in fragments if len(f.text) <= _LONGEST and f.text.isdecimal()]
    if len(digits) < _FEWEST:
        return list(fragments)
    dropped: set[int] = set()
    for aligned in (*_align(digits, by_right=True), *_align(digits, by_right=False)):
        if _counts_lines(aligned, fragments):
            dropped.update(map(id, aligned))
    return [f for f in fragments if id(f) not in dropped] if dropped else list(fragments)


def _align(digits: Sequence[Fragment], *, by_right: bool) -> list[list[Fragment]]:
    """Numbers that stand below one another, from top to bottom."""

    def edge(one: Fragment) -> float:
        return one.right if by_right else one.left

    groups: list[list[Fragment]] = []
    for one in sorted(digits, key=edge):
        if groups and edge(one) - edge(groups[-1][-1]) < _ALIGNED:
            groups[-1].append(one)
        else:
            groups.append([one])
    return [sorted(group, key=lambda f: -f.middle) for group in groups if len(group) >= _FEWEST]


def _counts_lines(numbers: Sequence[Fragment], fragments: Sequence[Fragment]) -> bool:
    """Whether they rise by one step all the way down, each before or behind one line of text."""
    values = [int(number.text) for number in numbers]
    steps = [b - a for a, b in pairwise(values)]
    step, often = Counter(steps).most_common(1)[0]
    # A number may be missing where it was taken for a part of its line.
    if step not in _STEPS or min(steps) < 1 or any(one % step for one in steps):
        return False
    if often < _STEADY * len(steps):
        return False
    if _is_ruler(numbers, fragments):
        return True
    running = sum(_stands_by_text(number, fragments) for number in numbers)
    return running >= 0.7 * len(numbers)


def _is_ruler(numbers: Sequence[Fragment], fragments: Sequence[Fragment]) -> bool:
    """Whether they stand in the page's margin at even steps and in small type.

    Such numbers need not stand on the lines of the text.
    """
    pitches = [a.middle - b.middle for a, b in pairwise(numbers)]
    if len(numbers) < _RULER or max(pitches) > 1.1 * min(pitches):
        return False
    others = [f for f in fragments if not f.text.isdecimal()]
    if not others or numbers[0].size > _SMALL * median(f.size for f in others):
        return False
    top, bottom = numbers[0].top, numbers[-1].bottom
    beside = [f for f in others if bottom <= f.middle <= top]
    left, right = min(n.left for n in numbers), max(n.right for n in numbers)
    return all(f.left > right for f in beside) or all(f.right < left for f in beside)


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
