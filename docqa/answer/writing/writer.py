"""Answers written by a model, through the chain; sync and async give the same events."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

from langchain_core.messages import BaseMessage
from langchain_core.runnables import RunnableConfig
from msgspec import Struct

from docqa.answer.quoting.ranking import Rate, rate
from docqa.answer.writing.chain import answer_chain
from docqa.answer.writing.events import AnswerBuilder
from docqa.answer.writing.refine import refine
from docqa.answer.writing.state import State
from docqa.answer.writing.steps import Work
from docqa.stores.records.library import Library
from docqa.types import (
    AnswerMode,
    Cancelled,
    EngineInfo,
    Event,
    PromptPlan,
)

_ROLES = {"human": "user", "ai": "assistant"}


class _Attempt(Struct, frozen=True):
    """One more question to the model: what is said before it, and its prompt."""

    events: Iterator[Event]
    messages: tuple[BaseMessage, ...]


class Generative:
    """The engine of every model, for one question."""

    def __init__(
        self,
        work: Work,
        library: Library,
        cancelled: Cancelled,
        info: Callable[[], EngineInfo],
        rate: Rate = rate,
    ) -> None:
        """`info` tells what answered, as far as it was loaded; `rate`, how likely spans do."""
        self._work = work
        self._library = library
        self._cancelled = cancelled
        self._info = info
        self._rate = rate

    def events(self, config: RunnableConfig | None = None) -> Iterator[Event]:
        """Events of the answer, the last of them Done."""
        answer = self._answer()
        if self._work.request.mode is AnswerMode.REFINE:
            parts = refine(self._work, self._cancelled, config)
        else:
            parts = answer_chain(self._work, self._cancelled).stream(self._work.start, config)
        for part in parts:
            if isinstance(part, dict):
                yield from answer.take(part)
            else:
                yield part
        yield from answer.flush()
        for attempt in self._following(answer):
            yield from attempt.events
            writer = self._work.writer(self._cancelled)
            for chunk in writer.stream(list(attempt.messages), config):
                yield from answer.take({"reply": chunk})
            yield from answer.flush()
        yield from answer.finish(self._info(), self._cancelled)

    async def aevents(self, config: RunnableConfig | None = None) -> AsyncIterator[Event]:
        """The same events without blocking the event loop."""
        if self._work.request.mode is AnswerMode.REFINE:
            events = self.events(config)
            while (event := await asyncio.to_thread(next, events, None)) is not None:
                yield event
            return
        answer = self._answer()
        chain = answer_chain(self._work, self._cancelled)
        async for part in chain.astream(self._work.start, config):
            for event in answer.take(part):
                yield event
        for event in answer.flush():
            yield event
        for attempt in self._following(answer):
            for event in attempt.events:
                yield event
            writer = self._work.writer(self._cancelled)
            async for chunk in writer.astream(list(attempt.messages), config):
                for event in answer.take({"reply": chunk}):
                    yield event
            for event in answer.flush():
                yield event
        for event in answer.finish(self._info(), self._cancelled):
            yield event

    def _answer(self) -> AnswerBuilder:
        work = self._work
        asked, refined = work.request.question, work.request.mode is AnswerMode.REFINE
        return AnswerBuilder(asked, self._library, work.steps, self._rate, refined=refined)

    def _following(self, answer: AnswerBuilder) -> Iterator["_Attempt"]:
        """Further attempts, each looked for once the one before has ended."""
        fault = answer.find_fault(self._cancelled)
        if fault and (retry := answer.retry(fault)):
            packed, quote = retry
            if messages := self._work.again(packed, quote.text):
                yield _Attempt(answer.restart(fault), messages)
        if self._work.request.open and answer.misses(self._cancelled):
            packed = self._work.pack_open(answer.question)
            yield _Attempt(answer.ask_openly(packed), packed.messages)

    def plan(self) -> PromptPlan:
        """The prompt that would be sent, and its budget."""
        state: State = self._work.start
        state["question"] = self._work.question(state)
        state["result"] = self._work.result(state)
        packed = self._work.prompt_for(state)
        return PromptPlan(
            messages=tuple(
                (_ROLES.get(message.type, message.type), str(message.text))
                for message in packed.messages
            ),
            budget=packed.budget,
            passages=packed.passages,
            rewritten=state["question"].rewritten,
        )
