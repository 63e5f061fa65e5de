"""The kept sessions: searched, opened, renamed, deleted, exported."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from docqa.clean import one_line
from docqa.errors import UnknownLibrary
from docqa.messages import say
from docqa.terms import fold
from docqa.tui.header import Header
from docqa.tui.keybar import KeyBar
from docqa.tui.keymap import bind
from docqa.tui.list_screen import ListScreen
from docqa.tui.navigation import export
from docqa.tui.pickers.line import LineDialog
from docqa.tui.pickers.pick import matching_line
from docqa.types import SessionInfo

if TYPE_CHECKING:
    from docqa.engine import Engine

# Sessions whose matching line is looked for: as many as are read down to.
_SEARCHED = 60


class SessionsScreen(ListScreen):
    """A list that narrows while one types; every word must occur in a session's text."""

    ABOUT = "tui_help.sessions"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("new_session", "new", show=True),
        bind("rename", "rename", show=True),
        bind("delete", "delete", show=True),
        bind("undo_delete", "restore", show=True),
        bind("export", "export", show=True),
    ]

    def __init__(self, engine: "Engine", current: str | None) -> None:
        """List the sessions of the engine's library."""
        super().__init__()
        self._engine, self._current = engine, current
        self._sessions: list[SessionInfo] = []

    def compose(self) -> ComposeResult:
        """Search line above the list."""
        yield Header(say("tui_keys.sessions"))
        yield Input(placeholder=say("tui_sessions.search"), id="search")
        yield Static(say("tui_sessions.none"), id="none", markup=False)
        yield OptionList(id="rows", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Show all, the list in hand."""
        self.query_one("#none").display = False
        self.options.focus()
        self._list()

    @property
    def options(self) -> OptionList:
        """The list."""
        return self.query_one(OptionList)

    @property
    def selected(self) -> SessionInfo | None:
        """The highlighted session."""
        place = self.options.highlighted
        return self._sessions[place] if place is not None else None

    @on(Input.Changed)
    def _narrow(self) -> None:
        self._list()

    @on(OptionList.OptionSelected)
    def _open(self) -> None:
        if self.selected:
            self.docqa.chat.open_session(self.selected.id)
            self.dismiss()

    async def action_new(self) -> None:
        """Begin a new conversation."""
        await self.docqa.chat.begin_session()
        self.dismiss()

    def action_rename(self) -> None:
        """Give the session another title."""
        if session := self.selected:

            def rename(title: str | None) -> None:
                if title:
                    self._change(lambda: self._engine.rename_session(session.id, title))

            self.app.push_screen(LineDialog(say("tui_sessions.rename"), session.title), rename)

    def action_delete(self) -> None:
        """Delete the session; `u` brings it back."""
        if session := self.selected:

            async def tell_deleted(_: object) -> None:
                self.docqa.tell(say("tui_sessions.deleted", title=one_line(session.title)))
                if session.id == self.docqa.chat.session:
                    await self.docqa.chat.begin_session()
                if self.is_attached:
                    self.options.focus()
                    self._list()

            self.docqa.background(lambda: self._engine.delete_session(session.id), tell_deleted)

    def action_restore(self) -> None:
        """Bring back what was deleted last."""
        self._change(self._engine.restore_sessions)

    def action_export(self) -> None:
        """Write the session to a file."""
        if session := self.selected:
            export(self.docqa, self._engine, session.id, session.title)

    def _change(self, work: Callable[[], object]) -> None:
        self.docqa.background(work, lambda _: self._list() if self.is_attached else None)

    def _list(self) -> None:
        wanted = self.query_one(Input).value

        def find() -> tuple[str, list[SessionInfo], dict[str, str]]:
            try:
                sessions = self._engine.sessions(wanted)
            except UnknownLibrary:
                # Nothing was read yet, and so nothing was asked.
                sessions = []
            words = fold(wanted).split()
            lines = {one.id: self._matching_line(one, words) for one in sessions[:_SEARCHED]}
            return wanted, sessions, lines if words else {}

        self.docqa.background(find, self._show)

    def _matching_line(self, session: SessionInfo, words: Sequence[str]) -> str:
        """The line of a session in which a word that is searched for stands."""
        if not words:
            return ""
        _, turns = self._engine.session(session.id)
        texts = (f"{turn.question}\n{turn.answer.text}" for turn in turns)
        return next((line for text in texts if (line := matching_line(text, words))), "")

    def _show(self, found: tuple[str, list[SessionInfo], dict[str, str]]) -> None:
        wanted, sessions, lines = found
        if not self.is_attached or wanted != self.query_one(Input).value:
            return
        place = self.options.highlighted or 0
        self._sessions = sessions
        self.options.clear_options()
        self.options.add_options(
            Option(_words(one, one.id == self._current, lines.get(one.id, ""))) for one in sessions
        )
        self.options.border_subtitle = f"{len(sessions):,}"
        self.query_one("#none").display = not sessions
        if sessions:
            self.options.highlighted = min(place, len(sessions) - 1)


def _words(session: SessionInfo, current: bool, line: str) -> Content:
    turns = say("tui_sessions.turns", count=session.turns)
    when = datetime.fromtimestamp(session.updated).astimezone()
    words = Content.assemble(
        ("● " if current else "  ", "$text-accent"),
        (f"{when:%Y-%m-%d %H:%M}", "$text-muted"),
        "  ",
        (one_line(session.title), "bold"),
        (f"  {turns}", "$text-muted"),
    )
    return Content.assemble(words, "\n      ", (line, "$text-success")) if line else words
