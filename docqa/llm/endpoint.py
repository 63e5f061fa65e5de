"""An OpenAI-compatible endpoint (llama-server, vLLM, Ollama, LM Studio) behind the shared face."""

import os
import queue
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import openai
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from docqa.errors import ModelError, ServiceError, SettingError
from docqa.llm.llama.thinking import ThoughtFilter
from docqa.llm.model import PromptCache
from docqa.llm.reply import check_room, end, piece, text_of
from docqa.markup import neutralise
from docqa.messages import say
from docqa.settings import ModelSettings
from docqa.types import Cancelled, EngineInfo, EngineKind, Usage, Warned

WINDOW = 4096
# An endpoint does not count for us. Chinese is at most about a token a character with the usual
# vocabularies; three letters a token is on the safe side for the rest.
_LETTERS_PER_TOKEN = 3
_TOKENS_PER_MESSAGE = 8
_LISTEN = 0.05
# HTTP: a server that is too busy, and from where on the trouble is its own.
_TOO_MANY, _TROUBLE = 429, 500
_FAILURES = (openai.OpenAIError, httpx.HTTPError, ValueError, TypeError, KeyError)


class EndpointChat(BaseChatModel):
    """Streams from an endpoint; what goes wrong there is a ServiceError in the user's words."""

    client: ChatOpenAI
    url: str
    seconds: float
    key_variable: str
    window: int = WINDOW
    max_tokens: int = 512

    @property
    def _llm_type(self) -> str:
        return "endpoint"

    @property
    def model_name(self) -> str:
        """The model's name at the endpoint."""
        return self.client.model_name

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
        limit = max_tokens or self.max_tokens
        prompt = count(messages)
        check_room(prompt, limit, self.window)
        safe = [m.model_copy(update={"content": neutralise(text_of(m))}) for m in messages]
        thoughts = ThoughtFilter()
        chunks = _Listener(self.client, safe, stop, limit)
        reason, usage, said, begun = "", Usage(prompt), 0, False
        for chunk in chunks.receive(cancelled):
            if isinstance(chunk, Exception):
                raise self._failure(chunk, begun) from chunk
            if chunk is None:
                reason = "cancelled"
                break
            begun = True
            reason = chunk.response_metadata.get("finish_reason") or reason
            usage = _usage(chunk) or usage
            if text := text_of(chunk):
                said += count_text(text)
                yield from (piece(part, run_manager) for part in thoughts.split(text))
        yield from (piece(part, run_manager) for part in thoughts.finish())
        if not reason:
            raise ServiceError("llm.endpoint_half", url=self.url)
        if not usage.answer_tokens:
            usage = Usage(usage.prompt_tokens, usage.reused_tokens, said)
        yield end(reason, usage, self.model_name)

    def _failure(self, error: Exception, begun: bool) -> ServiceError:
        if isinstance(error, openai.APITimeoutError | httpx.TimeoutException):
            return ServiceError("llm.endpoint_slow", url=self.url, seconds=self.seconds)
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            return ServiceError("llm.endpoint_key", url=self.url, variable=self.key_variable)
        if isinstance(error, openai.APIStatusError):
            reason = f"{error.status_code} {_say(error)}"
            busy = error.status_code >= _TROUBLE or error.status_code == _TOO_MANY
            code = "llm.endpoint_busy" if busy else "llm.endpoint_refused"
            return ServiceError(code, url=self.url, reason=reason)
        if isinstance(error, openai.APIConnectionError | httpx.TransportError):
            return ServiceError("llm.endpoint_half" if begun else "llm.endpoint_dead", url=self.url)
        if isinstance(error, openai.APIError):
            return ServiceError("llm.endpoint_busy", url=self.url, reason=error.message)
        return ServiceError("llm.endpoint_strange", url=self.url, reason=error)


class _Listener:
    """Reads the stream in a thread of its own, so that a silent endpoint can be left."""

    def __init__(
        self, client: ChatOpenAI, messages: list[BaseMessage], stop: list[str] | None, limit: int
    ) -> None:
        self._request = (client, messages, stop, limit)
        self._chunks: queue.Queue[AIMessageChunk | Exception | None] = queue.Queue()
        self._left = threading.Event()
        threading.Thread(target=self._read, name="docqa-endpoint", daemon=True).start()

    def receive(self, cancelled: Cancelled | None) -> Iterator[AIMessageChunk | Exception | None]:
        """Chunks as they come, an error last; None where the caller cancelled."""
        try:
            while True:
                if cancelled and cancelled():
                    yield None
                    return
                try:
                    chunk = self._chunks.get(timeout=_LISTEN)
                except queue.Empty:
                    continue
                if chunk is None:
                    return
                yield chunk
        finally:
            self._left.set()

    def _read(self) -> None:
        client, messages, stop, limit = self._request
        try:
            for chunk in client.stream(messages, stop=stop, max_tokens=limit):
                if self._left.is_set():
                    return
                self._chunks.put(chunk)
        except _FAILURES as error:
            self._chunks.put(error)
        else:
            self._chunks.put(None)


class EndpointModel:
    """The endpoint engine behind the face that all engines share."""

    prompt_speed: float | None = None
    wants_short_prompts = False
    cache: PromptCache | None = None

    def __init__(self, settings: ModelSettings) -> None:
        """Prepare; nothing is sent before the first question."""
        if not settings.endpoint.startswith(("http://", "https://")):
            raise SettingError(
                "llm.endpoint_missing", url=settings.endpoint or say("llm.endpoint_none")
            )
        self.window = settings.context or WINDOW
        name = settings.endpoint_model or "default"
        self.info = EngineInfo(EngineKind.ENDPOINT, name, self.window)
        self.notes = (Warned("llm.note_estimated", {"window": self.window}),)
        self._closed = False
        self._chat = EndpointChat(
            client=_client(settings, name),
            url=settings.endpoint,
            seconds=settings.endpoint_seconds,
            key_variable=settings.key_variable,
            window=self.window,
            max_tokens=settings.max_tokens,
        )

    @property
    def chat(self) -> BaseChatModel:
        """The LangChain chat model."""
        if self._closed:
            raise ModelError("llm.closed")
        return self._chat

    def count(self, messages: Sequence[BaseMessage]) -> int:
        """Tokens of a prompt, estimated."""
        return count(messages)

    def count_text(self, text: str) -> int:
        """Tokens of a text, estimated."""
        return count_text(text)

    def reusable(self, messages: Sequence[BaseMessage]) -> int:
        """What an endpoint reuses is not known beforehand."""
        return 0

    def close(self) -> None:
        """Refuse later calls."""
        self._closed = True


def count(messages: Sequence[BaseMessage]) -> int:
    """Tokens of a prompt, estimated on the safe side."""
    return sum(count_text(text_of(message)) + _TOKENS_PER_MESSAGE for message in messages)


def count_text(text: str) -> int:
    """Tokens of a text, estimated on the safe side."""
    letters = sum(1 for sign in text if sign.isascii())
    return len(text) - letters + -(-letters // _LETTERS_PER_TOKEN)


def _client(settings: ModelSettings, name: str) -> ChatOpenAI:
    return ChatOpenAI(
        base_url=settings.endpoint,
        model=name,
        # Local servers want no key, but the library wants one.
        api_key=SecretStr(os.environ.get(settings.key_variable) or "none"),
        temperature=settings.temperature,
        top_p=settings.top_p,
        seed=settings.seed if settings.seed >= 0 else None,
        timeout=settings.endpoint_seconds,
        max_retries=0,
        stream_usage=True,
    )


def _usage(chunk: AIMessageChunk) -> Usage | None:
    told = chunk.usage_metadata
    if not told or not told["output_tokens"]:
        return None
    reused = told.get("input_token_details", {}).get("cache_read") or 0
    return Usage(told["input_tokens"], reused, told["output_tokens"])


def _say(error: openai.APIStatusError) -> str:
    return str(error.body.get("message", "")) if isinstance(error.body, dict) else error.message
