"""Turns what the chain hands out into events, and all of it into the finished answer."""

from collections.abc import Iterator
from typing import Any

from docqa.answer.checking.check import check
from docqa.answer.checking.marks import MarkFilter, only_known
from docqa.answer.citations import placed
from docqa.answer.language import language_of
from docqa.answer.not_found import nearest, refusal, refused
from docqa.answer.writing.clock import Clock
from docqa.answer.writing.state import Packed, Standalone
from docqa.stores.records.library import Library
from docqa.types import (
    Answer,
    AnswerStatus,
    Cancelled,
    Cited,
    ContextPacked,
    Done,
    EngineInfo,
    Event,
    PassagesFound,
    Rewritten,
    SearchResult,
    Token,
    Usage,
    Warned,
)

_CANCELLED = "cancelled"
_BETWEEN = "\n\n"


class Telling:
    """Hears one answer piece by piece and tells it as events."""

    def __init__(self, question: str, library: Library) -> None:
        """Nothing is known yet but the question."""
        self._library = library
        self._clock = Clock()
        self._question = Standalone(question)
        self._result: SearchResult | None = None
        self._packed: Packed | None = None
        self._marks = MarkFilter(0)
        self._raw = ""
        self._reason = ""
        self._usage = Usage()

    def hear(self, part: dict[str, Any]) -> Iterator[Event]:
        """Events of the next piece that the chain handed out."""
        if "question" in part:
            self._question = part["question"]
            if self._question.rewritten:
                yield Rewritten(self._question.rewritten, self._question.asked)
        if "result" in part:
            self._result = part["result"]
            self._clock.lap("search")
            yield PassagesFound(part["result"])
        if "packed" in part and part["packed"] is not None:
            packed: Packed = part["packed"]
            self._packed = packed
            self._marks = MarkFilter(len(packed.passages))
            self._clock.lap("pack")
            yield ContextPacked(packed.budget, packed.passages)
        if "reply" in part:
            yield from self._reply(part["reply"])

    def refused(self, cancelled: Cancelled) -> Standalone | None:
        """The question, where the model said that its passages do not answer it."""
        if self._packed is None or not self._packed.passages or self._is_stopped(cancelled):
            return None
        text = only_known(self._raw, len(self._packed.passages))
        return self._question if self._is_refusal(text.strip()) else None

    def anew(self, packed: Packed) -> Iterator[Event]:
        """What was said so far stays; what comes now is from the model's own knowledge."""
        said = self._marks.rest() + _BETWEEN
        self._raw = only_known(self._raw, len(self._packed.passages if self._packed else ()))
        self._raw += _BETWEEN
        self._packed, self._marks = packed, MarkFilter(0)
        yield Token(said)

    def finish(self, engine: EngineInfo, cancelled: Cancelled) -> Iterator[Event]:
        """The last events: what was held back, the citations, the whole answer."""
        if self._packed is None or self._result is None:
            yield from self._not_found(engine, cancelled)
            return
        if rest := self._marks.rest():
            yield Token(rest)
        self._clock.lap("answer")
        passages = self._packed.passages
        text = only_known(self._raw, len(passages)).strip()
        stopped = self._is_stopped(cancelled)
        language = language_of(self._question.asked)
        from_documents = bool(passages)
        if from_documents and not stopped and self._is_refusal(text):
            yield Done(self._answer(engine, text or refusal(language), AnswerStatus.NOT_FOUND))
            return
        checked = check(text, passages, self._question.text) if from_documents else None
        citations = tuple(
            placed(self._library, citation, passages[citation.n - 1])
            for citation in (checked.citations if checked else ())
        )
        for citation in citations:
            yield Cited(citation)
        status = AnswerStatus.CANCELLED if stopped else AnswerStatus.ANSWERED
        yield Done(
            self._answer(
                engine,
                text,
                status,
                citations=citations,
                sentences=checked.sentences if checked else (),
                from_documents=from_documents,
            )
        )

    def _reply(self, chunk: Any) -> Iterator[Event]:
        if text := str(chunk.text):
            self._clock.lap("first_word", once=True)
            self._raw += text
            if shown := self._marks.feed(text):
                yield Token(shown)
        facts = chunk.response_metadata
        self._reason = facts.get("finish_reason") or self._reason
        if note := facts.get("note"):
            yield Warned(note)
        if chunk.usage_metadata:
            spent = chunk.usage_metadata
            reused = spent.get("input_token_details", {}).get("cache_read", 0)
            before = self._usage
            self._usage = Usage(
                before.prompt_tokens + spent["input_tokens"],
                before.reused_tokens + reused,
                before.answer_tokens + spent["output_tokens"],
            )

    def _is_stopped(self, cancelled: Cancelled) -> bool:
        return self._reason == _CANCELLED or cancelled()

    def _is_refusal(self, text: str) -> bool:
        return not text or refused(text, language_of(self._question.asked))

    def _not_found(self, engine: EngineInfo, cancelled: Cancelled) -> Iterator[Event]:
        if cancelled():
            yield Done(self._answer(engine, "", AnswerStatus.CANCELLED))
            return
        text = refusal(language_of(self._question.asked))
        yield Token(text)
        yield Done(self._answer(engine, text, AnswerStatus.NOT_FOUND))

    def _answer(self, engine: EngineInfo, text: str, status: AnswerStatus, **facts: Any) -> Answer:
        result = self._result
        missed = status is AnswerStatus.NOT_FOUND and result is not None
        return Answer(
            question=self._question.asked,
            text=text,
            status=status,
            engine=engine,
            rewritten=self._question.rewritten,
            passages=result.found if result else (),
            usage=self._usage,
            budget=self._packed.budget if self._packed else None,
            seconds=self._clock.seconds(),
            nearest=nearest(result) if missed and result else (),
            unknown_terms=result.unknown_terms if missed and result else (),
            **facts,
        )
