"""The lexical leg of the search: the terms of a question, the passages that hold them."""

from collections.abc import Iterator, Set
from itertools import groupby
from math import log

from docqa.stores.lexical import LexicalIndex
from docqa.terms import Question, chinese_runs, is_chinese

# A character that stands in more passages than this says little where pairs of it remain; the
# refinement weighs it still.
_COMMON_SHARE = 0.1
_COMMON_LEAST = 2000
_MOST_TERMS = 128
_SYNONYM_WEIGHT = 0.5
# As if the library lay within a larger one: in a small library, too, a rare word weighs little
# more than one that is missing, so that shares can be compared across libraries.
_AROUND = 1000


class KeywordLeg:
    """Finds passages by the words of a question."""

    def __init__(self, index: LexicalIndex) -> None:
        """Search this index."""
        self.index = index
        self._counts: dict[str, int] = {}

    def refresh(self) -> None:
        """See what was committed since."""
        self.index.refresh()
        self._counts.clear()

    def search(
        self, question: Question, limit: int, allowed: frozenset[int] | None = None
    ) -> list[tuple[int, float]]:
        """(passage id, score) of the best passages, in the documents allowed."""
        return self.index.search(self._wanted(question), limit, allowed)

    def idf(self, question: Question) -> dict[str, float]:
        """How much each term of a question tells; comparable across libraries."""
        size = self.index.size + _AROUND
        return {term: log(1 + size / (self._count(term) + 1)) for term in question.terms}

    def unknown(self, question: Question) -> tuple[str, ...]:
        """Words of a question that stand in no passage, as far as pairs of characters can tell."""
        missing = {t for t in question.terms if not self._count(t)}
        words = [term for term in missing if not is_chinese(term)]
        for run in chinese_runs(question.content):
            words += _missing_stretches(run, missing)
        return tuple(sorted(dict.fromkeys(words), key=question.content.find))

    def _wanted(self, question: Question) -> dict[str, float]:
        """The terms worth looking up, with their weights."""
        counts = {term: self._count(term) for term in question.terms}
        known = [term for term, count in counts.items() if count]
        common = max(self.index.size * _COMMON_SHARE, _COMMON_LEAST)
        telling = [t for t in known if len(t) > 1 or counts[t] <= common]
        if any(len(term) > 1 for term in telling):
            known = telling
        if len(known) > _MOST_TERMS:
            known = sorted(known, key=counts.__getitem__)[:_MOST_TERMS]
        weights = dict.fromkeys(known, 1.0)
        return weights | dict.fromkeys(question.synonyms, _SYNONYM_WEIGHT)

    def _count(self, term: str) -> int:
        """Passages that hold a term, looked up once a search."""
        if term not in self._counts:
            self._counts[term] = self.index.document_frequency(term)
        return self._counts[term]


def _missing_stretches(run: str, missing: Set[str]) -> Iterator[str]:
    """Stretches of unknown pairs; a lone one between known ones only spans two words."""
    pairs = [run[at : at + 2] for at in range(len(run) - 1)] or [run]
    start = 0
    for unknown, group in groupby(pairs, missing.__contains__):
        end = start + len(list(group))
        if unknown and (end - start > 1 or start == 0 or end == len(pairs)):
            yield run[start : end + 1]
        start = end
