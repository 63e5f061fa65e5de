"""The chat: the prompt, the conversation and the sources, and what their keys do."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from docqa.messages import say
from docqa.tui import external
from docqa.tui.chat.asking import AskingScreen
from docqa.tui.chat.composer import Composer
from docqa.tui.chat.conversation import Conversation
from docqa.tui.chat.meter import ContextMeter
from docqa.tui.chat.textual_messages import CitationClicked, ExchangeSelected, SourcesChanged
from docqa.tui.header import Header
from docqa.tui.home.panel import Home
from docqa.tui.keybar import KeyBar
from docqa.tui.keymap import bind
from docqa.tui.sources.pane import SourcesPane
from docqa.tui.status import StatusBar


class ChatScreen(AskingScreen):
    """Lays out its widgets, and routes what they report and what the keys say."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Both on Escape, and so in one class: a class's keys replace those of the class above it.
        bind("stop", "stop", show=True),
        bind("cancel", "cancel"),
        bind("interrupt", "interrupt", priority=True),
        bind("sessions", "app.go('sessions')", show=True, priority=True),
        bind("library", "app.go('library')", show=True, priority=True),
        bind("model", "app.go('model')", priority=True),
        bind("history", "app.go('history')", priority=True),
        bind("sources", "sources", show=True, priority=True),
        bind("editor", "editor", priority=True),
        bind("open_mode", "app.open_mode", priority=True),
        *(Binding(str(n), f"jump({n})", show=False) for n in range(1, 10)),
    ]

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

    # What the widgets report

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

        asked = self.conversation.selected
        if engine := self.docqa.engine:
            material = asked.extra if asked else ""
            self.app.push_screen(ReaderScreen(engine, event.source, self.pane.sources, material))

    @on(Conversation.WhyAsked)
    @on(SourcesPane.WhyAsked)
    def _explain_choice(self) -> None:
        from docqa.tui.sources.explanation import WhyDialog

        if exchange := self.conversation.selected:
            self.app.push_screen(WhyDialog(exchange, self.pane.selected))

    # Keys

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

    def action_copy_answer(self) -> None:
        """Copy the selected answer."""
        self.conversation.action_copy()

    def action_editor(self) -> None:
        """Write the question in the user's editor."""
        prompt = self.composer.prompt
        prompt.replace_all(external.edit(self.app, prompt.text))
