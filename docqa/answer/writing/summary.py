"""Summaries by a model: the whole text where it fits, else part by part, joined step by step."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from msgspec.structs import replace

from docqa import prompts
from docqa.answer.checking.attribution import MarkedAnswer
from docqa.answer.citations import cite, locate_citation
from docqa.answer.language import language_of
from docqa.answer.quoting.summary import find_key_points
from docqa.answer.quoting.table_rows import find_head, read_lines
from docqa.answer.writing.clock import Clock
from docqa.answer.writing.packing import stretch
from docqa.answer.writing.prompts import Prompter, harmless, harmless_line
from docqa.answer.writing.usage import add_usage
from docqa.errors import ContextTooSmall
from docqa.llm.model import Model
from docqa.settings import Settings
from docqa.stores.records.library import Library
from docqa.stores.summaries import Summaries
from docqa.terms import cut, normal
from docqa.types import (
    Answer,
    AnswerStatus,
    Author,
    Cancelled,
    Citation,
    Cited,
    DocumentInfo,
    Done,
    Event,
    Passage,
    Progress,
    Sentence,
    Token,
    Usage,
    Verdict,
)

_RESERVE_SHARE = 3
# Tokens of parts add up to a little more or less than those of the whole.
_SLACK = 0.95
_SAMPLE = 400
# Passages; the check of one sentence against more takes too long.
_MOST_CHECKED = 400
# A sentence or a line that has ended; a number with its full stop begins one of a list.
_ENDS = re.compile(r"[。！？!?；;\n]|(?<!\d)\.(?=\s)")
# Each up to such an end, the last as far as it goes.
_SENTENCE = re.compile(rf".*?(?:{_ENDS.pattern})|.+$", re.DOTALL)
_LABEL = re.compile(r"^\s*(?:[-*•]\s*|\d{1,2}[.、]\s*)?(?:[^：:，,。]{1,8}[：:])?\s*")
# Set by hand: shorter lines, such as headings, may well stand twice.
_LEAST_REPEAT = 8
# A point is said where the summary holds this share of its words; a summary that says fewer than
# this share of the points says little. Set by hand on twenty summaries of two models: ten of the
# choosing half of tests/bench/written/chores.py each, of which six say little.
_SAID, _LEAST_POINTS = 0.6, 0.34


class Summariser:
    """Summarises documents of one library with one model."""

    def __init__(self, library: Library, model: Model, settings: Settings) -> None:
        """Summaries of parts are kept in the library."""
        self._library = library
        self._model = model
        self._kept = Summaries(library.connection)
        self._reserve = min(settings.model.max_tokens, model.window // _RESERVE_SHARE)
        self._usage = Usage()

    def events(self, documents: Sequence[DocumentInfo], cancelled: Cancelled) -> Iterator[Event]:
        """Events of the summaries, one document after the other, the last of them Done."""
        clock, summaries = Clock(), _Marked(self._library)
        for info in documents:
            if cancelled():
                break
            if len(documents) > 1:
                yield summaries.say(f"## {info.path}\n\n")
            passages = self._library.passages_of(info.id)
            yield from summaries.add(self._one(info, passages, cancelled), passages)
            yield summaries.say("\n\n")
        clock.lap("answer")
        status = AnswerStatus.CANCELLED if cancelled() else AnswerStatus.ANSWERED
        yield Done(
            Answer(
                question=", ".join(info.path for info in documents),
                text=summaries.text.strip(),
                status=status,
                engine=self._model.info,
                citations=tuple(summaries.citations),
                sentences=tuple(summaries.sentences),
                usage=self._usage,
                seconds=clock.seconds(),
            )
        )

    def _one(
        self, info: DocumentInfo, passages: Sequence[Passage], cancelled: Cancelled
    ) -> Iterator[Progress | str]:
        """The summary of one document, as it is written."""
        language = language_of(self._library.text(info.id, 0, _SAMPLE))
        words = _Words(info, language, short=self._model.wants_short_prompts)
        whole = words.whole(stretch(self._library, passages))
        if self._fits(whole):
            yield Progress("answer.summarising", 1, 1, {"document": info.path})
            written = _without_torn_end(self._stream(whole, cancelled))
            yield from _without_repeats(written, str(words.whole()[-1].text))
            return
        summary = ""
        for step in self._join(self._parts(passages, words), words, cancelled):
            if isinstance(step, Progress):
                yield step
            else:
                summary = step
        yield summary

    def _join(
        self, parts: Sequence[str], words: "_Words", cancelled: Cancelled
    ) -> Iterator[Progress | str]:
        """Summarise each part, and join the summaries whenever they fill the window."""
        summary, waiting, steps = "", "", len(parts) + 1
        for n, part in enumerate(parts, 1):
            if cancelled():
                break
            yield Progress("answer.summarising", n, steps, {"document": words.source})
            said = self._text(words.part(part, n, len(parts)), cancelled)
            if waiting and not self._fits(words.join(summary, f"{waiting}\n{said}")):
                summary = self._text(words.join(summary, waiting), cancelled)
                waiting = ""
            waiting = f"{waiting}\n{said}".strip()
        if cancelled():
            yield waiting or summary
            return
        yield Progress("answer.summarising", steps, steps, {"document": words.source})
        yield self._text(words.join(summary, waiting), cancelled)

    def _parts(self, passages: Sequence[Passage], words: "_Words") -> list[str]:
        """Stretches of whole passages that fit the window with the prompt around them."""
        around = self._model.count(words.part("", 1, 1))
        room = int((self._model.window - self._reserve - around) * _SLACK)
        parts: list[str] = []
        used = 0
        for passage in passages:
            cost = self._model.count_text(harmless(passage.text)) + 1
            if cost > room:
                needed = self._model.window - room + cost
                raise ContextTooSmall(needed=needed, available=self._model.window)
            if not parts or used + cost > room:
                parts.append(passage.text)
                used = cost
            else:
                parts[-1] += "\n" + passage.text
                used += cost
        return parts

    def _fits(self, messages: Sequence[BaseMessage]) -> bool:
        return self._model.count(messages) + self._reserve <= self._model.window

    def _text(self, messages: list[BaseMessage], cancelled: Cancelled) -> str:
        """The reply, kept for the next time the same is asked of the same model."""
        info = self._model.info
        made_from = (info.kind.value, info.model or "", *(str(m.text) for m in messages))
        if (kept := self._kept.get(*made_from)) is not None:
            return kept
        written = _without_torn_end(self._stream(messages, cancelled))
        text = "".join(_without_repeats(written)).strip()
        if text and not cancelled():
            self._kept.put(text, *made_from)
        return text

    def _stream(
        self, messages: list[BaseMessage], cancelled: Cancelled
    ) -> Iterator[AIMessageChunk]:
        options: dict[str, Any] = {"cancelled": cancelled, "max_tokens": self._reserve}
        for chunk in self._model.chat.stream(messages, **options):
            yield chunk
            self._usage = add_usage(self._usage, chunk)


def _without_torn_end(chunks: Iterable[AIMessageChunk]) -> Iterator[str]:
    """The words as they come, but for a last line that the limit of tokens broke off."""
    held, reason, shown = "", "", False
    for chunk in chunks:
        held += str(chunk.text)
        reason = chunk.response_metadata.get("finish_reason") or reason
        if ends := [found.end() for found in _ENDS.finditer(held)]:
            yield held[: ends[-1]]
            shown = True
            held = held[ends[-1] :]
    if reason != "length" or not shown:
        yield held


def _without_repeats(pieces: Iterable[str], prompt: str = "") -> Iterator[str]:
    """The words without sentences that came before, or that only repeat the prompt."""
    said = {_matter(one) for one in _SENTENCE.findall(prompt)}
    dropped = False
    for piece in pieces:
        kept = ""
        for one in _SENTENCE.findall(piece):
            matter = _matter(one)
            repeated = len(matter) >= _LEAST_REPEAT and matter in said
            # The end of a line goes with the sentence that filled it.
            if repeated or (dropped and not one.strip()):
                dropped = True
                continue
            said.add(matter)
            dropped = False
            kept += one
        if kept:
            yield kept


def _matter(sentence: str) -> str:
    """A sentence without the number and the label of its line: 9. 违章："""
    return _LABEL.sub("", sentence).strip(" \n。.；;")


def _is_said(point: str, said: set[str]) -> bool:
    terms = set(cut(normal(point)))
    return len(terms & said) >= _SAID * len(terms)


class _Marked:
    """The text of all summaries as it grows; each sentence is marked where its document says so."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._numbered = 0
        self.text = ""
        self.citations: list[Citation] = []
        self.sentences: list[Sentence] = []

    def say(self, text: str) -> Token:
        """Text that claims nothing."""
        self.text += text
        return Token(text)

    def add(self, steps: Iterable[Progress | str], passages: Sequence[Passage]) -> Iterator[Event]:
        """The next document's summary, checked against its passages."""
        checked = passages if len(passages) <= _MOST_CHECKED else ()
        answer = MarkedAnswer(checked, "", first=self._numbered + 1)
        for step in steps:
            if isinstance(step, Progress):
                yield step
            else:
                yield from self._events(answer.feed(step), passages)
        yield from self._events(answer.finish(), passages)
        at = len(self.text)
        self.sentences += (
            replace(one, start=at + one.start, end=at + one.end) for one in answer.sentences
        )
        self.text += answer.text
        yield from self._add_key_points(answer.text, passages)
        self._numbered += len(passages)

    def _add_key_points(self, summary: str, passages: Sequence[Passage]) -> Iterator[Event]:
        """The document's own key points, where the summary names few of them.

        Small models often give a list of headings, or one sentence on what a document is.
        """
        points = find_key_points(passages)
        said = set(cut(normal(summary)))
        missing = [one for one in points if not _is_said(one[0].text[one[1] : one[2]], said)]
        if len(points) - len(missing) >= _LEAST_POINTS * len(points):
            return
        language = language_of("".join(passage.text for passage in passages[:1]))
        yield self.say(f"\n\n{prompts.load('summary_points', language).template.strip()}\n\n")
        numbers = {passage.id: n for n, passage in enumerate(passages, self._numbered + 1)}
        for passage, start, end in missing:
            n, begun = numbers[passage.id], len(self.text)
            shown = read_lines(passage.text[start:end], passage, partial(find_head, self._library))
            yield self.say(f"- {shown}[{n}]\n")
            self.sentences.append(
                Sentence(begun, len(self.text) - 1, (n,), True, Verdict.SUPPORTED)
            )
            cited = cite(n, passage, start, end, by=Author.DOCQA)
            self.citations.append(locate_citation(self._library, cited, passage))
            yield Cited(self.citations[-1])

    def _events(
        self, parts: Iterator[str | Citation], passages: Sequence[Passage]
    ) -> Iterator[Event]:
        for part in parts:
            if isinstance(part, str):
                yield Token(part)
                continue
            passage = passages[part.n - self._numbered - 1]
            self.citations.append(locate_citation(self._library, part, passage))
            yield Cited(self.citations[-1])


class _Words:
    """Words the prompts of one document's summary."""

    def __init__(self, info: DocumentInfo, language: str, *, short: bool) -> None:
        self.source = harmless_line(info.title or info.path)
        self._language, self._short = language, short

    def whole(self, *document: Passage) -> list[BaseMessage]:
        """A text that fits the window: asked for like an answer, so that its reading serves."""
        asked = prompts.load("summary_whole", self._language).template
        prompter = Prompter(asked, language=self._language, short=self._short, task=True)
        return prompter.messages(document)

    def part(self, text: str, n: int, of: int) -> list[BaseMessage]:
        """One part of a longer text."""
        return self._messages("summary_part", text=harmless(text), part=n, parts=of)

    def join(self, summary: str, text: str) -> list[BaseMessage]:
        """A summary and what is to be added to it."""
        return self._messages("summary_join", summary=summary, text=text)

    def _messages(self, name: str, **values: object) -> list[BaseMessage]:
        rules = prompts.load("summary_system", self._language).template
        text = prompts.load(name, self._language).fill(source=self.source, **values)
        return [SystemMessage(rules), HumanMessage(text)]
