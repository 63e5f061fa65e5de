"""How well the value of an answer fits its question: where it stands, and what else stands there.

Of a passage that tells of much that was asked, a model often takes the wrong value: all its words
are there. What tells is whether the clause of the value speaks of more that was asked than those of
the other values, and whether docqa's reader marks what the answer says; where nothing was read, how
likely the quotes find the answer in that sentence.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from heapq import nlargest
from math import log
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from docqa.answer.checking.claims import Claim
from docqa.answer.checking.evidence import (
    CLAUSE,
    Evidence,
    EvidenceSentence,
    content_units,
    units,
)
from docqa.answer.checking.normal_form import plain
from docqa.answer.checking.support import NewParts
from docqa.answer.checking.values import Quantity, missing, values
from docqa.answer.checking.verdicts import Judged
from docqa.retrieval.signals import Logistic
from docqa.terms import normal
from docqa.types import Found, Passage, SearchResult, Verdict, Why

if TYPE_CHECKING:
    from docqa.answer.quoting.features import Candidate
    from docqa.answer.quoting.ranking import Rate
    from docqa.answer.reader.packaged import Reading

# Numbers and words in Latin letters.
_WHOLE = re.compile(r"\d+(?:\.\d+)?|[a-z]+")
# Both fitted by `python -m tests.bench.written.fit_values`, the second with --meaning.
_BY_WORDS = Logistic(-1.04, {"margin": 0.82, "odds": 0.26, "near": 1.57})
_READ = Logistic(-1.96, {"margin": 1.22, "near": 1.07, "said": 5.34})
_LEAST_SURE, _SUREST = 0.005, 0.99
# What the reader marks at all must be more than this to say much; by hand.
_FEW_MARKS = 0.1
_LIKELIEST = 3
# Set by hand: a clause has the value where it holds so much of it beside the one that holds most;
# what the clause before says of the question counts by half.
_HOLDS = 0.5
_BEFORE = 0.5
# What is so likely to hold the answer says otherwise where it has another number; by hand, too.
_SURE = 0.5
# As many passages as quotes are taken from: those that hold most of the question.
_RATED = 8


class Bounds(Struct, frozen=True):
    """How likely a value must be the right one to pass the check."""

    likeliest: float
    """One that stands in one of the sentences that most likely answer."""
    elsewhere: float
    """One that stands in another sentence, or where one of these has another number of its kind."""
    apart: float
    """One that only other words, or words elsewhere, speak against."""
    contradicted: float
    """One that something else is said of."""


# Chosen on kept answers for choosing and those made of the sets (tests/bench/written/fit_values.py)
# that the reader was not trained on. Read, 70 of 863 right made answers are flagged and 1,809 of
# 2,407 wrong ones; with .6 and .9 for the last two 77 and 1,815, with .05 for the first 70 and
# 1,732. By words nothing is flagged in a sentence that likely answers.
_BOUNDS_BY_WORDS = Bounds(likeliest=0.0, elsewhere=0.17, apart=0.4, contradicted=1.0)
_BOUNDS_READ = Bounds(likeliest=0.1, elsewhere=0.3, apart=0.4, contradicted=0.7)


class ValueFit(Struct, frozen=True):
    """An answer's value beside its question."""

    sentence: int
    """Where it stands."""

    likely: float
    """The chance that the sentence of the value holds the answer, by the ranking of the quotes."""
    margin: float
    """By how much its clause fits the question better than the best other one."""
    ahead: int
    """How many sentences are likelier to hold the answer."""
    rival: int | None
    """The sentence that is likelier by far, where it has another number of the kind."""
    said: float | None = None
    """How much of what the reader marks the answer says; None where it did not read."""

    def passes(self, judged: Judged) -> bool:
        """Whether it is likely enough the right value, for what the rules say of it."""
        chance = self._estimate(judged.near)
        if judged.verdict is Verdict.SUPPORTED:
            return chance >= self._least
        return chance >= (self._bounds.apart if judged.apart else self._bounds.contradicted)

    def find_another(self, judged: Judged) -> int | None:
        """The sentence whose number is the right value rather."""
        return self.rival if self._estimate(judged.near) < self._bounds.elsewhere else None

    @property
    def _bounds(self) -> Bounds:
        return _BOUNDS_BY_WORDS if self.said is None else _BOUNDS_READ

    @property
    def _least(self) -> float:
        among_likeliest = self.ahead < _LIKELIEST and self.rival is None
        return self._bounds.likeliest if among_likeliest else self._bounds.elsewhere

    def _estimate(self, near: float) -> float:
        """How likely it is the right value; `near` is how much of what was asked stands by it."""
        return (_BY_WORDS if self.said is None else _READ).probability(self.figures(near))

    def figures(self, near: float) -> dict[str, float]:
        """What the chance is made of."""
        if self.said is not None:
            return {"margin": self.margin, "near": near, "said": self.said}
        bounded = min(_SUREST, max(_LEAST_SURE, self.likely))
        return {"margin": self.margin, "odds": log(bounded / (1 - bounded)), "near": near}


class RatedSentence(Struct, frozen=True):
    """How likely a sentence of the evidence holds the answer."""

    likely: float = 0.0
    """By what rates the quotes."""
    marks: Sequence[float] | None = None
    """How likely it begins or ends at each character; None where nothing was read."""


class _Clause(Struct, frozen=True):
    sentence: int
    text: str
    before: str
    """The clause before it in the same sentence."""
    values: tuple[Quantity, ...]


class ValueReader:
    """Compares answers to one question with the clauses of its evidence."""

    def __init__(self, evidence: Evidence, rated: Sequence[RatedSentence]) -> None:
        """`rated` says of each sentence of the evidence how likely it holds the answer."""
        self._evidence = evidence
        self._likely = [one.likely for one in rated]
        self._marks = [one.marks for one in rated]
        self._clauses = list(_clauses(evidence))

    def read(self, claim: Claim) -> ValueFit | None:
        """None where no passage holds anything of what the claim says that is new."""
        parts = NewParts.of(claim)
        held = [self._evidence.overlap(parts.units, one.text) for one in self._clauses]
        most = max(held, default=0.0)
        if not most:
            return None
        holders = [at for at, weight in enumerate(held) if weight >= _HOLDS * most]
        rivals = list(self._rivals(claim, parts.values, frozenset(holders)))
        fits = self._measure(claim)
        best = max(holders, key=lambda at: fits[at])
        rival = max(rivals, key=lambda at: fits[at], default=None)
        sentence = self._clauses[best].sentence
        likely = self._likely[sentence]
        return ValueFit(
            sentence=sentence,
            likely=likely,
            margin=fits[best] - (fits[rival] if rival is not None else 0.0),
            ahead=sum(other > likely for other in self._likely),
            rival=self._find_likelier(likely, rival) if parts.values else None,
            said=self._measure_said(claim),
        )

    def _measure_said(self, claim: Claim) -> float | None:
        """How much of what the reader marks the claim says, in the passages that it marks most."""
        inside: dict[int, float] = defaultdict(float)
        outside: dict[int, float] = defaultdict(float)
        for sentence, marks in zip(self._evidence.sentences, self._marks, strict=True):
            if marks is not None:
                said = _find_said(sentence.text, claim.text)
                asked = _find_said(sentence.text, claim.asked)
                for mark, is_said, is_asked in zip(marks, said, asked, strict=True):
                    if not is_asked:
                        (inside if is_said else outside)[sentence.passage] += mark
        if not inside and not outside:
            return None
        most = max(inside.values(), default=0.0)
        return most / (most + max(outside.values(), default=0.0) + _FEW_MARKS)

    def _find_likelier(self, likely: float, rival: int | None) -> int | None:
        """The sentence of a rival clause where the answer stands rather than beside the value."""
        at = None if rival is None else self._clauses[rival].sentence
        return at if at is not None and self._likely[at] >= max(_SURE, likely) else None

    def _rivals(
        self, claim: Claim, said: Sequence[Quantity], holders: frozenset[int]
    ) -> Iterator[int]:
        """Clauses with another number of the kind; where no number is said, with anything new."""
        given = values(claim.asked)
        for at, one in enumerate(self._clauses):
            if said:
                others = missing(missing(one.values, said), given)
                if any(other.is_of_kind(mine) for other in others for mine in said):
                    yield at
            elif at not in holders and any(u not in claim.asked for u in content_units(one.text)):
                yield at

    def _measure(self, claim: Claim) -> list[float]:
        """How much of what was asked each clause holds, and how likely its sentence answers."""
        known = [unit for unit in set(units(claim.matter)) if unit in self._evidence.whole]
        total = sum(map(self._evidence.weight, known)) or 1.0
        top = max(self._likely, default=0.0) or 1.0

        def fit(one: _Clause) -> float:
            here = self._evidence.overlap(known, one.text)
            rest = [unit for unit in known if unit not in one.text]
            here += _BEFORE * self._evidence.overlap(rest, one.before)
            return here / total + self._likely[one.sentence] / top

        return [fit(one) for one in self._clauses]


def _clauses(evidence: Evidence) -> Iterator[_Clause]:
    for at, sentence in enumerate(evidence.sentences):
        before = ""
        for part in filter(str.strip, CLAUSE.split(sentence.text)):
            yield _Clause(at, part, before, values(part))
            before = part


def rate_sentences(
    question: str, passages: Sequence[Passage], evidence: Evidence, rate: "Rate | None" = None
) -> list[RatedSentence]:
    """How likely each sentence of the evidence holds the answer; by the ranking, unless told."""
    if rate is None:
        # Imported here: a draft answers no question.
        from docqa.answer.quoting import ranking

        rate = ranking.rate

    wanted = set(units(plain(question)))
    texts = [""] * len(passages)
    for one in evidence.sentences:
        texts[one.passage - 1] += one.text
    near = nlargest(_RATED, range(len(texts)), key=lambda at: evidence.overlap(wanted, texts[at]))
    found = tuple(
        Found(n, 1 / n, replace(passages[at], id=at), Why()) for n, at in enumerate(sorted(near), 1)
    )
    rated = rate(question, SearchResult(question, found, relevance=1.0))
    readings = {one.candidate.found.passage.id + 1: one.reading for one in rated if one.reading}

    def describe(sentence: EvidenceSentence) -> RatedSentence:
        likely = max(
            (one.likely for one in rated if _overlap(one.candidate, sentence)), default=0.0
        )
        reading = readings.get(sentence.passage)
        text = passages[sentence.passage - 1].text
        marks = _mark_characters(reading, sentence, text) if reading else None
        return RatedSentence(likely, marks)

    return [describe(one) for one in evidence.sentences]


def _overlap(span: "Candidate", sentence: EvidenceSentence) -> bool:
    same = sentence.passage == span.found.passage.id + 1
    return same and sentence.start < span.end and span.start < sentence.end


def _mark_characters(reading: "Reading", sentence: EvidenceSentence, text: str) -> list[float]:
    """How likely the answer begins or ends at each character of a sentence in its one form."""
    marks = [0.0] * (sentence.end - sentence.start)
    starts, ends = reading.starts.tolist(), reading.ends.tolist()
    for start, end, mark in zip(starts, ends, reading.marks.sum(axis=1).tolist(), strict=True):
        if sentence.start <= start < end <= sentence.end:
            share = mark / 2 / (end - start)
            first = start - sentence.start
            marks[first : first + end - start] = [share] * (end - start)
    return _carry(marks, text[sentence.start : sentence.end], sentence.text)


def _carry(marks: list[float], text: str, form: str) -> list[float]:
    """What each character of a text is marked with, for those of the text in one form."""
    if len(text) == len(form):
        return marks
    folded = "".join(one if len(one) == 1 else "?" for one in map(normal, text))
    carried = [0.0] * len(form)
    matcher = SequenceMatcher(None, folded, form, autojunk=False)
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind == "equal":
            carried[first:last] = marks[start:end]
        elif last > first:
            carried[first:last] = [sum(marks[start:end]) / (last - first)] * (last - first)
    return carried


def _find_said(text: str, claim: str) -> list[bool]:
    """Which characters stand in a claim with a neighbour; numbers with units and words, whole."""
    said = [False] * len(text)
    for at in range(len(text) - 1):
        pair = text[at : at + 2]
        if pair in claim and not _WHOLE.search(pair):
            said[at] = said[at + 1] = True
    known = set(_WHOLE.findall(claim))
    for one in _WHOLE.finditer(text):
        start, end = one.span()
        if one[0] in known:
            # The unit of a number is a lone character.
            end += text[start : end + 1] in claim
            said[start:end] = [True] * (end - start)
    return said
