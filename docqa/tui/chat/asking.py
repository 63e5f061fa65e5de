"""The questions of one session: asked, stopped, asked again, kept."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType

from docqa.messages import say
from docqa.tui.base_screens import FullScreen
from docqa.tui.chat.composer import Composer
from docqa.tui.chat.conversation import Conversation
from docqa.tui.chat.meter import ContextMeter
from docqa.tui.chat.textual_messages import AnswerEnded
from docqa.tui.header import Header
from docqa.tui.keymap import bind
from docqa.tui.sources.pane import SourcesPane

if TYPE_CHECKING:
    from docqa.engine import Engine
    from docqa.tui.chat.answering import Ask
    from docqa.tui.chat.exchange import Exchange
    from docqa.types import SessionInfo, Turn


_MORE, _MOST = 3, 10  # set by hand; the request takes no more


class AskingScreen(FullScreen[None]):
    """Sends questions to the engine, and knows which session they belong to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("regenerate", "regenerate", priority=True),
        bind("edit_last", "edit_last", priority=True),
        bind("more_quotes", "more_quotes", priority=True),
        bind("undo_rewrite", "undo_rewrite", priority=True),
        bind("new_session", "new_session", priority=True),
    ]

    def __init__(self) -> None:
        """Begin without an engine: it opens behind."""
        super().__init__()
        self.session: str | None = None
        self.passages: int | None = None
        """How many passages to ask for; None takes the settings' number."""
        self._waiting: tuple[str, str] | None = None
        self._asked: Exchange | None = None

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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to stop only what runs; a list or an edit that is open is closed first."""
        return self.answering and not self.composer.busy if action == "stop" else True

    def action_stop(self) -> None:
        """Stop the answer under way, and keep what it has said."""
        self.stop()

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

    async def action_new_session(self) -> None:
        """Begin a new conversation."""
        await self.begin_session()

    @on(Composer.Sent)
    async def _ask_sent(self, event: Composer.Sent) -> None:
        question, composer = event.text.strip(), self.composer
        instead = self._last() if composer.editing else None
        if await self.ask(question, composer.pasted, instead=instead):
            await composer.forget_sent(event.text)
            self.docqa.remembered.add_question(question)

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
