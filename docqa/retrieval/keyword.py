"""The lexical leg of the search: the terms of a question, the passages that hold them."""

import re
from collections.abc import Iterator, Sequence, Set
from functools import cache
from itertools import groupby
from math import log

from docqa.retrieval.relevance import weigh_terms
from docqa.retrieval.signals import AskedTerms
from docqa.stores.lexical.index import LexicalIndex
from docqa.terms import (
    NO_WORD,
    RAREST,
    Question,
    chinese_runs,
    cut,
    is_chinese,
    rarity,
    spaced_words,
)
from docqa.terms.lexicon import lexicon

# A character that stands in more passages than this says little where pairs of it remain; the
# refinement weighs it still.
_COMMON_SHARE = 0.1
_COMMON_LEAST = 2000
_MOST_TERMS = 128
_SYNONYM_WEIGHT = 0.5
# As if the library lay within a larger one: in a small library, too, a rare word weighs little
# more than one that is missing, so that shares can be compared across libraries.
AROUND = 1000


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
        return self.index.search(self._choose(question), limit, allowed)

    def search_places(
        self, question: Question, limit: int, documents: frozenset[int]
    ) -> list[tuple[int, float]]:
        """Passages of some documents that name the places of a question, whatever else they say."""
        weights = {term: 1.0 for name in question.places.terms for term in cut(name)}
        return self.index.search(weights, limit, documents)

    def idf(self, question: Question) -> dict[str, float]:
        """How much each term of a question tells; comparable across libraries."""
        size = self.index.size + AROUND
        return {term: log(1 + size / (self._count(term) + 1)) for term in question.terms}

    def weigh_terms(self, question: Question) -> dict[str, float]:
        """The same, where words of every subject tell little even if this library lacks them."""
        return weigh_terms(self.idf(question), self._counts)

    def describe(self, question: Question) -> AskedTerms:
        """What the terms of a question tell, whatever is found."""
        missing = (
            t for t in question.terms if len(t) == 2 and is_chinese(t) and not self._count(t)
        )
        return AskedTerms(
            most=sum(self.idf(question).values()),
            told=sum(self.weigh_terms(question).values()),
            unknown_names=sum(rarity(pair) == NO_WORD for pair in missing),
            codes=question.codes,
        )

    def unknown(self, question: Question) -> tuple[str, ...]:
        """Words of a question that stand in no passage, as far as pairs of characters can tell."""
        missing = {t for t in question.terms if not self._count(t)}
        content = _around_questions().sub(" ", question.content)
        words = [word for word in spaced_words(content) if _is_missing(word, missing)]
        for run in chinese_runs(content):
            words += _missing_stretches(run, missing)
        worth_telling = dict.fromkeys(
            word
            for word in map(_bare, words)
            if word not in _common_words() and (len(word) > 1 or word in missing)
        )
        return tuple(sorted(worth_telling, key=question.content.find))

    def holds(self, term: str) -> bool:
        """Whether a term stands in any passage."""
        return self._count(term) > 0

    def _choose(self, question: Question) -> dict[str, float]:
        """The terms worth looking up, with their weights."""
        counts = {term: self._count(term) for term in question.terms}
        known = [term for term, count in counts.items() if count]
        common = max(self.index.size * _COMMON_SHARE, _COMMON_LEAST)
        rare = [t for t in known if len(t) > 1 or counts[t] <= common]
        if any(len(term) > 1 for term in rare):
            known = rare
        if len(known) > _MOST_TERMS:
            known = sorted(known, key=counts.__getitem__)[:_MOST_TERMS]
        weights = dict.fromkeys(known, 1.0)
        return weights | dict.fromkeys(question.synonyms, _SYNONYM_WEIGHT)

    def _count(self, term: str) -> int:
        """Passages that hold a term, looked up once a search."""
        if term not in self._counts:
            self._counts[term] = self.index.document_frequency(term)
        return self._counts[term]


@cache
def _common_words() -> frozenset[str]:
    """Words that may occur nowhere without telling anything."""
    words = lexicon()
    return frozenset(words.of_every_subject.words) | frozenset(words.around_questions.singles)


@cache
def _around_questions() -> re.Pattern[str]:
    return re.compile("|".join(lexicon().around_questions.words))


def _bare(word: str) -> str:
    """A word without the characters around it: 一半 of 到一半, 赔 of 能赔; not 议室 of 会议室."""
    around = "".join(lexicon().around_words.words)
    bare = word.strip(around)
    if bare and NO_WORD < rarity(word[:2]) < RAREST:
        bare = word.rstrip(around)
    return word if len(bare) == 1 and rarity(word[:2]) != NO_WORD else bare


def _is_missing(word: str, missing: Set[str]) -> bool:
    """Whether a word or code is unknown, not only the form it is written in."""
    return word in missing and (not word.isalpha() or missing >= set(cut(word)))


def _missing_stretches(run: str, missing: Set[str]) -> Iterator[str]:
    """Words among the unknown pairs of a stretch; a name, where they form no word."""
    pairs = [run[at : at + 2] for at in range(len(run) - 1)]
    if not pairs and run in missing:
        yield run
    start = 0
    for unknown, group in groupby(pairs, missing.__contains__):
        end = start + len(list(group))
        if unknown:
            # Next to a known pair, one that shares its character spans two words, unless it is
            # the word of both: 解约 after 前解 in 提前解约.
            first = start + (start > 0 and not _is_word_beside(pairs[start], pairs[start - 1]))
            last = end - (end < len(pairs) and not _is_word_beside(pairs[end - 1], pairs[end]))
            yield from _words(run, pairs, first, last)
        start = end


def _is_word_beside(pair: str, known: str) -> bool:
    return rarity(pair) != NO_WORD and rarity(known) == NO_WORD


def _words(run: str, pairs: Sequence[str], first: int, last: int) -> Iterator[str]:
    """The stretches of pairs within words, or the whole where there is none."""
    start, found = first, False
    for is_word, group in groupby(pairs[first:last], lambda pair: rarity(pair) != NO_WORD):
        end = start + len(list(group))
        if is_word:
            yield run[start : end + 1]
            found = True
        start = end
    if first < last and not found:
        yield run[first : last + 1]
