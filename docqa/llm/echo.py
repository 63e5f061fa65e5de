"""An engine without weights that repeats what it is given: shows the whole chain at work."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult

from docqa.errors import ModelError
from docqa.llm.model import PromptCache
from docqa.llm.reply import before_stop, check_room, end, piece, text_of
from docqa.settings import ModelSettings
from docqa.types import Cancelled, EngineInfo, EngineKind, Usage, Warned

NAME = "echo"
WINDOW = 4096
# One token a Chinese character, a word, a sign.
_TOKEN = re.compile(r"[a-zA-Z0-9_]+|\S")
_TOKEN_WITH_SPACE = re.compile(r"\s*(?:[a-zA-Z0-9_]+|\S)|\s+\Z")
_PASSAGE = re.compile(
    r"^\s*[\[【](\d+)[\]】](.*?)(?=^\s*[\[【]\d+[\]】]|\n\s*\n|\Z)", re.MULTILINE | re.DOTALL
)
_SENTENCE = re.compile(r"[^。！？!?\n]{4,}[。！？!?]")
_QUOTED = 2


class EchoChat(BaseChatModel):
    """Answers with the first sentence of the first passages in the prompt, cited; else repeats."""

    window: int = WINDOW
    max_tokens: int = 512

    @property
    def _llm_type(self) -> str:
        return NAME

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager, **kwargs))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        cancelled: Cancelled | None = None,
        max_tokens: int | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        prompt = sum(count_text(text_of(message)) for message in messages)
        limit = max_tokens or self.max_tokens
        check_room(prompt, limit, self.window)
        words = _TOKEN_WITH_SPACE.findall(reply_to(_with_passages(messages)))
        reason, said = "length" if len(words) > limit else "stop", 0
        for text in before_stop(iter(words[:limit]), stop or []):
            if cancelled and cancelled():
                reason = "cancelled"
                break
            if text:
                said += 1
                yield piece(text, run_manager)
        yield end(reason, Usage(prompt, 0, said), NAME)


class EchoModel:
    """The echo engine behind the face that all engines share."""

    prompt_speed: float | None = None
    wants_short_prompts = False
    cache: PromptCache | None = None
    notes: tuple[Warned, ...] = ()

    def __init__(self, settings: ModelSettings) -> None:
        """Take the window and the answer's room from the settings."""
        self.window = settings.context or WINDOW
        self.info = EngineInfo(EngineKind.ECHO, NAME, self.window)
        self._chat = EchoChat(window=self.window, max_tokens=settings.max_tokens)
        self._closed = False

    @property
    def chat(self) -> BaseChatModel:
        """The LangChain chat model."""
        if self._closed:
            raise ModelError("llm.closed")
        return self._chat

    def count(self, messages: Sequence[BaseMessage]) -> int:
        """Tokens of all messages."""
        return sum(count_text(text_of(message)) for message in messages)

    def count_text(self, text: str) -> int:
        """Tokens of a text."""
        return count_text(text)

    def reusable(self, messages: Sequence[BaseMessage]) -> int:
        """Nothing is computed, so nothing is reused."""
        return 0

    def close(self) -> None:
        """Refuse later calls."""
        self._closed = True


def count_text(text: str) -> int:
    """Tokens as the echo engine counts them: characters of Chinese, words, signs."""
    return sum(1 for _ in _TOKEN.finditer(text))


def _with_passages(messages: Sequence[BaseMessage]) -> str:
    """The last message that holds passages, which stand before the conversation; else the last."""
    texts = [text_of(message) for message in messages if message.type == "human"]
    found = (text for text in reversed(texts) if _PASSAGE.search(text))
    return next(found, text_of(messages[-1]))


def reply_to(prompt: str) -> str:
    """What echo says to a prompt."""
    quotes = []
    for found in _PASSAGE.finditer(prompt):
        sentence = _SENTENCE.search(found.group(2))
        text = sentence.group() if sentence else found.group(2)
        if text := " ".join(text.split()):
            quotes.append(f"{text}[{found.group(1)}]")
    return "\n".join(quotes[:_QUOTED]) or prompt.strip()
