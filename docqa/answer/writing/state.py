"""What is known of a question on its way to an answer."""

from typing import TYPE_CHECKING, TypedDict

from msgspec import Struct

from docqa.types import AskRequest, Budget, Passage, SearchResult, Turn

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage


class Standalone(Struct, frozen=True):
    """The question as it is searched; `rewritten` where a follow-up needed it."""

    asked: str
    rewritten: str | None = None

    @property
    def text(self) -> str:
        """The wording that stands alone."""
        return self.rewritten or self.asked


class Packed(Struct, frozen=True):
    """Numbered passages in the prompt that holds them."""

    passages: tuple[Passage, ...]
    budget: Budget
    messages: "tuple[BaseMessage, ...]"
    left_over: tuple[Passage, ...] = ()
    """Found passages that did not fit, best first."""


class State(TypedDict, total=False):
    """What the steps of the chain hand on; each adds its own part."""

    request: AskRequest
    turns: list[Turn]
    question: Standalone
    result: SearchResult
    relevant: bool
    packed: Packed | None
    reply: object
