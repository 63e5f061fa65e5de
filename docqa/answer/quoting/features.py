"""What is known of each span that may be quoted: figures between about 0 and 1."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from math import exp, log
from pathlib import Path

from msgspec import Struct

from docqa.answer.quoting.labelled_lines import Fields
from docqa.answer.quoting.qualifiers import Qualifiers
from docqa.answer.quoting.question_types import Asked, shows
from docqa.answer.quoting.sentences import head_of_table, leans_back
from docqa.terms import Question, add_own_words, cut, is_chinese, normal
from docqa.types import Found

_OPENING = 60
_SUBJECT = re.compile(r"[^的是为于在，,。：:（(\n]{2,20}")
_MODAL = re.compile(r"可不可以|可以|能不能|能够|应该|应当|需不需要|需要")
_CLAUSES = re.compile(r"[,;。!?\n|]")
_NUMBERS = re.compile(r"\d+(?:\.\d+)?")
_SHORT, _LONG = 15, 120
_LINKS = re.compile(r"[是为有在的由被叫了于约,? ]+$")
# How fast what stands farther from the question word counts less, in characters; set by hand.
_REACH = 6.0
_EDGE = 8


class Candidate(Struct, frozen=True, dict=True):
    """A span that may be quoted, in its passage; `before` and `after` reach to its neighbours."""

    found: Found
    start: int
    end: int
    before: int
    after: int
    number: int = 0
    """Its place among the spans of the passage."""

    @property
    def text(self) -> str:
        """The span as written."""
        return self.found.passage.text[self.start : self.end]

    @cached_property
    def plain(self) -> str:
        """The span, folded."""
        return normal(self.text)

    @property
    def opening(self) -> list[str]:
        """The lines that tell where in the document it stands."""
        passage = self.found.passage
        return [*passage.heading, *passage.text[:_OPENING].splitlines()]

    @cached_property
    def leans(self) -> bool:
        """Whether it is to be read with the sentence before."""
        return self.before < self.start and leans_back(self.text)

    @cached_property
    def above(self) -> str:
        """The headings over it and its file's name, folded: what all of it is about."""
        passage = self.found.passage
        name = Path(passage.document.replace("\\", "/")).stem
        # The first line of a document names what the others call "it" or do not name at all.
        opening = passage.text[:_OPENING] if passage.start == 0 else ""
        meant = passage.text[self.before : self.start] if self.leans else ""
        subjects = (found[0] for line in (opening, meant) if (found := _SUBJECT.match(line)))
        head = head_of_table(passage.text, self.text)
        return normal("\n".join((*passage.heading, name, *subjects, head)))


class Terms:
    """The terms of a question with their weights, and which of them texts hold, as bits."""

    def __init__(self, asked: Asked, terms: Sequence[str], idf: Mapping[str, float]) -> None:
        """Take what each term tells; what stands near the question word tells what is asked for."""
        self.terms = terms
        self._spaced = [not is_chinese(term) for term in terms]
        self.pairs = [idf.get(t, 0.0) * (len(t) > 1) for t in terms]
        self.singles = [
            idf.get(t, 0.0) * (len(t) == 1 or s) for t, s in zip(terms, self._spaced, strict=True)
        ]
        near = [exp(-_distance(asked, term) / _REACH) for term in terms]
        self.near = [weight * n for weight, n in zip(self.pairs, near, strict=True)]
        self.near_singles = [weight * n for weight, n in zip(self.singles, near, strict=True)]

    def match(self, text: str) -> int:
        """Which of the terms a folded text holds."""
        spaced = set(cut(text)) if any(self._spaced) else ()
        bits = 0
        for at, term in enumerate(self.terms):
            if (term in spaced) if self._spaced[at] else (term in text):
                bits |= 1 << at
        return bits

    def weigh_rarity(self, held: Sequence[int]) -> list[float]:
        """The weight of each term by how few of these texts hold it; none, where none does.

        What most of them hold is what all are about, and tells no answer from the rest.
        """
        counts = [sum(bits >> at & 1 for bits in held) for at in range(len(self.terms))]
        weights = zip(self.pairs, self.singles, counts, strict=True)
        return [
            (pair or single) * log((len(held) + 1) / (n + 0.5)) * (n > 0)
            for pair, single, n in weights
        ]

    @staticmethod
    def share(weights: Sequence[float], bits: int) -> float:
        """The part of the terms' weight that is held."""
        whole = sum(weights)
        if not whole:
            return 0.0
        return sum(weight for at, weight in enumerate(weights) if bits >> at & 1) / whole


def measure(
    question: str,
    candidates: Sequence[Candidate],
    idf: Mapping[str, float],
    names: Collection[str],
    others: Mapping[str, str] | None = None,
) -> Iterator[dict[str, float]]:
    """The figures of each candidate for a question; those of looks only as far as named.

    `others` are words that mean the same as one of the question's, each with that one.
    """
    asked = Asked.of(normal(question))
    looks = _looks(asked, names)
    # Rules say whether something is allowed, and they say it in other words.
    words = Question.read(_MODAL.sub(" ", question)).terms or Question.read(question).terms
    terms = Terms(asked, words, idf or _idf(words, candidates))
    fields, qualifiers = Fields.of(asked.text), Qualifiers.of(asked.text)
    top = max((candidate.found.score for candidate in candidates), default=1.0) or 1.0
    bits = [terms.match(candidate.plain) for candidate in candidates]
    above = [terms.match(candidate.above) for candidate in candidates]
    whole: dict[int, int] = {}
    for candidate, its, over in zip(candidates, bits, above, strict=True):
        number = candidate.found.passage.id
        whole[number] = whole.get(number, over) | its
    best = max((terms.share(terms.singles, one) for one in bits), default=0.0) or 1.0
    rare = terms.weigh_rarity(bits)
    alike = list(_match_alike(terms, candidates, bits, above, others or {}))
    lower = _lower_scores(candidates)
    most = max((terms.share(rare, one) for one in bits), default=0.0) or 1.0
    for at, candidate in enumerate(candidates):
        mine, over = bits[at], above[at]
        same = candidate.found.passage.id
        before = bits[at - 1] if at and candidates[at - 1].found.passage.id == same else 0
        following = candidates[at + 1 : at + 2]
        after = bits[at + 1] if following and following[0].found.passage.id == same else 0
        yield {
            **_words(terms, mine, over, before, after, whole[same]),
            "best_singles": terms.share(terms.singles, mine) / best,
            "rare": terms.share(rare, mine),
            "rare_over": terms.share(rare, mine | over),
            "best_rare": terms.share(rare, mine) / most,
            "rare_before": terms.share(rare, mine | over | before),
            "above_early": terms.share(rare, over) / (1 + candidate.number),
            "alike": alike[at][0],
            "own_alike": alike[at][1],
            "lead": (candidate.found.score - lower[same]) / top,
            **_place(candidate, top),
            **_form(asked, candidate),
            **_clause(asked, terms, candidate, over),
            **qualifiers.measure(candidate.plain, candidate.above),
            "field": fields.measure_match(candidate.plain),
            **_kind(looks, candidate.plain),
        }


def _match_alike(
    terms: Terms,
    candidates: Sequence[Candidate],
    bits: Sequence[int],
    above: Sequence[int],
    others: Mapping[str, str],
) -> Iterator[tuple[float, float]]:
    """What words that mean the same add to the share of terms held: with those above, and alone."""
    if not others:
        yield from ((0.0, 0.0) for _ in candidates)
        return
    own = [terms.match(add_own_words(one.plain, others)) for one in candidates]
    over = [terms.match(add_own_words(one.above, others)) for one in candidates]
    rare, share = terms.weigh_rarity(own), terms.share
    for at, mine in enumerate(own):
        whole = share(rare, mine | over[at]) - share(rare, bits[at] | above[at])
        yield whole, share(rare, mine) - share(rare, bits[at])


def _lower_scores(candidates: Iterable[Candidate]) -> dict[int, float]:
    """By passage: the score of the one found next after it."""
    scores = {one.found.passage.id: one.found.score for one in candidates}
    return {
        number: max((other for other in scores.values() if other < score), default=0.0)
        for number, score in scores.items()
    }


def _words(
    terms: Terms, mine: int, over: int, before: int, after: int, whole: int
) -> dict[str, float]:
    share = terms.share
    return {
        "pairs": share(terms.pairs, mine | over),
        "singles": share(terms.singles, mine | over),
        "own_pairs": share(terms.pairs, mine),
        "own_singles": share(terms.singles, mine),
        "near": share(terms.near, mine),
        "near_singles": share(terms.near_singles, mine),
        "with_before": share(terms.pairs, mine | over | before),
        "with_after": share(terms.pairs, mine | over | after),
        "before": share(terms.singles, before),
        "after": share(terms.singles, after),
        "passage_pairs": share(terms.pairs, whole),
        "passage_singles": share(terms.singles, whole),
    }


def _place(candidate: Candidate, top: float) -> dict[str, float]:
    found = candidate.found
    return {
        "passage": found.score / top,
        "rank": 1 / found.rank,
        "best_passage": float(found.rank == 1),
        "first": float(candidate.number == 0),
        "opens": float(candidate.number == 0 and found.passage.start == 0),
        "early": 1 / (1 + candidate.number),
    }


def _form(asked: Asked, candidate: Candidate) -> dict[str, float]:
    plain = candidate.plain
    new = sum(character not in asked.text for character in plain)
    return {
        "order": _in_order(asked.text, plain),
        "short": float(len(plain) < _SHORT),
        "long": max(0.0, len(plain) - _LONG) / _LONG,
        "length": log(1 + len(plain)) / 5,
        "new": log(1 + new) / 5,
        "echo": float(new < 4),
        "leans": float(candidate.leans),
        "head": float(any(head in plain for head in asked.heads)),
        "head_starts": float(any(head in plain[:_EDGE] for head in asked.heads)),
        "placed": float(asked.is_placed(candidate.opening)),
        "names": asked.share_of_names(f"{candidate.above}\n{plain}"),
        "own_names": asked.share_of_names(plain),
        "defines": float(asked.is_defined_in(plain)),
        "defines_first": float(asked.is_defined_in(plain[: len(asked.defined) + 6])),
        "starts": float(_starts(asked, plain)),
    }


def _starts(asked: Asked, plain: str) -> bool:
    """Whether the sentence begins with what stands right before the question word."""
    end = _LINKS.sub("", asked.text[: asked.at])[-2:]
    return len(end) == 2 and end in plain[:_EDGE]


def _clause(asked: Asked, terms: Terms, candidate: Candidate, over: int) -> dict[str, float]:
    """How much of the question stands in the clause that has a number the question has not."""
    known = set(_NUMBERS.findall(asked.text))
    best = fresh = 0.0
    before = 0
    for clause in _CLAUSES.split(candidate.plain):
        held = terms.match(clause)
        if any(number not in known for number in _NUMBERS.findall(clause)):
            fresh = 1.0
            best = max(best, terms.share(terms.near_singles, held | before))
        before = held
    wanted = bool({"number", "money", "share", "date", "duration"} & set(asked.kinds))
    return {
        "number_beside": best if wanted else 0.0,
        "no_number": float(wanted and not fresh),
    }


KINDS = (
    "person",
    "body",
    "place",
    "date",
    "duration",
    "number",
    "money",
    "share",
    "whether",
    "reason",
    "way",
    "meaning",
    "several",
    "which",
    "open",
)
_OF = ":"


def _looks(asked: Asked, names: Collection[str]) -> list[tuple[str, str]]:
    """Names of the figures that say what an answer of the kinds asked for looks like."""
    pairs = (name.partition(_OF) for name in names if _OF in name)
    return [(f"{kind}{_OF}{look}", look) for kind, _, look in pairs if kind in asked.kinds]


def _kind(looks: Sequence[tuple[str, str]], plain: str) -> dict[str, float]:
    return {name: 1.0 for name, look in looks if shows(look, plain)}


def _distance(asked: Asked, term: str) -> int:
    """Characters between a term and the question word."""
    at, least = asked.text.find(term), 40
    while at >= 0:
        least = min(least, abs(at + len(term) - asked.at), abs(at - asked.at - 1))
        at = asked.text.find(term, at + 1)
    return least


def _in_order(question: str, sentence: str) -> float:
    """The longest stretch of the question that the sentence holds word for word."""
    longest = 0
    for start in range(len(question)):
        while question[start : start + longest + 1] in sentence and start + longest < len(question):
            longest += 1
    return min(1.0, longest / 10)


def _idf(terms: Sequence[str], candidates: Sequence[Candidate]) -> dict[str, float]:
    """Weights from the candidates alone, where the search gave none."""
    count = len(candidates)
    held = {term: sum(term in candidate.plain for candidate in candidates) for term in terms}
    return {term: log(1 + (count - n + 0.5) / (n + 0.5)) for term, n in held.items()}
