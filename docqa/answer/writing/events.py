"""Turns what the chain hands out into events, and all of it into the finished answer."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from msgspec.structs import replace

from docqa import prompts
from docqa.answer.checking.attribution import MarkedAnswer
from docqa.answer.checking.check import Checker
from docqa.answer.checking.refusals import is_refusal
from docqa.answer.citations import cite, locate_citation
from docqa.answer.judge import First, Judgement, describe_first
from docqa.answer.language import language_of
from docqa.answer.not_found import nearest, refusal
from docqa.answer.quoting.introductions import find_introduction
from docqa.answer.quoting.ranking import Quote, Rate, Rated, choose, growth_for, rate
from docqa.answer.quoting.reply import introduce
from docqa.answer.retrieve import Steps
from docqa.answer.writing.clock import Clock
from docqa.answer.writing.faults import Fault, find_fault
from docqa.answer.writing.judgement import doubt, is_worthless, judge_written
from docqa.answer.writing.state import Packed, Standalone
from docqa.answer.writing.usage import add_usage
from docqa.llm.reply import LEAST, THOUGHT
from docqa.stores.records.library import Library
from docqa.types import (
    Answer,
    AnswerStatus,
    Author,
    Cancelled,
    Citation,
    Cited,
    ContextPacked,
    Done,
    EngineInfo,
    Event,
    Passage,
    PassagesFound,
    Rewritten,
    SearchResult,
    Sentence,
    Token,
    Usage,
    Verdict,
    Warned,
    Withdrawn,
)

_CANCELLED = "cancelled"
# Sentences; a longer answer is about more than one quote can say.
_SHORT = 2
# How likely the library must be about the question for its quote to stand in place of a refusal.
# Chosen on the half for choosing of tests/bench/written: of quotes that are certain there, the four
# without the answer have at most .89, the one with it .94.
_ON_SUBJECT = 0.92
_BETWEEN = "\n\n"
_AGAIN = {
    Fault.EMPTY: "answer.asked_again_empty",
    Fault.LOOP: "answer.asked_again_loop",
    Fault.LANGUAGE: "answer.asked_again_language",
    Fault.CUT: "answer.asked_again_cut",
}


class AnswerBuilder:
    """Takes one answer piece by piece and makes events of it."""

    def __init__(
        self,
        question: str,
        library: Library,
        steps: Steps,
        rate: Rate = rate,
        *,
        refined: bool = False,
    ) -> None:
        """Nothing is known yet but the question; `rate` tells how likely spans answer it.

        `refined` is an answer that group after group of passages improves.
        """
        self._library = library
        self._steps = steps
        self._rate = rate
        self._refined = refined
        self._clock = Clock()
        self._question = Standalone(question)
        self._result: SearchResult | None = None
        self._rated: list[Rated] | None = None
        """The spans of the result, once they were asked for."""
        self._packed: Packed | None = None
        self._marked = MarkedAnswer((), question)
        self._before = ""
        """What was said before the model was asked from its own knowledge."""
        self._raw = ""
        self._reason = ""
        self._least: float | None = None
        """How sure the model was of the least likely word; None where it does not tell."""
        self._thinking = ""
        self._usage = Usage()

    def take(self, part: dict[str, Any]) -> Iterator[Event]:
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
            self._begin(packed)
            self._clock.lap("pack")
            yield ContextPacked(packed.budget, packed.passages)
        if "reply" in part:
            yield from self._take_reply(part["reply"])

    def find_fault(self, cancelled: Cancelled) -> Fault | None:
        """What is wrong with the answer from the passages, once it has ended."""
        if self._packed is None or not self._packed.passages or self._is_stopped(cancelled):
            return None
        language = language_of(self._question.asked)
        return find_fault(self._raw, self._question.text, language, self._reason)

    def retry(self, fault: Fault) -> tuple[Packed, Quote] | None:
        """The prompt and the quote with which to ask once more; None where that is no use."""
        if fault not in _AGAIN or self._packed is None or self._result is None:
            return None
        quotes = self._quotes()
        return (self._packed, quotes[0]) if quotes else None

    def restart(self, fault: Fault) -> Iterator[Event]:
        """Begin the answer again; what was shown of the first attempt is no part of it."""
        yield Warned(_AGAIN[fault])
        yield from self._withdraw()

    def flush(self) -> Iterator[Event]:
        """What was held back at the end of an attempt."""
        yield from self._events(self._marked.finish())

    def ask_openly(self, packed: Packed) -> Iterator[Event]:
        """What was said so far stays; what comes now is from the model's own knowledge."""
        self._before = self._marked.text + _BETWEEN
        self._begin(packed)
        yield Token(_BETWEEN)

    @property
    def question(self) -> Standalone:
        """The question as it is answered."""
        return self._question

    def finish(self, engine: EngineInfo, cancelled: Cancelled) -> Iterator[Event]:
        """The last events: what was held back, quotes where they are needed, the whole answer."""
        if self._packed is None or self._result is None:
            yield from self._not_found(engine, cancelled)
            return
        yield from self.flush()
        self._clock.lap("answer")
        if not self._packed.passages:
            text = self._before + self._marked.text
            status = AnswerStatus.CANCELLED if self._is_stopped(cancelled) else None
            yield Done(
                self._answer(engine, text, status or AnswerStatus.ANSWERED, from_documents=False)
            )
            return
        if self._is_stopped(cancelled):
            yield Done(self._from_documents(engine, AnswerStatus.CANCELLED, None))
            return
        fault = self.find_fault(cancelled)
        judgement = self._judge(fault)
        if judgement.status is AnswerStatus.NOT_FOUND:
            if not self._is_quote_certain():
                yield from self._refuse(engine, judgement)
                return
            # Words of the model that nothing supports do not stay; the quote does in their place.
            if not is_refusal(self._marked.text):
                yield from self._withdraw()
            judgement = replace(judgement, status=AnswerStatus.PERHAPS)
        doubtful = judgement.status is AnswerStatus.PERHAPS
        quotes = self._quotes_beside() if doubtful or len(self._marked.sentences) <= _SHORT else []
        if not doubtful:
            if self._is_at_odds(quotes):
                judgement = doubt(judgement, self._steps.certain)
            else:
                quotes = []
        if quotes and is_worthless(self._marked, fault):
            yield from self._withdraw()
        yield from self._add_quotes(quotes)
        yield Done(self._from_documents(engine, judgement.status, judgement.confidence))

    def misses(self, cancelled: Cancelled) -> bool:
        """Whether the answer from the passages is none."""
        if self._packed is None or not self._packed.passages or self._is_stopped(cancelled):
            return False
        fault = self.find_fault(cancelled)
        return fault is Fault.REFUSED or self._judge(fault).status is AnswerStatus.NOT_FOUND

    def _refuse(self, engine: EngineInfo, judgement: Judgement) -> Iterator[Event]:
        """End with the fixed sentence; words of the model that nothing supports do not stay."""
        said = self._marked.text
        text = said if said and is_refusal(said) else refusal(language_of(self._question.asked))
        if text != said:
            if said:
                yield Withdrawn()
            yield Token(text)
        yield Done(
            self._answer(engine, text, AnswerStatus.NOT_FOUND, confidence=judgement.confidence)
        )

    def _withdraw(self) -> Iterator[Event]:
        """Take back what was shown."""
        assert self._packed is not None
        shown = bool(self._marked.text)
        self._begin(self._packed)
        if shown:
            yield Withdrawn()

    def _begin(self, packed: Packed) -> None:
        self._packed = packed
        self._marked = MarkedAnswer(packed.passages, self._question.text, rate=self._rate_read)
        self._raw = self._reason = ""
        self._least = None

    def _events(self, parts: Iterator[str | Citation]) -> Iterator[Event]:
        passages = self._packed.passages if self._packed else ()
        for part in parts:
            if isinstance(part, str):
                yield Token(part)
            else:
                yield Cited(locate_citation(self._library, part, passages[part.n - 1]))

    def _take_reply(self, chunk: Any) -> Iterator[Event]:
        if text := str(chunk.text):
            self._clock.lap("first_word", once=True)
            self._raw += text
            yield from self._events(self._marked.feed(text))
        self._thinking += chunk.additional_kwargs.get(THOUGHT, "")
        facts = chunk.response_metadata
        self._reason = facts.get("finish_reason") or self._reason
        self._least = facts.get(LEAST, self._least)
        if note := facts.get("note"):
            yield Warned(note)
        self._usage = add_usage(self._usage, chunk)

    def _is_stopped(self, cancelled: Cancelled) -> bool:
        return self._reason == _CANCELLED or cancelled()

    def _judge(self, fault: Fault | None) -> Judgement:
        """The judgement of the search, and then of what the model made of it."""
        assert self._result is not None
        searched = self._steps.judge(self._question, self._result, First(self._marked.text))
        return judge_written(
            searched,
            self._result.relevance,
            self._marked,
            fault,
            self._least,
            self._steps.certain,
        )

    def _rate_read(self, question: str, read: SearchResult) -> list[Rated]:
        """The spans of what the model read, rated as those that were found."""
        embedded = self._result.embedded if self._result else None
        return self._rate(question, replace(read, embedded=embedded))

    def _rate_found(self) -> list[Rated]:
        assert self._result is not None
        if self._rated is None:
            self._rated = self._rate(self._question.text, self._result)
        return self._rated

    def _quotes(self) -> list[Quote]:
        return choose(self._rate_found(), 1, growth_for(self._question.text))

    def _quotes_beside(self) -> list[Quote]:
        """The best quote; for a refined answer from the document that it cites, where it is one.

        Refining reads many passages, and which of them comes first says little of the answer.
        """
        cited = {one.document for one in self._marked.citations if one.supported}
        if not self._refined or len(cited) != 1 or self._result is None:
            return self._quotes()
        found = tuple(one for one in self._result.found if one.passage.document in cited)
        rated = self._rate(self._question.text, replace(self._result, found=found))
        return choose(rated, 1, growth_for(self._question.text))

    def _is_quote_certain(self) -> bool:
        """Whether the best quote would be given without a doubt where no model writes."""
        found = self._result
        # By words alone quotes are called certain beside 7 of 23 such refusals that are right.
        if found is None or found.embedded is None or found.relevance < _ON_SUBJECT:
            return False
        quotes = self._quotes()
        first = describe_first(quotes, self._rate_found())
        judged = self._steps.judge(self._question, found, first)
        return bool(quotes) and judged.status is AnswerStatus.ANSWERED

    def _is_at_odds(self, quotes: list[Quote]) -> bool:
        """Whether the best quote supports nothing of an answer."""
        said = [self._marked.text[one.start : one.end] for one in self._marked.sentences]
        if not quotes:
            return False
        quote = quotes[0]
        words = find_introduction(self._library, quote.passage, quote.start - quote.passage.start)
        checker = Checker([_quoted_part(quote, words)], self._question.text)
        return not any(checker.check(one).verdict is Verdict.SUPPORTED for one in said)

    def _add_quotes(self, quotes: list[Quote]) -> Iterator[Event]:
        """The best quote beside an answer that is missing or in doubt."""
        new = [quote for quote in quotes if quote.text.strip() not in self._marked.text]
        if not new or self._packed is None:
            return
        language = language_of(self._question.asked)
        lead = prompts.load("nearest", language).template
        text = (_BETWEEN if self._marked.text else "") + lead + _BETWEEN
        self._marked.text += text
        yield Token(text)
        for n, quote in enumerate(new, len(self._packed.passages) + 1):
            citation = locate_citation(self._library, _cite(n, quote), quote.passage)
            cited = [one for one in self._marked.citations if _overlap(one, citation)]
            # What contradicts an answer is often the best quote as well: one source is enough.
            if cited:
                n = cited[0].n
            else:
                yield Cited(citation)
                self._marked.citations.append(citation)
            words = introduce(quote, self._marked.text, partial(find_introduction, self._library))
            text = f"{words}{quote.text}[{n}]"
            start = len(self._marked.text)
            self._marked.text += text
            yield Token(text)
            end = len(self._marked.text)
            self._marked.sentences.append(Sentence(start, end, (n,), True, Verdict.SUPPORTED))

    def _not_found(self, engine: EngineInfo, cancelled: Cancelled) -> Iterator[Event]:
        if cancelled():
            yield Done(self._answer(engine, "", AnswerStatus.CANCELLED))
            return
        text = refusal(language_of(self._question.asked))
        yield Token(text)
        yield Done(self._answer(engine, text, AnswerStatus.NOT_FOUND))

    def _from_documents(
        self, engine: EngineInfo, status: AnswerStatus, confidence: float | None
    ) -> Answer:
        passages = self._packed.passages if self._packed else ()
        citations = tuple(
            locate_citation(self._library, one, passages[one.n - 1])
            if one.n <= len(passages)
            else one
            for one in self._marked.citations
        )
        return self._answer(
            engine,
            self._marked.text,
            status,
            citations=citations,
            sentences=tuple(self._marked.sentences),
            confidence=confidence,
        )

    def _answer(self, engine: EngineInfo, text: str, status: AnswerStatus, **facts: Any) -> Answer:
        result = self._result
        missed = status is AnswerStatus.NOT_FOUND and result is not None
        return Answer(
            question=self._question.asked,
            text=text,
            status=status,
            engine=engine,
            rewritten=self._question.rewritten,
            thinking=self._thinking.strip(),
            passages=result.found if result else (),
            usage=self._usage,
            budget=self._packed.budget if self._packed else None,
            seconds=self._clock.seconds(),
            nearest=nearest(result) if missed and result else (),
            unknown_terms=result.unknown_terms if missed and result else (),
            **facts,
        )


def _overlap(one: Citation, other: Citation) -> bool:
    """Whether two citations point at the same words."""
    same = one.document == other.document
    return same and one.start < other.end and other.start < one.end


def _quoted_part(quote: Quote, words: str) -> Passage:
    """The passage of a quote, cut to it, with the words that introduce it."""
    return replace(quote.passage, text=f"{words}{quote.text}")


def _cite(n: int, quote: Quote) -> Citation:
    start = quote.start - quote.passage.start
    return cite(n, quote.passage, start, start + len(quote.text), by=Author.DOCQA)
