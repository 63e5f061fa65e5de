"""How well the value of an answer fits its question: where it stands, and what else stands there.

Of a passage that tells of much that was asked, a model often takes the wrong value: all its words
are there. What tells is how likely the quotes find the answer in that sentence, and whether the
clause of the value speaks of more that was asked than those of the other values.
"""

from collections.abc import Iterator, Sequence
from heapq import nlargest
from math import log
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from docqa.answer.checking.claims import Claim
from docqa.answer.checking.evidence import CLAUSE, Evidence, content_units, units
from docqa.answer.checking.normal_form import plain
from docqa.answer.checking.support import NewParts
from docqa.answer.checking.values import Quantity, missing, values
from docqa.retrieval.signals import Logistic
from docqa.types import Found, Passage, SearchResult, Why

if TYPE_CHECKING:
    from docqa.answer.quoting.ranking import Rate

# Fitted by `python -m tests.bench.written.fit_values`.
_RIGHT = Logistic(-1.04, {"margin": 0.82, "odds": 0.26, "near": 1.57})
_LEAST_SURE, _SUREST = 0.005, 0.99
# Set by hand: a clause has the value where it holds so much of it beside the one that holds most;
# what the clause before says of the question counts by half.
_HOLDS = 0.5
_BEFORE = 0.5
# What is so likely to hold the answer says otherwise where it has another number; by hand, too.
_SURE = 0.5
# As many passages as quotes are taken from: those that hold most of the question.
_RATED = 8


class ValueFit(Struct, frozen=True):
    """An answer's value beside its question."""

    likely: float
    """The chance that the sentence of the value holds the answer, by the ranking of the quotes."""
    margin: float
    """By how much its clause fits the question better than the best other one."""
    ahead: int
    """How many sentences are likelier to hold the answer."""
    rival: int | None
    """The sentence that is likelier by far, where it has another number of the kind."""

    def chance(self, near: float) -> float:
        """How likely it is the right value; `near` is how much of what was asked stands by it."""
        return _RIGHT.probability(self.figures(near))

    def figures(self, near: float) -> dict[str, float]:
        """What the chance is made of."""
        bounded = min(_SUREST, max(_LEAST_SURE, self.likely))
        return {"margin": self.margin, "odds": log(bounded / (1 - bounded)), "near": near}


class _Clause(Struct, frozen=True):
    sentence: int
    text: str
    before: str
    """The clause before it in the same sentence."""
    values: tuple[Quantity, ...]


class ValueReader:
    """Compares answers to one question with the clauses of its evidence."""

    def __init__(self, evidence: Evidence, likely: Sequence[float]) -> None:
        """`likely` says of each sentence of the evidence how likely it holds the answer."""
        self._evidence = evidence
        self._likely = likely
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
        likely = self._likely[self._clauses[best].sentence]
        return ValueFit(
            likely=likely,
            margin=fits[best] - (fits[rival] if rival is not None else 0.0),
            ahead=sum(other > likely for other in self._likely),
            rival=self._find_likelier(likely, rival) if parts.values else None,
        )

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
) -> list[float]:
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
    likely = [0.0] * len(evidence.sentences)
    for rated in rate(question, SearchResult(question, found, relevance=1.0)):
        span = rated.candidate
        for at, sentence in enumerate(evidence.sentences):
            same = sentence.passage == span.found.passage.id + 1
            if same and sentence.start < span.end and span.start < sentence.end:
                likely[at] = max(likely[at], rated.likely)
    return likely
