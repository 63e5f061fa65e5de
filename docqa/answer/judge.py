"""The judgement: do the passages answer the question, perhaps, or not?

Every engine asks here before and after it answers, so that all of them mean the same by it.
"""

from collections.abc import Mapping
from math import log

from msgspec import Struct

from docqa.answer.quoting.question_types import Asked, shows
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
# How likely it is right if the library is about the question at all; both fitted by
# `python -m tests.bench.meaning.fit`.
_BY_WORDS = Logistic(
    -4.53,
    {
        "whole": 0.55,
        "close": 1.20,
        "characters": 1.36,
        "missing": 0.46,
        "lead": 3.30,
        "odds": 0.56,
        "kind": 0.94,
    },
)
_BY_MEANING = Logistic(
    11.11,
    {
        "whole": -2.95,
        "close": 2.31,
        "characters": 0.64,
        "lead": 1.50,
        "word_rank": 0.82,
        "odds": 0.60,
        "kind": 0.67,
        "similarity": -15.40,
        "nearness": 2.31,
    },
)


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
    question: str,
    result: SearchResult,
    settings: Settings,
    first: str = "",
    likely: float | None = None,
    compared: int = 0,
) -> Judgement:
    """Judge what a search found for a question.

    `first` is what would be shown first, `likely` the probability that it is the right one of the
    spans that were compared, where quotes were, and `compared` how many these are.
    """
    confidence = estimate_confidence(question, result, first, likely, compared)
    if not result.found or result.relevance < settings.search.relevance:
        return Judgement(AnswerStatus.NOT_FOUND, confidence)
    certain = confidence >= settings.answer.certain
    return Judgement(AnswerStatus.ANSWERED if certain else AnswerStatus.PERHAPS, confidence)


def estimate_confidence(
    question: str,
    result: SearchResult,
    first: str = "",
    likely: float | None = None,
    compared: int = 0,
) -> float:
    """The probability that what is shown first holds the answer."""
    if not result.found:
        return 0.0
    figures = {**result.figures, **measure_first(question, first, likely, compared)}
    model = _BY_MEANING if "most_similarity" in figures else _BY_WORDS
    # What is not about the question does not answer it, however surely it is the best there is.
    return round(model.probability(figures) * result.relevance, 3)


def measure_first(
    question: str, first: str, likely: float | None, compared: int
) -> Mapping[str, float]:
    """Figures of what would be shown first: its share among the spans, the kind of thing asked."""
    figures = {} if likely is None else {"odds": measure_odds(likely, compared)}
    kinds = [kind for kind in Asked.of(normal(question)).kinds if kind in lexicon().shows]
    if not kinds or not first:
        return figures | {"kind": _OPEN}
    text = normal(first)
    return figures | {"kind": sum(shows(kind, text) for kind in kinds) / len(kinds)}


def measure_odds(likely: float, compared: int) -> float:
    """The odds that a span is the right one, in logarithms; nearer to even where few compete."""
    bounded = min(_SUREST, max(1 - _SUREST, likely))
    return log(bounded / (1 - bounded)) * compared / (compared + _IMAGINED)
