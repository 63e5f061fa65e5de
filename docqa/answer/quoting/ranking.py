"""Ranks the sentences of found passages by how likely they hold the answer."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from docqa.answer.quoting.labelled_lines import Fields
from docqa.answer.quoting.question_types import Clues
from docqa.answer.quoting.sentences import head_of_table, leans_back, lists, quotable
from docqa.terms import Question, cut, normal
from docqa.types import Found, Passage, SearchResult

# Sentences of this many passages are compared.
_PASSAGES = 5
_NAME_COUNTS = 2
# What has less than this share of the first quote's points is about something else.
_WORTH = 0.55
# A quote with the sentence before it, without which it could not be understood.
_LONGEST = 200
_SUBJECT = re.compile(r"[^的是为于在，,。：:（(\n]{2,20}")
_MODAL = re.compile(r"可不可以|可以|能不能|能够|应该|应当|需不需要|需要")
_SHORT, _LONG = 15, 120
_OPENING = 60
# Fitted on the half of each set that `python -m tests.bench.quotes` leaves out of its report.
WEIGHTS: Mapping[str, float] = {
    "pairs": 0.4,
    "singles": 4.8,
    "around": 3.8,
    "passage": 3.9,
    "best_passage": 0.9,
    "kind": 2.8,
    "head": 1.0,
    "order": 0.5,
    "place": 6.0,
    "short": -0.5,
    "long": -1.0,
    "names": 3.0,
    "focus": 1.0,
    "defines": 3.0,
    "field": 3.0,
}


class Quote(Struct, frozen=True):
    """A sentence of a passage; start and end count characters in the document's text."""

    passage: Passage
    start: int
    end: int
    text: str
    before: str
    after: str
    score: float


class _Candidate(Struct, frozen=True, dict=True):
    """A sentence that may be quoted, within its passage."""

    found: Found
    start: int
    end: int
    before: int
    after: int

    @property
    def text(self) -> str:
        """The sentence as written."""
        return self.found.passage.text[self.start : self.end]

    @property
    def opening(self) -> list[str]:
        """The lines that tell where in the document it stands."""
        passage = self.found.passage
        return [*passage.heading, *passage.text[:_OPENING].splitlines()]

    @cached_property
    def above(self) -> str:
        """The headings over it and its file's name, folded: what all of it is about."""
        passage = self.found.passage
        name = Path(passage.document.replace("\\", "/")).stem
        # The first line of a document names what the others call "it" or do not name at all.
        opening = passage.text[:_OPENING] if passage.start == 0 else ""
        meant = passage.text[self.before : self.start] if self.leans else ""
        subjects = (found[0] for line in (opening, meant) if (found := _SUBJECT.match(line)))
        return normal("\n".join((*passage.heading, name, *subjects)))

    @cached_property
    def leans(self) -> bool:
        """Whether it is to be read with the sentence before."""
        return self.before < self.start and leans_back(self.text)

    @cached_property
    def topic(self) -> frozenset[str]:
        """The terms of what stands above."""
        return frozenset(cut(self.above))

    @cached_property
    def terms(self) -> frozenset[str]:
        """Its terms."""
        return frozenset(cut(self.text))

    @cached_property
    def around(self) -> frozenset[str]:
        """Its terms and those of its neighbours."""
        text = self.found.passage.text
        # A cell means what the head of its column says, not what the next row says.
        if head := head_of_table(text, self.text):
            return frozenset(cut(f"{head}\n{self.text}"))
        return frozenset(cut(text[self.before : self.after]))


def best_quotes(question: str, result: SearchResult, count: int) -> list[Quote]:
    """The best sentences, best first, no two the same."""
    found = result.found[:_PASSAGES]
    longer = {one.passage.document_id for one in result.found if one.passage.ordinal}
    several = Clues.of(normal(question)).several
    candidates = [candidate for one in found for candidate in _candidates(one, longer, several)]
    candidates = candidates or [_whole(one) for one in found]
    ranked = _ranked(question, candidates, result.weights)
    quotes: list[Quote] = []
    for points, candidate in ranked:
        if quotes and points < _WORTH * quotes[0].score:
            break
        if any(_same(candidate.text, other.text) for other in quotes):
            continue
        quotes.append(_quote(candidate, points, quotes))
        if len(quotes) == count:
            break
    return quotes


def features(
    question: str, candidates: Sequence[_Candidate], idf: Mapping[str, float]
) -> Iterator[dict[str, float]]:
    """What is known of each candidate, each figure about between 0 and 1."""
    # Whether something may be is told by rules, which say it in other words.
    terms = Question.read(_MODAL.sub(" ", question)).terms or Question.read(question).terms
    idf = idf or _idf(terms, candidates)
    pairs = [term for term in terms if len(term) > 1]
    singles = [term for term in terms if len(term) == 1]
    asked = normal(question)
    clues, fields = Clues.of(asked), Fields.of(asked)
    # A code or Latin name is no less telling than the characters beside it.
    most = max(idf.values(), default=1.0)
    idf = {**dict.fromkeys(clues.names, most), **idf}
    singles += [name for name in clues.names for _ in range(_NAME_COUNTS)]
    # In English the words are what in Chinese the characters are.
    singles = singles or pairs
    top = max((candidate.found.score for candidate in candidates), default=1.0) or 1.0
    for candidate in candidates:
        plain = normal(candidate.text)
        yield {
            "pairs": _share(pairs, candidate.terms | candidate.topic, idf),
            "singles": _share(singles, candidate.terms | candidate.topic, idf),
            "around": _share(pairs, candidate.around | candidate.topic, idf),
            "passage": candidate.found.score / top,
            "kind": clues.kind_found(plain),
            "head": clues.head_found(plain),
            "order": _in_order(asked, plain),
            "best_passage": float(candidate.found.rank == 1),
            "place": clues.place_found(candidate.opening),
            "short": float(len(plain) < _SHORT),
            "long": max(0.0, len(plain) - _LONG) / _LONG,
            "names": clues.names_found(f"{candidate.above}\n{plain}"),
            "focus": clues.focus_found(plain),
            "defines": clues.definition_found(plain),
            "field": fields.found(plain),
        }


def _ranked(
    question: str, candidates: Sequence[_Candidate], idf: Mapping[str, float]
) -> list[tuple[float, _Candidate]]:
    scored = [
        (sum(WEIGHTS.get(name, 0.0) * value for name, value in values.items()), candidate)
        for candidate, values in zip(candidates, features(question, candidates, idf), strict=True)
    ]
    return sorted(scored, key=lambda row: -row[0])


def _candidates(found: Found, longer: Set[int], several: bool) -> Iterator[_Candidate]:
    spans = quotable(found.passage, found.passage.document_id in longer)
    if several:
        yield from (_Candidate(found, *span, *span) for span in lists(found.passage, spans))
    for at, (start, end) in enumerate(spans):
        # A heading above the first sentence belongs to what stands around it.
        before = spans[at - 1][0] if at else 0
        after = spans[min(len(spans) - 1, at + 1)][1]
        yield _Candidate(found, start, end, before, after)


def _whole(found: Found) -> _Candidate:
    """For want of a sentence: the passage, as it is."""
    end = len(found.passage.text)
    return _Candidate(found, 0, end, 0, end)


def _same(one: str, other: str) -> bool:
    return one in other or other in one


def _share(terms: Sequence[str], held: frozenset[str], idf: Mapping[str, float]) -> float:
    """The part of the terms' weight that the sentence holds."""
    whole = sum(idf.get(term, 0.0) for term in terms)
    return sum(idf.get(term, 0.0) for term in terms if term in held) / whole if whole else 0.0


def _in_order(question: str, sentence: str) -> float:
    """The longest stretch of the question that the sentence holds word for word."""
    longest = 0
    for start in range(len(question)):
        while question[start : start + longest + 1] in sentence and start + longest < len(question):
            longest += 1
    return min(1.0, longest / 10)


def _idf(terms: Sequence[str], candidates: Sequence[_Candidate]) -> dict[str, float]:
    """Weights from the candidates alone, where the search gave none."""
    count = len(candidates)
    held = {term: sum(term in candidate.terms for candidate in candidates) for term in terms}
    return {term: math.log(1 + (count - n + 0.5) / (n + 0.5)) for term, n in held.items()}


def _quote(candidate: _Candidate, points: float, others: Sequence[Quote]) -> Quote:
    passage = candidate.found.passage
    start = candidate.start
    if candidate.leans and candidate.end - candidate.before <= _LONGEST:
        meant = passage.text[candidate.before : start].strip()
        start = start if any(meant in other.text for other in others) else candidate.before
    return Quote(
        passage=passage,
        start=passage.start + start,
        end=passage.start + candidate.end,
        text=passage.text[start : candidate.end],
        before=passage.text[candidate.before : start],
        after=passage.text[candidate.end : candidate.after],
        score=points,
    )
