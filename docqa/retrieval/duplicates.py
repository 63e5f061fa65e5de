"""Leaves out passages that say again what a better one says."""

import re
from collections.abc import Iterable, Iterator, Set

from docqa.retrieval.coverage import folded
from docqa.types import Passage

_SHINGLE = 5
_SAME_SHARE = 0.9
_NUMBERS = re.compile(r"\d+")


def drop_repeats(passages: Iterable[Passage]) -> Iterator[Passage]:
    """The passages in order, without near-duplicates of earlier ones."""
    kept: list[tuple[str, frozenset[str]]] = []
    for passage in passages:
        text = folded(passage.text)
        letters = frozenset(text)
        # Most differ in their letters already, which is cheap to see.
        alike = (other for other, its in kept if _overlap(letters, its) >= _SAME_SHARE)
        if not any(_says_the_same(text, other) for other in alike):
            kept.append((text, letters))
            yield passage


def _says_the_same(text: str, other: str) -> bool:
    """Whether two texts are alike and differ in no number, name or word: those disagree."""
    numbers, others = _NUMBERS.findall(text), _NUMBERS.findall(other)
    if len(numbers) == len(others) and numbers != others:
        return False
    if _overlap(_shingles(text), _shingles(other)) < _SAME_SHARE:
        return False
    one, two = ("".join(filter(str.isalnum, each)) for each in (text, other))
    if one == two:
        return True
    # Imported here: near-duplicates are rare.
    from difflib import SequenceMatcher

    changes = SequenceMatcher(None, one, two, autojunk=False).get_opcodes()
    return not any(kind == "replace" for kind, *_ in changes)


def _shingles(text: str) -> frozenset[str]:
    letters = "".join(filter(str.isalnum, text))
    last = max(1, len(letters) - _SHINGLE + 1)
    return frozenset(letters[at : at + _SHINGLE] for at in range(last))


def _overlap(one: Set[str], other: Set[str]) -> float:
    return len(one & other) / (max(len(one), len(other)) or 1)
