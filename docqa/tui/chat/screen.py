"""The chat: conversation and sources, and the questions of one session."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from docqa.messages import say
from docqa.tui import external
from docqa.tui.base_screens import FullScreen
from docqa.tui.chat.composer import Composer
from docqa.tui.chat.conversation import Conversation
from docqa.tui.chat.meter import ContextMeter
from docqa.tui.chat.textual_messages import (
    AnswerEnded,
    CitationClicked,
    ExchangeSelected,
    SourcesChanged,
)
from docqa.tui.header import Header
from docqa.tui.home.panel import Home
from docqa.tui.keybar import KeyBar
from docqa.tui.keymap import bind
from docqa.tui.sources.pane import SourcesPane
from docqa.tui.status import StatusBar

if TYPE_CHECKING:
    from docqa.engine import Engine
    from docqa.tui.chat.answering import Ask
    from docqa.tui.chat.exchange import Exchange
    from docqa.types import SessionInfo, Turn


_MORE, _MOST = 3, 10  # set by hand; the request takes no more


class ChatScreen(FullScreen[None]):
    """Sends questions to the engine and routes what its widgets report."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("stop", "stop", show=True),
        bind("cancel", "cancel"),
        bind("interrupt", "interrupt", priority=True),
        bind("sessions", "app.go('sessions')", show=True, priority=True),
        bind("library", "app.go('library')", show=True, priority=True),
        bind("model", "app.go('model')", priority=True),
        bind("history", "app.go('history')", priority=True),
        bind("sources", "sources", show=True, priority=True),
        bind("editor", "editor", priority=True),
        bind("regenerate", "regenerate", priority=True),
        bind("edit_last", "edit_last", priority=True),
        bind("more_quotes", "more_quotes", priority=True),
        bind("undo_rewrite", "undo_rewrite", priority=True),
        bind("open_mode", "app.open_mode", priority=True),
        bind("new_session", "new_session", priority=True),
        *(Binding(str(n), f"jump({n})", show=False) for n in range(1, 10)),
    ]

    def __init__(self) -> None:
        """Begin without an engine: it opens behind."""
        super().__init__()
        self.session: str | None = None
        self.passages: int | None = None
        """How many passages to ask for; None takes the settings' number."""
        self._waiting: tuple[str, str] | None = None
        self._asked: Exchange | None = None

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        remembered = self.docqa.remembered
        yield Header()
        with Horizontal(id="body"):
            yield Conversation()
            yield SourcesPane()
        yield ContextMeter()
        yield Composer(remembered.draft, remembered.history, self.docqa.scope)
        yield StatusBar()
        yield KeyBar()

    def on_mount(self) -> None:
        """Follow the speed of the answer under way."""
        self.set_interval(0.5, self._measure)

    @property
    def conversation(self) -> Conversation:
        """The questions and answers."""
        return self.query_one(Conversation)

    @property
    def pane(self) -> SourcesPane:
        """The sources of the selected answer."""
        return self.query_one(SourcesPane)

    @property
    def composer(self) -> Composer:
        """The prompt and what goes along with it."""
        return self.query_one(Composer)

    @property
    def answering(self) -> bool:
        """Whether an answer is being made."""
        return self._asked is not None and self._asked.running

    def engine_opened(self, engine: Engine) -> None:
        """Take up the session where it was left."""
        self.learn_documents()
        app = self.docqa
        asked, app.session = app.session, None
        new, app.new = app.new, False
        wanted = asked or app.remembered.sessions.get(app.library_name)
        if wanted and not new:
            # A session that was only remembered may be gone; one asked for is missed aloud.
            failed = app.report if asked else lambda _: self._ask_waiting()
            app.background(lambda: engine.session(wanted), self._show_session, failed)
        else:
            self._ask_waiting()

    def learn_documents(self) -> None:
        """Ask the library again which documents there are."""
        self.docqa.background(self.docqa.documents, self.composer.know)
        self.conversation.home.look()

    def open_session(self, session: str) -> None:
        """Show a kept session and go on with it."""
        if engine := self.docqa.engine:
            self.stop()
            self.docqa.background(lambda: engine.session(session), self._show_session)

    async def begin_session(self) -> None:
        """Start an empty conversation."""
        self._keep_session(None)
        await self.clear()

    async def clear(self) -> None:
        """Stop the answer under way and empty the screen."""
        self.stop()
        self.session = None
        self.query_one(Header).title = ""
        await self.conversation.show(())
        await self.pane.show(())
        self.query_one(ContextMeter).budget = None
        self.composer.prompt.focus()

    def stop(self) -> None:
        """Stop the answer under way."""
        if self._asked:
            self._asked.cancel()

    async def ask(
        self,
        question: str,
        extra: str = "",
        *,
        rewrite: bool = True,
        instead: Exchange | None = None,
        quotes: int | None = None,
    ) -> bool:
        """Ask a question, or in the place of an earlier one; tell whether it was taken."""
        # Imported here: not needed for the first paint (saves 80 ms).
        from docqa.tui.chat.answering import events
        from docqa.tui.chat.exchange import Exchange
        from docqa.types import AnswerMode, AskRequest

        engine = self.docqa.engine
        if engine is None:
            self._waiting = (question, extra)
            self.docqa.tell(say("tui_chat.waiting"))
            return True
        if self.answering:
            self.docqa.tell(say("tui_chat.still_answering"))
            return False
        request = AskRequest(
            question,
            extra=extra or (instead.extra if instead else ""),
            k=self.passages,
            scope=tuple(self.composer.documents),
            limits=self.docqa.limits,
            session=self.session,
            instead=instead.number if instead and self.session else None,
            rewrite=rewrite,
            open=self.docqa.open_mode,
            mode=AnswerMode.QUOTE if quotes else AnswerMode.STUFF,
            quotes=quotes,
        )
        if instead:
            await self.conversation.drop(instead)
        exchange = Exchange(question, extra=request.extra)
        exchange.number = request.instead
        return await self._begin(exchange, partial(events, engine, request))

    async def summarise(self, document: str) -> bool:
        """Summarise a document as an answer of the conversation; tell whether it was begun."""
        from docqa.tui.chat.exchange import Exchange

        engine = self.docqa.engine
        if engine is None or self.answering:
            self.docqa.tell(say("tui_chat.still_answering" if engine else "tui.not_yet"), warn=True)
            return False
        exchange = Exchange(say("tui_chat.summary_of", name=PurePath(document).name))
        return await self._begin(exchange, partial(engine.summarise, [document]))

    async def _begin(self, exchange: Exchange, ask: Ask) -> bool:
        self._asked = exchange
        await self.conversation.begin(exchange)
        exchange.start(ask)
        self.docqa.answering = True
        self.refresh_bindings()
        return True

    # What the widgets report

    @on(Composer.Sent)
    async def _ask_sent(self, event: Composer.Sent) -> None:
        question, composer = event.text.strip(), self.composer
        instead = self._last() if composer.editing else None
        if await self.ask(question, composer.pasted, instead=instead):
            await composer.forget_sent(event.text)
            self.docqa.remembered.add_question(question)

    @on(Composer.Commanded)
    def _run_command(self, event: Composer.Commanded) -> None:
        from docqa.tui.commands import find_action

        # As the palette does: after what is being done now.
        self.call_later(self.run_action, find_action(event.command))

    @on(Home.Chosen)
    async def _choose_at_home(self, event: Home.Chosen) -> None:
        match event.kind:
            case "ask":
                self.composer.prompt.focus()
                if await self.ask(event.value, self.composer.pasted):
                    self.docqa.remembered.add_question(event.value)
            case "session":
                self.open_session(event.value)
            case "go":
                self.docqa.action_go(event.value)
            case "demo":
                self.docqa.open_demo()
            case "reread":
                self.docqa.read_changed()

    @on(Conversation.FindAsked)
    def _open_find(self) -> None:
        self.docqa.action_go("find")

    @on(ExchangeSelected)
    @on(SourcesChanged)
    async def _show_sources(self, event: ExchangeSelected | SourcesChanged) -> None:
        if event.exchange is self.conversation.selected:
            await self.pane.show(event.exchange.sources, answering=event.exchange.found)
            self.query_one(ContextMeter).budget = event.exchange.budget

    @on(AnswerEnded)
    def _close_answer(self, event: AnswerEnded) -> None:
        self.docqa.answering, self.docqa.speed = False, 0.0
        if event.error:
            self.docqa.model_failed(event.error)
        answer = event.exchange.answer
        # A summary belongs to no session.
        if answer and answer.session:
            self._keep_session(answer.session)
        self.docqa.refresh_status()
        self.refresh_bindings()

    @on(CitationClicked)
    def _follow_citation(self, event: CitationClicked) -> None:
        for exchange in self.conversation.exchanges:
            if event.body in exchange.children:
                self.conversation.select(exchange)
        self.call_later(self.action_jump, event.number)

    @on(Conversation.CopyAsked)
    @on(SourcesPane.CopyAsked)
    def _copy_text(self, event: Conversation.CopyAsked | SourcesPane.CopyAsked) -> None:
        self.docqa.copy(event.text)

    @on(Conversation.PagerAsked)
    @on(SourcesPane.PagerAsked)
    def _open_pager(self, event: Conversation.PagerAsked | SourcesPane.PagerAsked) -> None:
        external.page(self.app, event.text)

    @on(SourcesPane.Opened)
    def _open_reader(self, event: SourcesPane.Opened) -> None:
        from docqa.tui.reader.screen import ReaderScreen

        if engine := self.docqa.engine:
            self.app.push_screen(ReaderScreen(engine, event.source, self.pane.sources))

    @on(Conversation.WhyAsked)
    @on(SourcesPane.WhyAsked)
    def _explain_choice(self) -> None:
        from docqa.tui.sources.explanation import WhyDialog

        if exchange := self.conversation.selected:
            self.app.push_screen(WhyDialog(exchange, self.pane.selected))

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to stop only what runs; a list or an edit that is open is closed first."""
        return self.answering and not self.composer.busy if action == "stop" else True

    def action_stop(self) -> None:
        """Stop the answer under way, and keep what it has said."""
        self.stop()

    async def action_cancel(self) -> None:
        """Close the list or the edit that is open, else go back to the prompt."""
        if not await self.composer.close():
            self.set_focus(self.composer.prompt)

    def action_interrupt(self) -> None:
        """Copy what is selected; else stop the answer; else say how to leave."""
        selected = self.composer.prompt.selected_text or self.get_selected_text()
        if selected:
            self.docqa.copy(selected)
        elif self.answering:
            self.stop()
        else:
            self.docqa.tell(say("tui_chat.how_to_quit"))

    def action_jump(self, number: int) -> None:
        """Go to the source with this number."""
        if self.pane.jump(number):
            self.set_focus(self.pane)
        else:
            self.docqa.tell(say("tui_chat.no_source", number=number), warn=True)

    def action_sources(self) -> None:
        """Go to the sources, or back to the prompt."""
        # At once, unlike focus(): the next key is already meant for it.
        self.set_focus(self.composer.prompt if self.pane.has_focus else self.pane)

    async def action_regenerate(self) -> None:
        """Ask the last question again."""
        if last := self._last():
            await self.ask(last.question, instead=last)

    async def action_undo_rewrite(self) -> None:
        """Ask the last question as it was typed."""
        last = self._last()
        if last and last.rewritten:
            await self.ask(last.question, rewrite=False, instead=last)
        elif last:
            self.docqa.tell(say("tui_chat.not_rewritten"))

    async def action_more_quotes(self) -> None:
        """Quote more for the last question; what a model wrote stays above."""
        if (last := self._last()) and last.answer:
            quoted = last.answer.engine.kind == "quotes"
            count = min(quoted * len(last.answer.citations) + _MORE, _MOST)
            await self.ask(last.question, quotes=count, instead=last if quoted else None)

    async def action_edit_last(self) -> None:
        """Put the last question back into the prompt; sending it replaces its answer."""
        if last := self._last():
            await self.composer.edit(last.question)

    def action_copy_answer(self) -> None:
        """Copy the selected answer."""
        self.conversation.action_copy()

    def action_editor(self) -> None:
        """Write the question in the user's editor."""
        prompt = self.composer.prompt
        prompt.replace_all(external.edit(self.app, prompt.text))

    async def action_new_session(self) -> None:
        """Begin a new conversation."""
        await self.begin_session()

    async def _show_session(self, kept: tuple[SessionInfo, list[Turn]]) -> None:
        session, turns = kept
        self._keep_session(session.id)
        self.query_one(Header).title = session.title
        await self.conversation.show(turns)
        self._ask_waiting()

    def _ask_waiting(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting:
            self.run_worker(self.ask(*waiting))

    def _keep_session(self, session: str | None) -> None:
        self.session = session
        self.docqa.remember_session(session)

    def _last(self) -> Exchange | None:
        return self.conversation.exchanges[-1] if self.conversation.exchanges else None

    def _measure(self) -> None:
        if self._asked and self.answering:
            self.docqa.speed = self._asked.speed
