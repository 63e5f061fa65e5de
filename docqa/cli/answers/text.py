"""Prints an answer for people: as it comes, then where it stands in the documents."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from docqa.clean import clean, one_line
from docqa.cli.answers.countdown import Countdown
from docqa.cli.answers.links import link
from docqa.cli.answers.looks import dim, mark_sources, place_style, warn_style, wrap
from docqa.cli.common import line, note, on_terminal
from docqa.cli.progress import ProgressPrinter
from docqa.engine import Engine
from docqa.messages import say
from docqa.page_words import source_words
from docqa.types import (
    Answer,
    AnswerStatus,
    Budget,
    Citation,
    ContextPacked,
    Done,
    EngineKind,
    Event,
    Progress,
    Rewritten,
    Token,
    Verdict,
    Warned,
    Withdrawn,
)

if TYPE_CHECKING:
    from docqa.cli.answers.markdown import LiveMarkdown

_PERHAPS = "answer.perhaps"
# Of each of the nearest passages, where none answers.
_NEAREST, _GLANCE = 2, 80
_OPENING = 24


class TextPrinter:
    """Prints the events of one answer."""

    def __init__(self, engine: Engine, *, quotes: bool = False) -> None:
        """Print what the engine answers; `quotes` where it is asked for quotes whatever it has."""
        self._engine = engine
        self._quotes = quotes
        self._countdown = Countdown()
        self._progress = ProgressPrinter()
        self._page: _Plain | LiveMarkdown = _Plain()

    def event(self, event: Event) -> None:
        """Print one event as far as it concerns people."""
        match event:
            case Rewritten(question):
                note(say("ask.rewritten", question=question))
            case ContextPacked(budget):
                note(_pack(budget))
                self._countdown.start(budget.expected_wait)
                self._page = _page()
            case Progress():
                self._progress(event)
            case Token(text):
                self._countdown.stop()
                # Quotes come all at once, and each is printed with its place; a model that cannot
                # be loaded has left the answer to them.
                if not self._quotes and not self._engine.is_quoting:
                    self._page.add(clean(text))
            case Withdrawn():
                self._page.withdraw()
            case Warned(message) if message == _PERHAPS:
                # Part of the answer, not a note beside it: who pipes the answer must see it, too.
                line(say(message))
            case Warned(message, facts):
                note(say(message, **facts))
            case Done(answer):
                self._countdown.stop()
                self._finish(answer)

    def close(self) -> None:
        """Leave the terminal as it was, whatever happened."""
        self._countdown.stop()
        self._progress.close()
        self._page.close()

    def _finish(self, answer: Answer) -> None:
        self._page.close(answer.text)
        if answer.engine.kind is EngineKind.QUOTES:
            self._print_quotes(answer)
        if answer.status is AnswerStatus.NOT_FOUND:
            _print_nearest(answer)
            return
        if not answer.from_documents:
            line()
            line(say("ask.from_own_knowledge"))
        _print_doubts(answer)
        _print_conflicts(answer)
        _print_unknown_words(answer)
        if answer.citations and answer.engine.kind is not EngineKind.QUOTES:
            self._print_sources(answer)

    def _print_quotes(self, answer: Answer) -> None:
        """Each quote once, with the place where it stands under it."""
        citations = {citation.n: citation for citation in answer.citations}
        at = 0
        for sentence in answer.sentences:
            self._print_text(answer.text[at : sentence.end])
            at = sentence.end
            for n in sentence.cites:
                if citation := citations.pop(n, None):
                    self._print_place(citation)
        self._print_text(answer.text[at:])
        for citation in citations.values():
            self._print_place(citation)
        if answer.citations:
            line()
            line(dim(say("ask.quotes_from")))

    def _print_text(self, text: str) -> None:
        if text.strip():
            # Each quote has its place below it, which sets it off well enough.
            line(mark_sources(wrap(re.sub("\n{2,}", "\n", clean(text).strip("\n")))))

    def _print_place(self, citation: Citation) -> None:
        line(f"    {mark_sources(f'[{citation.n}]')} {self._place(citation)}")

    def _print_sources(self, answer: Answer) -> None:
        line()
        line(say("ask.sources"))
        for citation in answer.citations:
            line(f"{mark_sources(f'[{citation.n}]')} {self._place(citation)}")
            line(wrap(f"“{one_line(citation.quote)}”", "    "))

    def _place(self, citation: Citation) -> str:
        place = source_words(citation)
        return link(place_style(place), self._file(citation.document), citation.page)

    def _file(self, document: str) -> Path | None:
        return self._engine.file_of(document) if on_terminal() else None


def _print_doubts(answer: Answer) -> None:
    """Sentences that no passage supports, and what the documents say instead."""
    for sentence in answer.sentences if answer.from_documents else ():
        if not sentence.supported:
            said = _opening(one_line(answer.text[sentence.start : sentence.end]))
            contradicted = sentence.verdict is Verdict.CONTRADICTED
            kind = "ask.contradicted" if contradicted else "ask.unsupported"
            line(warn_style(say(kind, sentence=said)))
            # What is cited stands among the sources, where its mark leads.
            if sentence.why and not sentence.cites:
                line("    " + one_line(sentence.why))


def _opening(sentence: str) -> str:
    """The beginning of a sentence that stands above already, enough to find it."""
    return sentence if len(sentence) <= _OPENING else sentence[:_OPENING] + "…"


def _print_conflicts(answer: Answer) -> None:
    """Values that the documents give differently, the newest first where dates are known."""
    for conflict in answer.conflicts:
        line()
        line(warn_style(say("ask.conflict", asked=one_line(conflict.asked))))
        newest, *others = (one.date for one in conflict.values)
        for one in conflict.values:
            parts = [one_line(one.value), one_line(one.citation.document), one.date or ""]
            if newest and one.date == newest and any(date != newest for date in others):
                parts.append(say("ask.newer"))
            line("    " + " · ".join(part for part in parts if part))


def _page() -> "_Plain | LiveMarkdown":
    if not on_terminal():
        return _Plain()
    # Imported here: quotes and pipes are plain and need not wait for Rich (saves 60 ms).
    from docqa.cli.answers.markdown import LiveMarkdown

    return LiveMarkdown()


class _Plain:
    """The answer's text as it is."""

    def __init__(self) -> None:
        """Nothing was printed yet."""
        self._printed = False

    def add(self, text: str) -> None:
        """Print the next piece."""
        self._printed = True
        sys.stdout.write(text)
        sys.stdout.flush()

    def withdraw(self) -> None:
        """Say that what was printed does not count: a pipe takes nothing back."""
        if self._printed:
            self.add(f"\n\n{say('answer.withdrawn')}\n\n")

    def close(self, _whole: str = "") -> None:
        """End the answer's last line."""
        if self._printed:
            sys.stdout.write("\n")
            self._printed = False


def _pack(budget: Budget) -> str:
    used = budget.system + budget.history + budget.question + budget.passages
    fitted = say(
        "ask.packed", found=budget.found, fitted=budget.fitted, used=used, window=budget.window
    )
    if budget.expected_wait is None:
        return fitted
    return fitted + say("ask.wait", seconds=round(budget.expected_wait))


def _print_nearest(answer: Answer) -> None:
    if answer.nearest:
        line(say("ask.nearest", documents=", ".join(map(one_line, answer.nearest))))
        for found in answer.passages[:_NEAREST]:
            text = one_line(found.passage.text)
            line("    " + (text[:_GLANCE] + "…" if len(text) > _GLANCE else text))
    _print_unknown_words(answer)


def _print_unknown_words(answer: Answer) -> None:
    if answer.unknown_terms:
        line(say("ask.unknown_words", words=", ".join(map(one_line, answer.unknown_terms))))
