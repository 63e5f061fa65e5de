"""Answers worded by a model, through the chain; sync and async tell the same events."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig

from docqa.answer.writing.chain import answer_chain
from docqa.answer.writing.events import Telling
from docqa.answer.writing.refine import refined
from docqa.answer.writing.state import Packed, State
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


class Generative:
    """The engine of every model, for one question."""

    def __init__(
        self, work: Work, library: Library, cancelled: Cancelled, info: Callable[[], EngineInfo]
    ) -> None:
        """`info` tells what answered, as far as it was loaded."""
        self._work = work
        self._library = library
        self._cancelled = cancelled
        self._info = info

    def events(self, config: RunnableConfig | None = None) -> Iterator[Event]:
        """Events of the answer, the last of them Done."""
        telling = Telling(self._work.request.question, self._library)
        if self._work.request.mode is AnswerMode.REFINE:
            parts = refined(self._work, self._cancelled, config)
        else:
            parts = answer_chain(self._work, self._cancelled).stream(self._work.start, config)
        for part in parts:
            if isinstance(part, dict):
                yield from telling.hear(part)
            else:
                yield part
        if packed := self._unanswered(telling):
            yield from telling.anew(packed)
            for chunk in self._chat().stream(list(packed.messages), config):
                yield from telling.hear({"reply": chunk})
        yield from telling.finish(self._info(), self._cancelled)

    async def aevents(self, config: RunnableConfig | None = None) -> AsyncIterator[Event]:
        """The same events without blocking the event loop."""
        if self._work.request.mode is AnswerMode.REFINE:
            events = self.events(config)
            while (event := await asyncio.to_thread(next, events, None)) is not None:
                yield event
            return
        telling = Telling(self._work.request.question, self._library)
        chain = answer_chain(self._work, self._cancelled)
        async for part in chain.astream(self._work.start, config):
            for event in telling.hear(part):
                yield event
        if packed := self._unanswered(telling):
            for event in telling.anew(packed):
                yield event
            async for chunk in self._chat().astream(list(packed.messages), config):
                for event in telling.hear({"reply": chunk}):
                    yield event
        for event in telling.finish(self._info(), self._cancelled):
            yield event

    def _unanswered(self, telling: Telling) -> Packed | None:
        """The prompt that asks openly, where that is wished and the passages did not answer."""
        question = telling.refused(self._cancelled) if self._work.request.open else None
        return self._work.unlimited(question) if question else None

    def _chat(self) -> Runnable[Any, Any]:
        reserve = self._work.reserve()
        return self._work.chat().bind(cancelled=self._cancelled, max_tokens=reserve)

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
