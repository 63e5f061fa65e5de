"""The items of a numbered list, be they lines or parts of one sentence."""

import re
from functools import cache

_TENS = ("", "十", "二十")
_COUNTED = [f"{ten}{one}" for ten in _TENS for one in ("", *"一二三四五六七八九")][1:]
_NUMBER = "[一二三四五六七八九十]{1,3}"
# How items begin: 一、…；二、…; （1）…；（2）…; 第一，…。第二，…; 一是…，二是….
_MARKS = (
    rf"(?P<n>{_NUMBER})、",
    rf"[（(](?P<n>{_NUMBER}|\d{{1,2}})[）)]",
    r"(?P<n>\d{1,2})[.．、](?!\d)",
    rf"第(?P<n>{_NUMBER})[，,、]",
    rf"(?P<n>{_NUMBER})是",
)
_FEWEST = 2
# What is longer is a section, no item; set by hand.
_LONGEST = 120
_ENDS = "；;，,。 \n"


def items_of(text: str) -> list[tuple[int, int]]:
    """Where the items of the longest list in a text stand, without the marks that end them."""
    return max((_items(text, mark) for mark in _marks()), key=len)


@cache
def _marks() -> tuple[re.Pattern[str], ...]:
    """Compiled when first needed: most questions ask for no list."""
    return tuple(re.compile(rf"(?:^|(?<=[：:；;。，,\n\s])){mark}") for mark in _MARKS)


def _items(text: str, mark: re.Pattern[str]) -> list[tuple[int, int]]:
    starts: list[int] = []
    for found in mark.finditer(text):
        number = found["n"]
        value = int(number) if number.isdigit() else _COUNTED.index(number) + 1
        if value == len(starts) + 1:
            starts.append(found.start())
    if len(starts) < _FEWEST:
        return []
    spans = [_item(text, *pair) for pair in zip(starts, [*starts[1:], len(text)], strict=True)]
    return spans if all(end - start <= _LONGEST for start, end in spans) else []


def _item(text: str, start: int, end: int) -> tuple[int, int]:
    """An item up to the next, the last up to the end of its sentence."""
    if end == len(text):
        end = min(f"{text}{mark}".index(mark, start) for mark in "。\n")
    return start, start + len(text[start:end].rstrip(_ENDS))
