"""Whether two quotes say the same, however they are laid out, and what a difference is."""

import re

from docqa.terms import normal

_PAIR = 2
# Share of its pairs of characters that the shorter of two has in common with the longer; set by
# hand: other line breaks, spaces and marks leave more in common, another sentence far less.
_SAME_SHARE = 0.9
# What is less of the longer one is a sentence of it, whatever else that says.
_PART = 0.7
_VALUES = re.compile(r"\d+(?:\.\d+)*|不|没有|无|未|禁止")


def says_the_same(one: str, other: str) -> bool:
    """Whether two stretches differ in nothing but layout, or one holds the other."""
    first, second = only_letters(one), only_letters(other)
    if not first or not second or first == second:
        return True
    shorter, longer = sorted((first, second), key=len)
    within = shorter in longer
    # 可以转租 stands within 不可以转租, and says the opposite.
    if _values(one) != _values(other) and not (within and len(shorter) < _PART * len(longer)):
        return False
    if within:
        return True
    pairs, others = _pairs(first), _pairs(second)
    return len(pairs & others) >= _SAME_SHARE * min(len(pairs), len(others))


def only_letters(text: str) -> str:
    """A text without spaces, marks and differences of writing."""
    return "".join(filter(str.isalnum, normal(text)))


def _pairs(letters: str) -> frozenset[str]:
    return frozenset(letters[at : at + _PAIR] for at in range(max(1, len(letters) - 1)))


def _values(text: str) -> frozenset[str]:
    """Numbers and negations: two texts that differ in one of them disagree."""
    return frozenset(_VALUES.findall(normal(text)))
