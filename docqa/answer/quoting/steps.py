"""The steps of a way of doing something: whole, where one of them or their heading was found."""

import re
from collections.abc import Sequence
from functools import partial
from itertools import takewhile

# How a step begins on its line: 1. or （1）, ①, a bullet. Sections such as 一、 are no steps.
_STEP = re.compile(r"\s*(?:\d{1,2}[.．、)）](?!\d)|[（(]\d{1,2}[）)]|[①-⑳]|[-–•·●○■□◆◇*]\s)")
# Bullets are steps only under a line that introduces them: the changes of a release are none.
_BULLET = re.compile(r"\s*[-–•·●○■□◆◇*]\s")
_LINE = re.compile(r"[^\n]*\S")
_LEADS_IN = ("：", ":")
_FEWEST = 2


def find_steps(text: str, start: int, end: int, longest: int) -> tuple[int, int] | None:
    """The steps that a stretch of text is among, or that follow it at once.

    With the line that introduces them, and with the stretch itself; if all are too long, as many
    from the first as may be, if the stretch is among those. None where there are no steps.
    """
    lines = [found.span() for found in _LINE.finditer(text)]
    first = _first_step(text, lines, sum(stop <= start for _, stop in lines))
    steps = list(takewhile(partial(_is_step, text), lines[first:]))
    if len(steps) < _FEWEST:
        return None
    begins = min(start, steps[0][0])
    is_introduced = first > 0 and text[slice(*lines[first - 1])].rstrip().endswith(_LEADS_IN)
    if _BULLET.match(text, *steps[0]) and not is_introduced:
        return None
    if is_introduced:
        begins = min(begins, lines[first - 1][0])
    fitting = [stop for _, stop in steps if stop - begins <= longest]
    return (begins, fitting[-1]) if fitting and fitting[-1] >= end else None


def _first_step(text: str, lines: Sequence[tuple[int, int]], at: int) -> int:
    """The first of the steps that a line is one of, or that stand under it."""
    if not _is_step(text, lines[at]):
        return at + 1
    while at and _is_step(text, lines[at - 1]):
        at -= 1
    return at


def _is_step(text: str, line: tuple[int, int]) -> bool:
    return _STEP.match(text, *line) is not None
