"""Answers without a model: by quoting the sentences that most likely hold the answer."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from docqa.answer.citations import cite, placed
from docqa.answer.language import language_of
from docqa.answer.not_found import PERHAPS, nearest, refusal
from docqa.answer.quoting.ranking import Quote, best_quotes
from docqa.answer.retrieve import Steps
from docqa.answer.writing.clock import Clock
from docqa.answer.writing.state import Standalone
from docqa.stores.records.library import Library
from docqa.types import (
    Answer,
    AnswerStatus,
    AskRequest,
    Cancelled,
    Citation,
    Cited,
    Done,
    EngineInfo,
    EngineKind,
    Event,
    PassagesFound,
    Rewritten,
    SearchResult,
    Sentence,
    Token,
    Turn,
    Warned,
)

_BETWEEN = "\n\n"


class Extractive:
    """The engine that is whole without any model."""

    info = EngineInfo(EngineKind.QUOTES)

    def __init__(self, library: Library, steps: Steps, quotes: int) -> None:
        """Quote up to so many sentences of a library."""
        self._library = library
        self._steps = steps
        self._quotes = quotes

    def events(
        self, request: AskRequest, turns: Sequence[Turn], cancelled: Cancelled
    ) -> Iterator[Event]:
        """Events of one answer, the last of them Done."""
        clock = Clock()
        question = self._steps.understand(request, turns)
        if question.rewritten:
            yield Rewritten(question.rewritten, question.asked)
        result = self._steps.find(request, question)
        clock.lap("search")
        yield PassagesFound(result)
        if cancelled():
            yield Done(self._answer(question, result, AnswerStatus.CANCELLED, clock))
        elif not self._steps.judge(question, result).is_found:
            yield from self._not_found(question, result, clock)
        else:
            yield from self._quoted(question, result, clock)

    def _quoted(self, question: Standalone, result: SearchResult, clock: Clock) -> Iterator[Event]:
        quotes = best_quotes(question.text, result, self._quotes)
        kept = {passage.id for passage in self._library.passages([q.passage.id for q in quotes])}
        clock.lap("answer")
        gone = {quote.passage.document for quote in quotes if quote.passage.id not in kept}
        for document in sorted(gone):
            yield Warned("answer.document_gone", {"document": document})
        quotes = [quote for quote in quotes if quote.passage.id in kept]
        if not quotes:
            yield from self._not_found(question, result, clock)
            return
        judgement = self._steps.judge(question, result, quotes[0].text)
        if judgement.status is AnswerStatus.PERHAPS:
            yield Warned(PERHAPS)
        text, sentences, citations = self._worded(quotes)
        yield Token(text)
        for citation in citations:
            yield Cited(citation)
        answer = self._answer(question, result, judgement.status, clock, text, sentences, citations)
        yield Done(replace(answer, confidence=judgement.confidence))

    def _not_found(
        self, question: Standalone, result: SearchResult, clock: Clock
    ) -> Iterator[Event]:
        text = refusal(language_of(question.asked))
        yield Token(text)
        answer = self._answer(question, result, AnswerStatus.NOT_FOUND, clock, text)
        confidence = self._steps.judge(question, result).confidence
        yield Done(replace(answer, confidence=confidence))

    def _answer(
        self,
        question: Standalone,
        result: SearchResult,
        status: AnswerStatus,
        clock: Clock,
        text: str = "",
        sentences: tuple[Sentence, ...] = (),
        citations: tuple[Citation, ...] = (),
    ) -> Answer:
        missed = status is AnswerStatus.NOT_FOUND
        return Answer(
            question=question.asked,
            text=text,
            status=status,
            engine=self.info,
            rewritten=question.rewritten,
            citations=citations,
            sentences=sentences,
            passages=result.found,
            seconds=clock.seconds(),
            nearest=nearest(result) if missed else (),
            unknown_terms=result.unknown_terms if missed else (),
        )

    def _worded(
        self, quotes: Sequence[Quote]
    ) -> tuple[str, tuple[Sentence, ...], tuple[Citation, ...]]:
        """Each quote with its mark, one a paragraph."""
        text, sentences, citations = "", [], []
        for n, quote in enumerate(quotes, 1):
            start = len(text)
            text += f"{quote.text}[{n}]"
            sentences.append(Sentence(start, len(text), (n,), True))
            text += _BETWEEN
            within = quote.start - quote.passage.start
            cited = cite(n, quote.passage, within, within + len(quote.text))
            citations.append(placed(self._library, cited, quote.passage))
        return text.rstrip(), tuple(sentences), tuple(citations)
