"""Ranks the spans of found passages by how likely they hold the answer, and joins neighbours."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from math import exp, log
from typing import TYPE_CHECKING

from msgspec import Struct

from docqa.answer.quoting.candidates import candidates_of
from docqa.answer.quoting.features import Candidate, measure
from docqa.answer.quoting.question_types import Asked
from docqa.answer.quoting.same import says_the_same
from docqa.answer.quoting.steps import find_steps
from docqa.answer.quoting.weights import BY_WORDS, READ, WITH_MEANING
from docqa.terms import normal
from docqa.types import Passage, SearchResult

if TYPE_CHECKING:
    from docqa.answer.reader.packaged import Reading


class Growth(Struct, frozen=True):
    """How a quote grows by its neighbours: what follows often goes on with the answer."""

    sure: float
    """It grows while it is not this likely to hold the answer,"""
    follows: float
    precedes: float
    """by what follows or precedes it and is at least so likely beside it,"""
    neighbours: int
    longest: int
    """up to so many neighbours and this length in characters."""
    steps: int = 0
    """A step grows to all steps of its list, up to this length."""


# Both chosen by `python -m tests.bench.quotes.choices`: a reason, a definition or a list is
# told in several sentences, a date or a name in one.
IN_SHORT = Growth(0.95, 0.03, 0.1, 2, 200)
AT_LENGTH = Growth(0.99, 0.01, 0.05, 3, 300)
# The steps of a way are read together; their length is set by hand, for procedures of manuals.
STEP_BY_STEP = Growth(0.95, 0.03, 0.1, 2, 200, 500)
# What is less likely than this beside the first quote is about something else; set by hand: a
# reader gets no third quote for its own sake.
_WORTH = 0.005
# So many spans are compared in meaning, of those that lead by words, as each costs 12 ms. Chosen by
# the same script.
_COMPARED = 12
_LOOKS = frozenset(BY_WORDS) | frozenset(WITH_MEANING)
NEAREST = "nearest"

# So many passages are read, those of the leading spans: each costs 0.1 s of a core.
_READ = 4
# What no passage that was read holds still counts as this likely, by hand.
_UNREAD = 0.01

Compare = Callable[[str, Sequence[str]], Sequence[float]]
Read = Callable[[str, Sequence[Passage]], "Sequence[Reading]"]
"""Reads passages with a question."""
Rate = Callable[[str, SearchResult], "list[Rated]"]
"""Gives all spans in their order with the probability of each: the ranking, or a reader."""


class Quote(Struct, frozen=True):
    """A stretch of a passage; start and end count characters in the document's text."""

    passage: Passage
    start: int
    end: int
    text: str
    before: str
    after: str
    likely: float
    """Probability that it holds the answer, if one of the spans compared does."""
    rank: int


class Rated(Struct, frozen=True):
    """A span and how likely it is to hold the answer."""

    candidate: Candidate
    likely: float
    exact: tuple[int, int] | None = None
    """The words that answer, in characters of the passage, where a reader marked them."""
    reading: "Reading | None" = None
    """What docqa's reader read in its passage; None where it did not."""


def best_quotes(
    question: str,
    result: SearchResult,
    count: int,
    compare: Compare | None = None,
) -> list[Quote]:
    """The best spans, best first, none that says what another says."""
    return choose(rate(question, result, compare), count, growth_for(question))


def rate(
    question: str,
    result: SearchResult,
    compare: Compare | None = None,
    read: Read | None = None,
) -> list[Rated]:
    """All spans in their order, with the probability that each holds the answer.

    `compare` tells how near texts are to the question, where meaning had a part in the search;
    `read` is a reader that marks the words of passages that answer.
    """
    candidates = candidates_of(question, result)
    if not candidates:
        return []
    points = weigh_spans(question, result, candidates, compare)
    if not read:
        return [Rated(*one) for one in zip(candidates, share_odds(points), strict=True)]
    readings = read_leading(points, candidates, partial(read, question))
    marked = mark_spans(candidates, readings)
    figures = map(measure_reading, points, marked)
    likely = share_odds([weigh(one, READ) for one in figures])
    return [
        Rated(one, share, reading=readings.get(one.found.passage.id))
        for one, share in zip(candidates, likely, strict=True)
    ]


def weigh_spans(
    question: str,
    result: SearchResult,
    candidates: Sequence[Candidate],
    compare: Compare | None = None,
) -> list[float]:
    """The points of spans by their words, and by meaning where it had a part in the search."""
    question = result.spelled or question
    figures = list(measure(question, candidates, result.weights, _LOOKS, result.others))
    points = [weigh(one, BY_WORDS) for one in figures]
    if compare and result.embedded is not None:
        near = measure_nearness(points, candidates, partial(compare, question))
        if near:
            points = [
                weigh({**one, NEAREST: near.get(at, 0.0)}, WITH_MEANING)
                for at, one in enumerate(figures)
            ]
    return points


def read_leading(
    points: Sequence[float],
    candidates: Sequence[Candidate],
    read: Callable[[Sequence[Passage]], "Sequence[Reading]"],
) -> "dict[int, Reading]":
    """What is read in the passages of the spans that lead, by their ids."""
    order = sorted(range(len(points)), key=lambda at: -points[at])
    passages = {candidates[at].found.passage.id: candidates[at].found.passage for at in order}
    leading = dict(islice(passages.items(), _READ))
    return dict(zip(leading, read(list(leading.values())), strict=True))


def mark_spans(candidates: Sequence[Candidate], readings: "Mapping[int, Reading]") -> list[float]:
    """How likely the answer lies in each span, as was read; 0 where nothing was."""
    found = ((one, readings.get(one.found.passage.id)) for one in candidates)
    return [reading.share(one.start, one.end) if reading else 0.0 for one, reading in found]


def measure_reading(points: float, marked: float) -> dict[str, float]:
    """The figures of a span whose passage was read."""
    return {"points": points, "marked": log(marked + _UNREAD)}


def share_odds(points: Sequence[float]) -> list[float]:
    """The probability of each of several, by their points."""
    top = max(points, default=0.0)
    odds = [exp(one - top) for one in points]
    whole = sum(odds)
    return [odd / whole for odd in odds]


def weigh(figures: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The points of a span."""
    return sum(weights.get(name, 0.0) * value for name, value in figures.items())


def measure_nearness(
    points: Sequence[float],
    candidates: Sequence[Candidate],
    compare: Callable[[Sequence[str]], Sequence[float]],
) -> dict[int, float]:
    """Of the spans that lead by words: 1 for the nearest in meaning, 1/2 for the next, and so on.

    Places say more than distances, which differ from question to question. Nothing where meanings
    cannot be compared.
    """
    leading = sorted(range(len(points)), key=lambda at: -points[at])[:_COMPARED]
    near = zip(leading, compare([candidates[at].text for at in leading]), strict=False)
    order = sorted(near, key=lambda pair: -pair[1])
    return {at: 1 / place for place, (at, _) in enumerate(order, 1)}


def growth_for(question: str) -> Growth:
    """How far the quotes that answer a question may grow."""
    asked = Asked.of(normal(question))
    if asked.at_length:
        return AT_LENGTH
    return STEP_BY_STEP if "way" in asked.kinds else IN_SHORT


def choose(rated: Sequence[Rated], count: int, growth: Growth = IN_SHORT) -> list[Quote]:
    """The likeliest spans, joined with the neighbours that may hold the answer instead."""
    quotes: list[Quote] = []
    order = sorted(rated, key=lambda one: -one.likely)
    for one in order:
        if len(quotes) == count or (quotes and one.likely < _WORTH * order[0].likely):
            break
        if _is_new(one.candidate, quotes):
            quotes.append(_grow(one, rated, quotes, growth))
    return quotes


def quote_of(one: Rated) -> Quote:
    """The quote that is a span and no more."""
    return _quote(one.candidate, one.candidate.start, one.candidate.end, one.likely)


def _is_new(candidate: Candidate, quotes: Iterable[Quote]) -> bool:
    return not any(
        _overlap(candidate, quote) or says_the_same(candidate.text, quote.text) for quote in quotes
    )


def _overlap(candidate: Candidate, quote: Quote) -> bool:
    return _meets(candidate.found.passage, candidate.start, candidate.end, quote)


def _meets(passage: Passage, start: int, end: int, quote: Quote) -> bool:
    return (
        passage.document_id == quote.passage.document_id
        and passage.start + start < quote.end
        and passage.start + end > quote.start
    )


def _grow(seed: Rated, rated: Sequence[Rated], quotes: Sequence[Quote], growth: Growth) -> Quote:
    """The quote that a span becomes: with what it leans on, else with likely neighbours."""
    candidate, passage = seed.candidate, seed.candidate.found.passage
    start, end, likely = candidate.start, candidate.end, seed.likely
    if candidate.leans and end - candidate.before <= growth.longest:
        meant = passage.text[candidate.before : start].strip()
        start = start if any(meant in other.text for other in quotes) else candidate.before
    steps = find_steps(passage.text, start, end, growth.steps) if growth.steps else None
    if steps and not any(_meets(passage, *steps, quote) for quote in quotes):
        return _quote(candidate, *steps, _sum_within(rated, passage, *steps))
    others = _fit_to_join(seed, rated, quotes, growth, start)
    for _ in range(growth.neighbours):
        beside = list(_beside(others, rated, passage, (start, end), growth.longest))
        if likely >= growth.sure or not beside:
            break
        best = max(beside, key=lambda one: one.likely)
        start, end = min(start, best.candidate.start), max(end, best.candidate.end)
        likely += best.likely
    return _quote(candidate, start, end, min(1.0, likely))


def _fit_to_join(
    seed: Rated, rated: Iterable[Rated], quotes: Sequence[Quote], growth: Growth, start: int
) -> list[Rated]:
    """Spans of the same passage that are likely enough beside a span to be quoted with it."""
    candidate = seed.candidate
    return [
        one
        for one in rated
        if one.candidate.found.passage.id == candidate.found.passage.id
        and one.likely
        >= (growth.follows if one.candidate.start > start else growth.precedes) * seed.likely
        and not any(_overlap(one.candidate, quote) for quote in quotes)
    ]


def _sum_within(rated: Iterable[Rated], passage: Passage, start: int, end: int) -> float:
    """How likely it is that a stretch of a passage holds the answer: one of its spans does."""
    spans = (one for one in rated if one.candidate.found.passage.id == passage.id)
    return min(
        1.0,
        sum(one.likely for one in spans if start <= one.candidate.start < one.candidate.end <= end),
    )


def _beside(
    others: Iterable[Rated],
    rated: Iterable[Rated],
    passage: Passage,
    stretch: tuple[int, int],
    longest: int,
) -> Iterator[Rated]:
    """Those of the spans that follow or precede a stretch at once and leave it short enough."""
    start, end = stretch
    ends = [o.candidate.end for o in rated if o.candidate.found.passage.id == passage.id]
    starts = [o.candidate.start for o in rated if o.candidate.found.passage.id == passage.id]
    last = max((one for one in ends if one <= start), default=-1)
    first = min((one for one in starts if one >= end), default=-1)
    for one in others:
        if one.candidate.end == last or one.candidate.start == first:
            whole = passage.text[min(start, one.candidate.start) : max(end, one.candidate.end)]
            # Rows and items of a list stand for themselves: only prose on one line goes on.
            if len(whole) <= longest and "\n" not in whole:
                yield one


def _quote(candidate: Candidate, start: int, end: int, likely: float) -> Quote:
    passage = candidate.found.passage
    return Quote(
        passage=passage,
        start=passage.start + start,
        end=passage.start + end,
        text=passage.text[start:end],
        before=passage.text[candidate.before : start],
        after=passage.text[end : candidate.after],
        likely=likely,
        rank=candidate.found.rank,
    )
