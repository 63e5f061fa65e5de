"""Answers without a model: by quoting the spans that most likely hold the answer."""

from collections.abc import Iterator, Sequence
from functools import partial

from msgspec.structs import replace

from docqa.answer.citations import cite, is_material, locate_citation
from docqa.answer.judge import describe_first
from docqa.answer.language import language_of
from docqa.answer.not_found import PERHAPS, nearest, refusal
from docqa.answer.quoting.comparing import compare_sides
from docqa.answer.quoting.conflicts import find_conflicts
from docqa.answer.quoting.introductions import find_introduction
from docqa.answer.quoting.listing import list_everything
from docqa.answer.quoting.question_types import asks_for_arithmetic
from docqa.answer.quoting.ranking import Quote, Rate, Rated, choose, growth_for, rate
from docqa.answer.quoting.reply import as_needed, reply
from docqa.answer.quoting.table_rows import find_head
from docqa.answer.retrieve import Steps
from docqa.answer.writing.clock import Clock
from docqa.answer.writing.state import Standalone
from docqa.stores.records.library import Library
from docqa.types import (
    Answer,
    AnswerStatus,
    AskRequest,
    Author,
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

# A follow-up that finds by so much more surely as it was asked is left as it is; set by hand.
_MORE_SURELY = 0.1


class Extractive:
    """The engine that is whole without any model."""

    info = EngineInfo(EngineKind.QUOTES)

    def __init__(self, library: Library, steps: Steps, quotes: int, rate: Rate = rate) -> None:
        """Quote up to so many spans of a library, the likeliest by `rate` first."""
        self._library = library
        self._rate = rate
        self._steps = steps
        self._quotes = quotes

    def events(
        self, request: AskRequest, turns: Sequence[Turn], cancelled: Cancelled
    ) -> Iterator[Event]:
        """Events of one answer, the last of them Done."""
        clock = Clock()
        if request.extra and _is_to_be_summarised(request):
            # Imported here: most questions summarise nothing.
            from docqa.answer.quoting.summary import digest_material

            yield from digest_material(request.question, request.extra, cancelled)
            return
        question, result = self._find(request, self._steps.understand(request, turns))
        if question.rewritten:
            yield Rewritten(question.rewritten, question.asked)
        clock.lap("search")
        yield PassagesFound(result)
        if self._steps.leaves_aside(request, result):
            yield Warned("answer.material_aside", {"characters": len(request.extra)})
        if cancelled():
            yield Done(self._answer(question, result, AnswerStatus.CANCELLED, clock))
        elif not self._steps.judge(question, result).is_found:
            yield from self._not_found(question, result, clock)
        else:
            yield from self._quote(request, question, result, clock)

    def _find(self, request: AskRequest, question: Standalone) -> tuple[Standalone, SearchResult]:
        """What is found for a question; as it was asked, where that finds more surely."""
        result = self._steps.find(request, question)
        if not question.rewritten:
            return question, result
        # Imported here: a first question needs none of its many words.
        from docqa.answer.followup import points_back

        if not points_back(question.asked):
            bare = Standalone(question.asked)
            alone = self._steps.find(request, bare)
            if alone.relevance > result.relevance + _MORE_SURELY:
                return bare, alone
        return question, result

    def _quote(
        self, request: AskRequest, question: Standalone, result: SearchResult, clock: Clock
    ) -> Iterator[Event]:
        rated = self._rate(question.text, result)
        gone = self._find_removed(rated)
        for document in sorted(gone):
            yield Warned("answer.document_gone", {"document": document})
        rated = [one for one in rated if one.candidate.found.passage.document not in gone]
        everything = () if request.quotes else list_everything(self._library, question.text, rated)
        quotes = everything or self._choose(request, question, rated)
        clock.lap("answer")
        if not quotes:
            yield from self._not_found(question, result, clock)
            return
        judgement = self._steps.judge(question, result, describe_first(quotes, rated))
        if judgement.status is AnswerStatus.PERHAPS:
            yield Warned(PERHAPS)
        # A figure in a doubtful quote, or in one of a list, is hardly the sum.
        certain = judgement.status is AnswerStatus.ANSWERED and not everything
        surely = quotes[0].text if certain else ""
        if asks_for_arithmetic(question.text, surely):
            yield Warned("answer.cannot_count")
        text, sentences = reply(
            question.text,
            quotes,
            partial(find_head, self._library),
            partial(find_introduction, self._library),
            listed=bool(everything),
        )
        citations = [self._cite(n, quote) for n, quote in enumerate(quotes, 1)]
        yield Token(text)
        for citation in citations:
            yield Cited(citation)
        answer = self._answer(
            question, result, judgement.status, clock, text, sentences, tuple(citations)
        )
        conflicts = find_conflicts(self._library, question.text, rated)
        yield Done(replace(answer, confidence=judgement.confidence, conflicts=conflicts))

    def _choose(
        self, request: AskRequest, question: Standalone, rated: Sequence[Rated]
    ) -> list[Quote]:
        """As many quotes as were asked for, else as many as are needed."""
        growth = growth_for(question.text)
        if request.quotes:
            return choose(rated, request.quotes, growth)
        if sides := compare_sides(question.text, rated):
            return sides
        return as_needed(question.text, choose(rated, self._quotes, growth))

    def _find_removed(self, rated: Sequence[Rated]) -> set[str]:
        """Documents that were removed since the search."""
        passages = {one.candidate.found.passage.id: one.candidate.found.passage for one in rated}
        mine = [number for number in passages if not is_material(number)]
        kept = {passage.id for passage in self._library.passages(mine)}
        return {passages[number].document for number in mine if number not in kept}

    def _cite(self, n: int, quote: Quote) -> Citation:
        within = quote.start - quote.passage.start
        cited = cite(n, quote.passage, within, within + len(quote.text), by=Author.DOCQA)
        if is_material(quote.passage.id):
            return cited
        return locate_citation(self._library, cited, quote.passage)

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
            unknown_terms=() if status is AnswerStatus.ANSWERED else result.unknown_terms,
        )


def _is_to_be_summarised(request: AskRequest) -> bool:
    # Imported here: most questions come without material.
    from docqa.answer.material import asks_for_summary

    return asks_for_summary(request.question)
