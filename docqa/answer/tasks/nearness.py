"""How near texts are: by meaning where an embedder is here, else by the words that they share."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from docqa.answer.checking.normal_form import plain
from docqa.answer.checking.values import missing, values
from docqa.answer.tasks.task import Tools
from docqa.terms import cut, rarity


class NearnessLimits(NamedTuple):
    """From where on two texts speak of one matter, and from where on they may say the same."""

    related: float
    same: float


# Fitted by tests/bench/task.py, on the wordings that are not reported.
MEANING, WORDS = NearnessLimits(0.94, 0.955), NearnessLimits(0.14, 0.22)
_OTHER_WEIGHT = 3.0


def nearness(texts: Sequence[str], other: str, tools: Tools) -> list[float]:
    """How near each text is to another, from 0 to 1."""
    if tools.embed is None:
        return [share_words(text, other) for text in texts]
    *vectors, wanted = tools.embed([*texts, other])
    return [sum(a * b for a, b in zip(one, wanted, strict=True)) for one in vectors]


def share_words(first: str, second: str) -> float:
    """How much of the words of two texts is in both; rare ones weigh more."""
    one, other = (Counter(cut(text)) for text in (first, second))
    both = sum(_weigh(word) * count for word, count in (one & other).items())
    whole = sum(_weigh(word) * count for word, count in (one | other).items())
    return both / whole if whole else 0.0


def differ_in_numbers(first: str, second: str) -> bool:
    """Whether one text gives a number that the other does not."""
    one, other = values(plain(first)), values(plain(second))
    return bool(missing(one, other) or missing(other, one))


def _weigh(word: str) -> float:
    return float(rarity(word) or 1) if len(word) <= 2 else _OTHER_WEIGHT
