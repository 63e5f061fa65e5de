"""The judgement: do the passages answer the question, perhaps, or not?

Every engine asks here before and after it answers, so that all of them mean the same by it.
"""

from collections.abc import Mapping, Sequence
from math import log

from msgspec import Struct

from docqa.answer.quoting.question_types import Asked, shows
from docqa.answer.quoting.ranking import Quote, Rated
from docqa.retrieval.signals import Logistic
from docqa.settings import Settings
from docqa.terms import normal
from docqa.terms.lexicon import lexicon
from docqa.types import AnswerStatus, SearchResult

# Beyond this a span is as good as sure to be the right one, or the wrong one, of those compared.
_SUREST = 0.98
# Being the best of few says little: a lone span keeps a third of its odds, of 20 nine tenths.
# Set by hand.
_IMAGINED = 2
# Half where nothing shows whether the kind of thing is there that was asked for.
_OPEN = 0.5
# Less likely to be about the question than this says no more.
_LEAST_RELEVANT = 0.001
# Both fitted by `python -m tests.bench.meaning.fit`.
_BY_WORDS = Logistic(
    -4.37,
    {
        "whole": 0.87,
        "close": 1.98,
        "characters": 0.35,
        "missing": 0.46,
        "lead": 2.84,
        "odds": 0.59,
        "kind": 0.94,
        "about": 0.54,
    },
)
_BY_MEANING = Logistic(
    6.19,
    {
        "whole": -3.84,
        "close": 3.83,
        "characters": 1.12,
        "word_rank": 0.28,
        "odds": 0.81,
        "kind": 0.33,
        "similarity": -9.66,
        "nearness": 2.03,
        "about": 0.57,
    },
)


class First(Struct, frozen=True):
    """What would be shown first, and what the ranking says of it, where quotes were ranked."""

    text: str = ""
    likely: float | None = None
    """How likely it is the right one of the spans that were compared."""
    compared: int = 0
    """How many these are."""


NOTHING = First()


def describe_first(quotes: Sequence[Quote], rated: Sequence[Rated]) -> First:
    """The first of some quotes, chosen from these spans."""
    if not quotes:
        return NOTHING
    return First(quotes[0].text, quotes[0].likely, len(rated))


class Judgement(Struct, frozen=True):
    """How a question ended, and how likely the first thing shown holds the answer."""

    status: AnswerStatus
    """ANSWERED, PERHAPS or NOT_FOUND."""
    confidence: float
    """A probability: of answers with .8, four in five are right."""

    @property
    def is_found(self) -> bool:
        """Whether there is something to show as an answer, be it uncertain."""
        return self.status is not AnswerStatus.NOT_FOUND


def judge(
    question: str, result: SearchResult, settings: Settings, first: First = NOTHING
) -> Judgement:
    """Judge what a search found for a question."""
    confidence = estimate_confidence(question, result, first)
    if not result.found or result.relevance < settings.search.relevance:
        return Judgement(AnswerStatus.NOT_FOUND, confidence)
    certain = confidence >= settings.answer.certain
    return Judgement(AnswerStatus.ANSWERED if certain else AnswerStatus.PERHAPS, confidence)


def estimate_confidence(question: str, result: SearchResult, first: First = NOTHING) -> float:
    """The probability that what is shown first holds the answer."""
    if not result.found:
        return 0.0
    figures = {**result.figures, **measure_first(question, first)}
    figures["about"] = measure_relevance(result.relevance)
    model = _BY_MEANING if "most_similarity" in figures else _BY_WORDS
    return round(model.probability(figures), 3)


def measure_relevance(relevance: float) -> float:
    """How likely the library is about the question, in logarithms.

    What is not about it does not answer it, however surely it is the best there is.
    """
    return log(max(relevance, _LEAST_RELEVANT))


def measure_first(question: str, first: First) -> Mapping[str, float]:
    """Figures of what would be shown first: its share among the spans, the kind of thing asked."""
    likely = first.likely
    figures = {} if likely is None else {"odds": measure_odds(likely, first.compared)}
    kinds = [kind for kind in Asked.of(normal(question)).kinds if kind in lexicon().shows]
    if not kinds or not first.text:
        return figures | {"kind": _OPEN}
    text = normal(first.text)
    return figures | {"kind": sum(shows(kind, text) for kind in kinds) / len(kinds)}


def measure_odds(likely: float, compared: int) -> float:
    """The odds that a span is the right one, in logarithms; nearer to even where few compete."""
    bounded = min(_SUREST, max(1 - _SUREST, likely))
    return log(bounded / (1 - bounded)) * compared / (compared + _IMAGINED)
