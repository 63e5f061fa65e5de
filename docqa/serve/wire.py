"""The bodies of the OpenAI-compatible API, as far as docqa reads and writes them."""

import time
import uuid
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from docqa.types import Usage

# Set by hand: a minute of work for the embedder.
_MOST_TEXTS = 256


class TextPart(Struct):
    """A piece of a message; only texts are read."""

    type: str
    text: str = ""


class Message(Struct):
    """One message of a conversation."""

    role: str
    content: str | list[TextPart] | None = None

    @property
    def text(self) -> str:
        """What it says."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type.endswith("text"))
        return self.content or ""


class StreamOptions(Struct):
    """What a stream may bring besides the answer."""

    include_usage: bool = False


class ChatRequest(Struct):
    """A call of chat completions; what docqa has no use for is left out."""

    model: str
    messages: Annotated[list[Message], Meta(min_length=1)]
    stream: bool = False
    stream_options: StreamOptions | None = None
    temperature: float | None = None
    seed: int | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None

    @property
    def wants_usage(self) -> bool:
        """Whether a stream ends with what it cost."""
        return bool(self.stream_options and self.stream_options.include_usage)

    @property
    def limit(self) -> int | None:
        """The most tokens that the answer may take."""
        return self.max_completion_tokens or self.max_tokens


class EmbeddingRequest(Struct):
    """A call of embeddings."""

    model: str
    input: str | Annotated[list[str], Meta(min_length=1, max_length=_MOST_TEXTS)]


class SearchBody(Struct):
    """A search of a vector store."""

    query: str | list[str]
    max_num_results: int = 10


class Reply(Struct):
    """Makes the shapes of one chat completion, streamed or whole."""

    model: str
    id: str = ""
    created: int = 0

    def __post_init__(self) -> None:
        """Take an id and the time."""
        self.id = self.id or f"chatcmpl-{uuid.uuid4().hex}"
        self.created = self.created or int(time.time())

    def chunk(self, delta: dict[str, Any], reason: str | None = None, **more: Any) -> bytes:
        """One event of a stream."""
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return event(self._shape("chat.completion.chunk", [choice], more))

    def usage(self, usage: Usage) -> bytes:
        """The event that tells the cost: it has no choice."""
        return event(self._shape("chat.completion.chunk", [], {"usage": _counts(usage)}))

    def whole(
        self, message: dict[str, Any], usage: Usage, *, reason: str = "stop", **more: Any
    ) -> dict[str, Any]:
        """The answer in one piece."""
        choice = {"index": 0, "message": message, "finish_reason": reason}
        return self._shape("chat.completion", [choice], {"usage": _counts(usage), **more})

    def _shape(self, kind: str, choices: list[Any], more: dict[str, Any]) -> dict[str, Any]:
        head = {"id": self.id, "object": kind, "created": self.created, "model": self.model}
        return {**head, "choices": choices, **more}


def _counts(usage: Usage) -> dict[str, int]:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.answer_tokens,
        "total_tokens": usage.prompt_tokens + usage.answer_tokens,
    }


DONE = b"data: [DONE]\n\n"


def event(value: object) -> bytes:
    """A server-sent event."""
    return b"data: " + msgspec.json.encode(value) + b"\n\n"


def comment(text: str) -> bytes:
    """A line that keeps a connection alive and that clients pass over."""
    return f": {' '.join(text.split())}\n\n".encode()


def error_body(message: str, kind: str, code: str) -> dict[str, Any]:
    """An error as clients of this API expect it."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def frame_list(values: list[Any]) -> dict[str, Any]:
    """A list with its frame."""
    return {"object": "list", "data": values, "has_more": False}
