"""What every engine that writes answers can do."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from docqa.types import EngineInfo, Warned

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage


class Model(Protocol):
    """A model that is ready to answer; used by one caller at a time."""

    @property
    def info(self) -> EngineInfo:
        """Kind, name, window and where the layers are."""
        ...

    @property
    def window(self) -> int:
        """Tokens that prompt and answer may have together."""
        ...

    @property
    def prompt_speed(self) -> float | None:
        """Prompt tokens a second, as measured on this machine; None before the first prompt."""
        ...

    @property
    def wants_short_prompts(self) -> bool:
        """Whether it follows short rules best, standing last; false for Chinese-Alpaca."""
        ...

    @property
    def notes(self) -> tuple[Warned, ...]:
        """What the user should know about the model as loaded."""
        ...

    @property
    def chat(self) -> "BaseChatModel":
        """The LangChain chat model; `stream` and `invoke` take `cancelled=` and `max_tokens=`."""
        ...

    @property
    def cache(self) -> "PromptCache | None":
        """The prompt cache in use; None for engines that have none."""
        ...

    def count(self, messages: "Sequence[BaseMessage]") -> int:
        """Tokens of the whole prompt made of these messages."""
        ...

    def count_text(self, text: str) -> int:
        """Tokens of a text alone."""
        ...

    def reusable(self, messages: "Sequence[BaseMessage]") -> int:
        """Tokens of the prompt that are computed already."""
        ...

    def close(self) -> None:
        """Free everything; a later call is a clear error."""
        ...


class PromptCache(Protocol):
    """Prompts that earlier processes computed and a model in this process can load."""

    def count_shared(self, prompt: Sequence[int]) -> int:
        """Tokens of a prompt that need no computing."""
        ...

    def load_best(self, prompt: Sequence[int]) -> int:
        """Load what spares most of a prompt, and tell how much; called in its caller's turn."""
        ...

    def add_seconds(self, seconds: float) -> None:
        """Take note of how long a prompt took."""
        ...

    def save_and_close(self) -> None:
        """Keep what is worth keeping; the model is about to close."""
        ...
