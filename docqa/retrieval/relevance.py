"""Whether what was found is about the question at all, comparable across libraries."""

from collections.abc import Mapping
from math import log

from docqa.terms import NO_WORD, RAREST, is_chinese, rarity

# What a pair counts that is in no word: the end of one and the beginning of the next, which tells
# little where it is found; where the library lacks it, it may also be a name.
_UNKNOWN_PAIR = 0.6
_KNOWN_PAIR = 0.3
_EMPHASIS = 1.5
# Share of a question that the best of some passages holds if none is about it: more of them, more
# by chance. Fitted on the even questions of `python -m tests.bench.refusal`.
_CHANCE = 0.26
_CHANCE_GROWS = 0.036
_CHANCE_MOST = 0.6


def telling(idf: Mapping[str, float], known: Mapping[str, int]) -> dict[str, float]:
    """What each term of a question tells of its subject; words of every subject tell little.

    A small library cannot know which words those are.
    """
    return {term: weight * _share(term, bool(known.get(term))) for term, weight in idf.items()}


def comparable(share: float, passages: int) -> float:
    """A share as if half of a question were what chance brings, however large the library is."""
    chance = min(_CHANCE_MOST, _CHANCE + _CHANCE_GROWS * log(max(1, passages)))
    return float(share ** (log(0.5) / log(chance)))


def _share(term: str, known: bool) -> float:
    if not is_chinese(term) or len(term) > 2:
        return 1.0
    level = rarity(term)
    if level == NO_WORD:
        return _KNOWN_PAIR if known else _UNKNOWN_PAIR
    return float((level / RAREST) ** _EMPHASIS)
