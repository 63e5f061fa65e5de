"""Tells apart the sides of a limit (满十年, 不满十年), and a rule and its exceptions (教材除外)."""

import re

from docqa.answer.checking.evidence import EvidenceSentence
from docqa.answer.checking.values import Quantity, missing

_LIMIT = re.compile(r"(?P<below>不满|未满|不足|不到)?(?:满|达到)?(?P<amount>\d+(?:\.\d+)?\D)")
_EXCEPTED = re.compile(r"(?:^|[,;:。])(?P<what>[^,;:。]+?)(?:除外|不在此列)")
_LISTED = re.compile(r"[、和与及或]|以及")
_REACHED = re.compile(r"(?:满|达到)\d")


def find_other_side(
    spoken: str, new: tuple[Quantity, ...], sentences: list[EvidenceSentence], first: int, last: int
) -> int | None:
    """The sentence on the side of a limit that is spoken of, where `new` stands on the other.

    `spoken` is the question with the answer; `first` and `last` bound the answer's best window.
    """
    asked = _sides(spoken)
    # Where both sides of one amount are spoken of, either may be meant.
    for side in asked - {(amount, not below) for amount, below in asked}:
        other = (side[0], not side[1])
        holders = [at for at in range(first, last + 1) if not missing(new, sentences[at].values)]
        known = [_sides(sentences[at].text) for at in holders]
        if new and known and all(other in one and side not in one for one in known):
            return next((n for n, one in enumerate(sentences) if side in _sides(one.text)), None)
    return None


def _sides(text: str) -> set[tuple[str, bool]]:
    """Each amount with a limit, and whether what is meant lies below it."""
    return {
        (found["amount"], found["below"] is not None)
        for found in _LIMIT.finditer(text)
        if found["below"] or _REACHED.match(found[0])
    }


def find_exception(
    statement: str, sentences: list[EvidenceSentence], first: int, last: int
) -> int | None:
    """The sentence of these that excepts from its rule what a statement says it of."""
    if "除" in statement or "不" in statement:
        return None
    for at in range(first, last + 1):
        for found in _EXCEPTED.finditer(sentences[at].text):
            if any(len(one) > 1 and one in statement for one in _LISTED.split(found["what"])):
                return at
    return None
