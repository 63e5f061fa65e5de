"""The judgement: do the passages answer the question, perhaps, or not?

Every engine asks here before and after it answers, so that all of them mean the same by it.
"""

from msgspec import Struct

from docqa.settings import Settings
from docqa.types import AnswerStatus, SearchResult


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


def judge(question: str, result: SearchResult, settings: Settings, first: str = "") -> Judgement:
    """Judge what a search found for a question; `first` is what would be shown first."""
    confidence = estimate_confidence(question, result, first)
    if not result.found or result.relevance < settings.search.relevance:
        return Judgement(AnswerStatus.NOT_FOUND, confidence)
    certain = confidence >= settings.answer.certain
    return Judgement(AnswerStatus.ANSWERED if certain else AnswerStatus.PERHAPS, confidence)


def estimate_confidence(question: str, result: SearchResult, first: str = "") -> float:
    """The probability that what is shown first holds the answer."""
    return round(result.relevance, 3)
