"""One question and its answer."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Click
from textual.timer import Timer
from textual.widgets import Static

from docqa.clean import clean
from docqa.messages import say
from docqa.tui.chat import notes
from docqa.tui.chat.answer import AnswerBody
from docqa.tui.chat.answering import Ask, RunningAnswer
from docqa.tui.chat.textual_messages import AnswerEnded, ExchangeClicked, SourcesChanged
from docqa.tui.error_guard import ErrorGuard, error_words
from docqa.tui.sources.source import Source, of_answer, of_packed
from docqa.types import (
    Answer,
    AnswerStatus,
    Budget,
    ContextPacked,
    Done,
    Event,
    PassagesFound,
    Progress,
    Rewritten,
    SearchResult,
    Token,
    Turn,
    Warned,
    Withdrawn,
)

# Seven paints a second read as flowing text and leave the processor to typing and scrolling.
_PACE = 0.15
_LOOKS = {
    AnswerStatus.NOT_FOUND: ("-not-found",),
    AnswerStatus.PERHAPS: ("-perhaps",),
    AnswerStatus.CANCELLED: ("-cancelled",),
}


class Thinking(Static):
    """What a model thought before its answer; folded, a click unfolds it."""

    def __init__(self, text: str) -> None:
        """Begin folded."""
        super().__init__("", classes="thinking", markup=False)
        self._text, self._open = clean(text).strip(), False

    def on_mount(self) -> None:
        """Show the folded line."""
        self._show()

    def on_click(self, event: Click) -> None:
        """Fold or unfold."""
        event.stop()
        self._open = not self._open
        self._show()

    def _show(self) -> None:
        head = say("tui_chat.thinking", count=len(self._text))
        self.update(f"▾ {head}\n{self._text}" if self._open else f"▸ {head}")


class Exchange(ErrorGuard, Vertical):
    """Takes the events of an answer as they come, or shows a kept turn."""

    def __init__(self, question: str, turn: Turn | None = None, extra: str = "") -> None:
        """Begin with a question and its material, or with a turn that was kept."""
        super().__init__()
        self.question, self.extra = question, extra
        self.number = turn.number if turn else None
        self.answer = turn.answer if turn else None
        self.rewritten = self.answer.rewritten if self.answer else None
        self.result: SearchResult | None = None
        self.budget: Budget | None = self.answer.budget if self.answer else None
        self.sources: tuple[Source, ...] = of_answer(self.answer) if self.answer else ()
        self.code_copied = 0
        self._answering: RunningAnswer | None = None
        self._timer: Timer | None = None
        self._partial = ""
        self._warnings: list[str] = []
        self._noted: dict[str, str] = {}
        self.add_class("-over" if turn else "-running")

    @property
    def text(self) -> str:
        """The answer so far."""
        return self.answer.text if self.answer else self._partial

    @property
    def text_with_sources(self) -> str:
        """The answer, and what its numbers stand for."""
        cited = (one for one in self.sources if one.numbers)
        listed = "\n".join(f"{one.label} {one.place}" for one in cited)
        return f"{self.text}\n\n{listed}\n" if listed else self.text

    @property
    def turn(self) -> Turn | None:
        """The exchange as it can be shown again; None while there is no answer."""
        if self.answer is None:
            return None
        return Turn(self.number or 0, self.question, self.answer, 0.0)

    @property
    def found(self) -> bool:
        """Whether its sources answer the question, rather than merely come nearest."""
        return self.answer is None or self.answer.status is not AnswerStatus.NOT_FOUND

    def compose(self) -> ComposeResult:
        """The question, what was done with it, the answer, and what to know about it."""
        yield Static(clean(self.question), classes="question", markup=False)
        yield Static("", classes="before note", markup=False)
        sentences = self.answer.sentences if self.answer else ()
        yield AnswerBody(self.text, sentences)
        yield Static("", classes="after note", markup=False)

    def on_mount(self) -> None:
        """Write the lines around the answer."""
        self._note("before", notes.opening_words(self.rewritten))
        if self.answer:
            self._close(self.answer)
        else:
            self._note("after", say("tui_chat.searching"))

    def on_click(self, event: Click) -> None:
        """Select this exchange."""
        self.post_message(ExchangeClicked(self))

    @property
    def running(self) -> bool:
        """Whether the answer is still being made."""
        return self._answering is not None

    @property
    def speed(self) -> float:
        """Tokens per second of the answer under way."""
        return self._answering.speed if self._answering else 0.0

    def start(self, ask: Ask) -> None:
        """Have the question answered in a thread; paint what comes at a steady pace."""
        self._answering = RunningAnswer(ask)
        self.run_worker(self._answering.run, thread=True, exit_on_error=False)
        self._timer = self.set_interval(_PACE, self._take)

    def cancel(self) -> None:
        """Stop the answer; what has been said is kept."""
        if self._answering:
            self._answering.cancel()
            self._note("after", say("tui_chat.stopping"))

    async def _take(self) -> None:
        """Show what has come; afterwards close the answer."""
        answering = self._answering
        if answering is None:
            return
        # Looked at first: what comes between the two calls is then taken by the next one.
        over = answering.over
        await self.receive(answering.take())
        if not over or self._answering is None:
            return
        self._answering = None
        if self._timer:
            self._timer.stop()
        if answering.error and not answering.cancelled:
            await self.fail(answering.error)
        elif self.answer is None:
            await self.stop()
        self.post_message(AnswerEnded(self, answering.error))

    async def receive(self, events: Sequence[Event]) -> None:
        """Show what has happened since the last time."""
        for event in events:
            match event:
                case Token(text):
                    self._partial += text
                    self._note("after", "")
                    await self.query_one(AnswerBody).write(text)
                case Withdrawn():
                    self._partial = ""
                    await self.query_one(AnswerBody).withdraw()
                case Rewritten(question):
                    self.rewritten = question
                    self._note("before", notes.opening_words(question))
                case PassagesFound(result):
                    self.result = result
                    self._note("after", notes.found_words(result))
                case ContextPacked(budget, passages):
                    self.budget = budget
                    self.sources = of_packed(passages, self.result)
                    self._note("after", notes.waiting_words(budget))
                    self.post_message(SourcesChanged(self))
                case Progress():
                    self._note("after", notes.progress_words(event))
                case Warned("answer.perhaps"):
                    # The answer's status says so too, in sessions opened again as well.
                    pass
                case Warned(message, facts):
                    self._warnings.append(say(message, **facts))
                case Done(answer, turn):
                    self.number = turn
                    await self._finish(answer)

    async def stop(self) -> None:
        """Keep what has come of an answer that ended without being finished."""
        await self.query_one(AnswerBody).finish(self._partial, ())
        self._become("-over", "-cancelled")
        self._note("after", say("tui_chat.cancelled"))

    async def fail(self, error: Exception) -> None:
        """Say in the answer's place what went wrong, and keep the partial answer."""
        await self.query_one(AnswerBody).finish(self._partial, ())
        self._become("-over", "-failed")
        self._note("after", f"{error_words(error)}\n{say('tui_chat.retry')}")

    async def _finish(self, answer: Answer) -> None:
        self.answer = answer
        self.rewritten = answer.rewritten
        self.sources = of_answer(answer)
        self.budget = answer.budget or self.budget
        await self.query_one(AnswerBody).finish(answer.text, answer.sentences)
        self._close(answer)
        self.post_message(SourcesChanged(self))

    def _close(self, answer: Answer) -> None:
        self._become("-over", *_LOOKS.get(answer.status, ()))
        self._note("before", notes.opening_words(self.rewritten, answer))
        self._note("after", "\n".join((*self._warnings, *notes.closing_lines(answer))))
        if answer.thinking:
            self.mount(Thinking(answer.thinking), before=self.query_one(AnswerBody))

    def _become(self, *looks: str) -> None:
        for name in ("-running", "-over", "-failed", "-cancelled", "-not-found", "-perhaps"):
            self.set_class(name in looks, name)

    def _note(self, place: str, text: str) -> None:
        # Only what changes: every update lays out the whole conversation again.
        if text != self._noted.get(place):
            self._noted[place] = text
            note = self.query_one(f".{place}", Static)
            note.update(text)
            note.display = bool(text)
