"""Prints an answer for people: as it comes, then where it stands in the documents."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from docqa.answer.not_found import PERHAPS
from docqa.answer.quoting.sentences import head_of_table
from docqa.clean import clean, one_line
from docqa.cli.answers.countdown import Countdown
from docqa.cli.answers.links import linked
from docqa.cli.common import line, note, on_terminal
from docqa.cli.progress import ProgressPrinter
from docqa.engine import Engine
from docqa.messages import say
from docqa.page_words import page_words
from docqa.types import (
    Answer,
    AnswerStatus,
    Budget,
    Citation,
    ContextPacked,
    Done,
    EngineKind,
    Event,
    Passage,
    Progress,
    Rewritten,
    Token,
    Warned,
)

if TYPE_CHECKING:
    from docqa.cli.answers.markdown import LiveMarkdown

_CONTEXT = 60
# Of each of the nearest passages, where none answers.
_NEAREST, _GLANCE = 2, 80


class TextPrinter:
    """Prints the events of one answer."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine only to find the files that sources link to."""
        self._engine = engine
        self._countdown = Countdown()
        self._progress = ProgressPrinter()
        self._page: _Plain | LiveMarkdown = _Plain()

    def event(self, event: Event) -> None:
        """Print one event as far as it concerns people."""
        match event:
            case Rewritten(question):
                note(say("ask.rewritten", question=question))
            case ContextPacked(budget):
                note(_packed(budget))
                self._countdown.start(budget.expected_wait)
                self._page = _page()
            case Progress():
                self._progress(event)
            case Token(text):
                self._countdown.stop()
                self._page.add(clean(text))
            case Warned(message) if message == PERHAPS:
                # Part of the answer, not a note beside it: who pipes the answer must see it, too.
                line(say(message))
            case Warned(message, facts):
                note(say(message, **facts))
            case Done(answer):
                self._countdown.stop()
                self._done(answer)

    def close(self) -> None:
        """Leave the terminal as it was, whatever happened."""
        self._countdown.stop()
        self._progress.close()
        self._page.close()

    def _done(self, answer: Answer) -> None:
        self._page.close(answer.text)
        if answer.status is AnswerStatus.NOT_FOUND:
            _print_nearest(answer)
            return
        if not answer.from_documents:
            line()
            line(say("ask.from_own_knowledge"))
        self._print_unsupported(answer)
        if answer.citations:
            self._print_sources(answer)

    def _print_unsupported(self, answer: Answer) -> None:
        if not answer.from_documents:
            return
        for sentence in answer.sentences:
            if not sentence.supported:
                said = one_line(answer.text[sentence.start : sentence.end])
                line(_dim(say("ask.unsupported", sentence=said), colour=typer.colors.YELLOW))

    def _print_sources(self, answer: Answer) -> None:
        quotes = answer.engine.kind is EngineKind.QUOTES
        line()
        line(say("ask.quotes_from") if quotes else say("ask.sources"))
        passages = {found.passage.id: found.passage for found in answer.passages}
        for citation in answer.citations:
            line(f"[{citation.n}] {self._place(citation)}")
            passage = passages.get(citation.passage_id)
            line("    " + (_in_context(citation, passage) if quotes else _quoted(citation)))

    def _place(self, citation: Citation) -> str:
        parts = [one_line(citation.document)]
        if citation.page is not None:
            parts.append(page_words(citation.document, citation.page, citation.page_label))
        if citation.heading:
            parts.append(one_line(" > ".join(citation.heading)))
        return linked(" · ".join(parts), self._file(citation.document), citation.page)

    def _file(self, document: str) -> Path | None:
        return self._engine.file_of(document) if on_terminal() else None


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

    def close(self, _whole: str = "") -> None:
        """End the answer's last line."""
        if self._printed:
            sys.stdout.write("\n")
            self._printed = False


def _packed(budget: Budget) -> str:
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
    if answer.unknown_terms:
        line(say("ask.unknown_words", words=", ".join(map(one_line, answer.unknown_terms))))


def _quoted(citation: Citation) -> str:
    return f"“{one_line(citation.quote)}”"


def _in_context(citation: Citation, passage: Passage | None) -> str:
    """The quote between its neighbours, which are dimmed on a terminal."""
    if passage is None:
        return _quoted(citation)
    if head := head_of_table(passage.text, citation.quote):
        return f"{_dim(one_line(head))} … {_quoted(citation)}"
    start, end = citation.start - passage.start, citation.end - passage.start
    before, after = one_line(passage.text[:start]), one_line(passage.text[end:])
    before = "…" + before[-_CONTEXT:] if len(before) > _CONTEXT else before
    after = after[:_CONTEXT] + "…" if len(after) > _CONTEXT else after
    # What stands on another line, such as a heading, does not run into the quote.
    before += " " if passage.text[:start][-1:].isspace() else ""
    after = (" " if passage.text[end : end + 1].isspace() else "") + after
    return _dim(before) + _quoted(citation) + _dim(after)


def _dim(text: str, colour: str | None = None) -> str:
    if not text or not on_terminal():
        return text
    import os

    if os.environ.get("NO_COLOR"):
        return text
    return typer.style(text, fg=colour, dim=colour is None)
