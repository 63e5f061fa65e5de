"""How much of a question a passage holds, weighed by what each of its terms tells."""

import re
from collections.abc import Iterable, Mapping, Set
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct

from docqa.stores.lexical.documents import surroundings
from docqa.terms import Question, Words, add_own_words, cut, is_chinese, normal
from docqa.types import Passage

# Ends of sentences in folded text; exact ones are not needed to tell what stands close together.
_ENDS = re.compile(r"[。!?;\n]+")
_PARTS = re.compile(r"\w+")
_FOLDED = 512
_HEAD = 3
_NOTHING = Question(())

# Folding costs more than all that is done with its result, and the best passages need it again.
folded = lru_cache(maxsize=_FOLDED)(normal)


class Coverage(Struct, frozen=True):
    """Shares of the question's weight (0 to 1): held by the passage, held within two sentences."""

    whole: float
    close: float
    matched: tuple[str, ...]
    characters: float = 0.0
    """The same by single characters alone: 硬盘 shares one with 磁盘, but no pair."""
    sentence: float = 0.0
    """Share that one sentence alone holds."""
    stretch: int = 0
    """Characters of the longest stretch of the question that stands there word for word."""


class Gauge:
    """Measures passages against the weighed terms of one question."""

    def __init__(
        self,
        weights: Mapping[str, float],
        words: Words,
        rarity: Mapping[str, float] | None = None,
        question: Question = _NOTHING,
    ) -> None:
        """Take each term's weight, the user's words that are kept whole, how rare terms are.

        Other words for the same that the question has count as its own.
        """
        self._weights = weights
        self._singles = {t: w for t, w in (rarity or {}).items() if len(t) == 1}
        self._words = words
        self._instead = question.others
        self._stretches = _PARTS.findall(question.content)
        self._total = sum(weights.values()) or 1.0
        self._chinese = {term for term in weights if is_chinese(term)}
        self._others = weights.keys() - self._chinese
        # A word of the user with a space in it is written otherwise as a term.
        self._spaced = any("_" in term for term in self._others)

    def measure(self, passage: Passage, opening: str = "") -> Coverage:
        """How much a passage holds; `opening` is the first sentence of its document."""
        # A document's opening names what the others call "it", as the headings above do.
        surrounding = self._fold(f"{surroundings(passage)}\n{opening}")
        above = self._hold(surrounding, self._chinese, self._others)
        text = self._fold(passage.text)
        added = self._hold(text, self._chinese - above, self._others - above)
        held = above | added
        chinese, others = held & self._chinese, held & self._others
        sentences = [self._hold(one, chinese, others) for one in _ENDS.split(text) if one]
        together = [(one | other) - above for one, other in pairwise(sentences)]
        together = together or [one - above for one in sentences]
        base = self._share(above)
        close = base + max(map(self._share, together), default=0.0)
        whole = f"{surrounding}\n{text}"
        return Coverage(
            whole=base + self._share(added),
            close=close,
            matched=_show(term for term in self._weights if term in held),
            characters=self._held_characters(whole),
            sentence=max(map(self._share, sentences), default=0.0),
            stretch=self._measure_stretch(whole),
        )

    def _fold(self, text: str) -> str:
        return add_own_words(folded(text), self._instead)

    def _held_characters(self, text: str) -> float:
        total = sum(self._singles.values())
        held = sum(weight for one, weight in self._singles.items() if one in text)
        return held / total if total else 0.0

    def _measure_stretch(self, text: str) -> int:
        longest = 0
        for part in self._stretches:
            for start in range(len(part)):
                while start + longest < len(part) and part[start : start + longest + 1] in text:
                    longest += 1
        return longest

    def _hold(self, text: str, chinese: Set[str], others: Set[str]) -> set[str]:
        """Those of the terms that a folded text holds."""
        # Chinese terms are the text's own characters: looking for them is cheaper than cutting.
        held = {term for term in chinese if term in text}
        # Stems differ from what is written at the end only.
        if others and (self._spaced or any(term[:_HEAD] in text for term in others)):
            held |= others & set(cut(text, self._words))
        return held

    def _share(self, terms: Set[str]) -> float:
        return sum(map(self._weights.__getitem__, terms)) / self._total


def _show(terms: Iterable[str]) -> tuple[str, ...]:
    """Terms as people read them: no character that a matched pair holds anyway."""
    kept = list(terms)
    pairs = {character for term in kept if len(term) > 1 for character in term}
    return tuple(term for term in kept if len(term) > 1 or term not in pairs)
