"""What happens while an answer is made, in order."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from msgspec import Struct, field

from docqa.types.answers import Answer, Budget, Citation
from docqa.types.search import Passage, SearchResult


class Rewritten(Struct, frozen=True):
    """Event: a follow-up was turned into a question that stands alone."""

    question: str
    original: str


class PassagesFound(Struct, frozen=True):
    """Event: the search is done."""

    result: SearchResult


class ContextPacked(Struct, frozen=True):
    """Event: passages were fitted into the window; numbered as they will be cited, from 1."""

    budget: Budget
    passages: tuple[Passage, ...]


class Progress(Struct, frozen=True):
    """Event: something long is under way; `message` is a key of `docqa/messages`."""

    message: str
    done: float
    total: float | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


class Token(Struct, frozen=True):
    """Event: the next piece of the answer, whole characters only."""

    text: str


class Withdrawn(Struct, frozen=True):
    """Event: the pieces shown so far are no part of the answer; faces take them back or say so."""


class Cited(Struct, frozen=True):
    """Event: a citation was checked."""

    citation: Citation


class Warned(Struct, frozen=True):
    """Event: something the user should know; `message` is a key of `docqa/messages`."""

    message: str
    facts: Mapping[str, object] = field(default_factory=dict)


class Done(Struct, frozen=True):
    """Event: the answer is finished, whole, with its checks."""

    answer: Answer
    turn: int | None = None  # number it was kept under, if it was kept


Event: TypeAlias = (
    Rewritten | PassagesFound | ContextPacked | Progress | Token | Withdrawn | Cited | Warned | Done
)

ReportProgress: TypeAlias = Callable[[Progress], None]
"""Hears how far something long is; what has no total is a notice."""

Cancelled: TypeAlias = Callable[[], bool]
"""Asked between steps and tokens; True stops the work and keeps what is done."""


def never() -> bool:
    """The Cancelled of work that nobody stops."""
    return False
