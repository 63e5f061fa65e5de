"""docqa's whole way of answering as one runnable: search, judgement, answer, check."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, TypeAlias

import msgspec
from langchain_core.callbacks import AsyncCallbackManagerForChainRun, CallbackManagerForChainRun
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.runnables import Runnable, RunnableConfig

from docqa.engine.engine import Engine
from docqa.messages import say
from docqa.types import Answer, AskRequest, Done, Event, Token, Withdrawn

Question: TypeAlias = str | AskRequest


class AnswerChain(Runnable[Question, AIMessage]):
    """Answers questions from a library, with or without a model, as the engine's settings say.

    The message's text is the answer with its marks; its `response_metadata` holds the whole
    Answer as plain values: status, confidence, citations with quotes, sentences with verdicts.
    """

    def __init__(self, engine: Engine) -> None:
        """Answer through this engine, which may serve several threads."""
        self._engine = engine

    def invoke(
        self, input: Question, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AIMessage:
        """The finished answer."""
        return self._call_with_config(self._answer, input, config)

    def stream(
        self, input: Question, config: RunnableConfig | None = None, **kwargs: Any
    ) -> Iterator[AIMessage]:
        """The answer as it is written; the last chunk brings the metadata."""
        yield from self.transform(iter([input]), config)

    async def astream(
        self, input: Question, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[AIMessage]:
        """The same without blocking the event loop."""

        async def once() -> AsyncIterator[Question]:
            yield input

        async for chunk in self.atransform(once(), config):
            yield chunk

    def transform(
        self, input: Iterator[Question], config: RunnableConfig | None = None, **kwargs: Any
    ) -> Iterator[AIMessage]:
        """Answers to a stream of one question."""
        yield from self._transform_stream_with_config(input, self._chunks, config)

    async def atransform(
        self, input: AsyncIterator[Question], config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[AIMessage]:
        """The same without blocking the event loop."""
        async for chunk in self._atransform_stream_with_config(input, self._achunks, config):
            yield chunk

    def _answer(
        self, question: Question, run_manager: CallbackManagerForChainRun, config: RunnableConfig
    ) -> AIMessage:
        events = self._engine.ask(_request(question), config=config)
        answer = next(event.answer for event in events if isinstance(event, Done))
        return AIMessage(content=answer.text, response_metadata=_metadata(answer))

    def _chunks(
        self,
        questions: Iterator[Question],
        run_manager: CallbackManagerForChainRun,
        config: RunnableConfig,
    ) -> Iterator[AIMessage]:
        for question in questions:
            for event in self._engine.ask(_request(question), config=config):
                yield from _chunk(event)

    async def _achunks(
        self,
        questions: AsyncIterator[Question],
        run_manager: AsyncCallbackManagerForChainRun,
        config: RunnableConfig,
    ) -> AsyncIterator[AIMessage]:
        async for question in questions:
            async for event in self._engine.aask(_request(question), config=config):
                for chunk in _chunk(event):
                    yield chunk


def _request(question: Question) -> AskRequest:
    """A bare question is not kept as a session: a program keeps what it wants itself."""
    return AskRequest(question, save=False) if isinstance(question, str) else question


def _chunk(event: Event) -> Iterator[AIMessage]:
    if isinstance(event, Token):
        yield AIMessageChunk(content=event.text)
    elif isinstance(event, Withdrawn):
        # What a program was handed cannot be taken back.
        yield AIMessageChunk(content=f"\n\n{say('answer.withdrawn')}\n\n")
    elif isinstance(event, Done):
        yield AIMessageChunk(content="", response_metadata=_metadata(event.answer))


def _metadata(answer: Answer) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.to_builtins(answer)
    return values
