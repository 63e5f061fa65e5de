"""The application: opens the engine in the background, and holds what every screen needs."""

from __future__ import annotations

import importlib
import logging
import os
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from rich.text import Text
from textual.app import App
from textual.binding import BindingType
from textual.reactive import reactive

from docqa.errors import DocqaError, ModelError, UnknownLibrary
from docqa.messages import say
from docqa.settings import Settings
from docqa.tui import clipboard, saved_state, themes
from docqa.tui.chat.screen import ChatScreen
from docqa.tui.error_guard import ErrorGuard, error_words
from docqa.tui.keymap import bind, unknown_keys
from docqa.tui.process import GarbageBetweenAnswers, end_soon, on_signals
from docqa.tui.text import wrap_between_characters

if TYPE_CHECKING:
    from docqa.engine import Engine
    from docqa.types import DocumentInfo, DocumentLimits, IngestStep, Status

log = logging.getLogger(__name__)

Gained = TypeVar("Gained")

_READING = 1.0
_STORM_SECONDS, _STORM_ERRORS = 2.0, 20


class DocqaApp(ErrorGuard, App[None]):
    """The chat. Paints first, then opens the engine, then loads the model."""

    CSS_PATH = "app.tcss"
    TITLE = "docqa"
    # No ClassVar: Textual declares an instance's.
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    # The palette is docqa's own: Textual's speaks English only.
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("quit", "quit", show=True, priority=True),
        bind("palette", "go('palette')", show=True, priority=True),
        bind("help", "help", show=True, priority=True),
        bind("log", "log", priority=True),
    ]

    status: reactive[Status | None] = reactive(None, init=False)
    loading: reactive[str] = reactive("", init=False)
    """What is being loaded, worded; empty when nothing is."""
    ingest_step: reactive[IngestStep | None] = reactive(None, init=False)
    answering: reactive[bool] = reactive(False, init=False)
    speed: reactive[float] = reactive(0.0, init=False)
    """Tokens per second of the answer under way."""
    open_mode: reactive[bool] = reactive(False, init=False)

    def __init__(
        self,
        open_engine: Callable[[], Engine],
        settings: Settings,
        *,
        session: str | None = None,
        new: bool = False,
        scope: Sequence[str] = (),
        limits: DocumentLimits | None = None,
    ) -> None:
        """Take what opens the engine, the settings, and where to begin: a session, or a new one."""
        super().__init__()
        wrap_between_characters()
        self._open_engine = open_engine
        self.settings = settings
        self.session, self.new, self.scope = session, new, tuple(scope)
        self._limits = limits
        self.engine: Engine | None = None
        self.remembered = saved_state.load()
        self.ingest_stop: threading.Event | None = None
        self.skipped_files: dict[str, DocumentInfo] = {}
        """What the last reading of files passed over, by path."""
        self._recent_errors: list[float] = []
        self._started = False
        self._garbage = GarbageBetweenAnswers()
        themes.begin(self, themes.pick_theme(self.remembered, self._theme_setting))
        self.set_reactive(DocqaApp.open_mode, settings.answer.open)
        self.set_reactive(DocqaApp.loading, say("tui_status.opening"))

    async def run_async(self, **how: Any) -> None:
        """Run; the terminal is its owner's again, so that what threads still do holds up nobody."""
        try:
            return await super().run_async(**how)
        finally:
            if not self.is_headless:
                end_soon(self.return_code or 0)

    def on_mount(self) -> None:
        """Show the chat; everything slow starts after its first paint."""
        self._garbage.begin()
        self._use_themes()
        self._use_keys()
        self.push_screen(ChatScreen())
        on_signals(self._leave_on_signal)
        self.call_after_refresh(self._start)

    def on_unmount(self) -> None:
        """Give Python its own pace back."""
        self._garbage.end()

    def watch_answering(self, answering: bool) -> None:
        """Look for garbage while the answer is being read."""
        if not answering:
            self.set_timer(_READING, self._garbage.collect)

    def background(
        self,
        work: Callable[[], Gained],
        then: Callable[[Gained], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
    ) -> None:
        """Run blocking work in a thread, then hand its result to the interface."""

        def run() -> None:
            try:
                outcome = work()
            except Exception as error:
                self.call_later(failed or self.report, error)
            else:
                if then:
                    self.call_later(then, outcome)

        self.run_worker(run, thread=True, exit_on_error=False)

    def report(self, error: Exception) -> None:
        """Tell the user of an error and its next step; keep the details in the log."""
        if isinstance(error, DocqaError):
            log.warning("%s: %s", type(error).__name__, error.code)
        else:
            log.error("unexpected", exc_info=error)
        text = error_words(error)
        self.notify(text, title=say("tui.error"), severity="error", timeout=12, markup=False)

    def model_failed(self, error: Exception) -> None:
        """Report; where a model file cannot be loaded, go on with quotes."""
        self.report(error)
        engine, status = self.engine, self.status
        unloaded = status is not None and status.engine.kind == "llama" and not status.loaded
        if engine and unloaded and isinstance(error, ModelError):
            self.tell(say("tui.now_quotes"), warn=True)
            self.change(lambda: engine.use_settings(model_engine="quotes"))

    def tell(self, text: str, *, warn: bool = False) -> None:
        """A short note in the corner."""
        self.notify(text, severity="warning" if warn else "information", markup=False)

    def refresh_status(self) -> None:
        """Ask the engine again what the status bar says."""
        if self.engine is not None:
            self.background(self.engine.status, self._set_status, self._no_status)

    def documents(self) -> list[DocumentInfo]:
        """Every file the library knows, those that could not be read first; for a thread."""
        try:
            return self.engine.failed_documents() + self.engine.documents() if self.engine else []
        except UnknownLibrary:
            return []

    def copy(self, text: str) -> None:
        """Copy text, and say where else it was put."""
        if file := clipboard.copy(self, text):
            self.tell(say("tui.copied", count=len(text), file=file))
        else:
            self.tell(say("tui.copied_only", count=len(text)))

    @property
    def limits(self) -> DocumentLimits:
        """The kinds and dates of documents that are asked."""
        # Imported here: not needed for the first paint.
        from docqa.types import UNLIMITED

        return self._limits or UNLIMITED

    @property
    def library_name(self) -> str:
        """The library in use."""
        return self.engine.library if self.engine else self.settings.library.name

    def change(self, work: Callable[[], object]) -> None:
        """Change the engine in the background; the status bar follows."""
        self.loading = say("tui_status.loading")

        def finish(_: object) -> None:
            self.loading = ""
            self.refresh_status()

        def report_failure(error: Exception) -> None:
            finish(None)
            self.model_failed(error)

        self.background(work, finish, report_failure)

    async def library_changed(self) -> None:
        """Take up the other library's session."""
        await self.chat.clear()
        if self.engine:
            self.background(self.engine.status, self._take_up)

    def remember_session(self, session: str | None) -> None:
        """Keep which session of this library to open next time."""
        self.remembered.keep_session(self.library_name, session or "")

    def ingest(self, files: Sequence[Path]) -> None:
        """Read files into the library while the chat goes on."""
        from docqa.tui.library.ingest_run import start

        start(self, files)

    def open_demo(self) -> None:
        """Read the samples into a library of their own, and open it."""
        from docqa import paths
        from docqa.tui.library.ingest_run import read_demo

        read_demo(self, [paths.find_shipped("configs", "samples")])

    def read_changed(self) -> None:
        """Read again what has changed since it was read."""
        if engine := self.engine:
            self.background(engine.changed_files, self._read_changed)

    def _read_changed(self, states: dict[str, str]) -> None:
        self.ingest([Path(file) for file, state in states.items() if state == "changed"])

    @property
    def chat(self) -> ChatScreen:
        """The screen below all others."""
        return next(one for one in self.screen_stack if isinstance(one, ChatScreen))

    def action_go(self, place: str) -> None:
        """Open one of the screens and dialogs that the keys and the palette name."""
        from docqa.tui.navigation import go

        go(self, place)

    async def action_quit(self) -> None:
        """Stop what runs, keep what was typed, and leave."""
        self._leave(0)

    def action_help(self) -> None:
        """Explain the pane that has the focus and its keys."""
        from docqa.tui.help.keys import HelpDialog

        if not isinstance(self.screen, HelpDialog):
            self.push_screen(HelpDialog(self.screen))

    def action_log(self) -> None:
        """Show the log."""
        from docqa.tui.help.log import LogScreen

        if not isinstance(self.screen, LogScreen):
            self.push_screen(LogScreen())

    def action_open_mode(self) -> None:
        """Let the model answer from its own knowledge too, or only from the documents."""
        if self.status and self.status.engine.kind == "quotes" and not self.open_mode:
            self.tell(say("tui_chat.open_needs_model"), warn=True)
            return
        self.open_mode = not self.open_mode
        self.tell(say("tui_chat.now_open" if self.open_mode else "tui_chat.now_strict"))

    def action_help_quit(self) -> None:
        """Ctrl-C where nothing is selected: say how to leave."""
        self.tell(say("tui_chat.how_to_quit"))

    def watch_theme(self, theme: str) -> None:
        """Remember the theme that was picked."""
        if self.is_running and theme != themes.pick_theme(self.remembered, self._theme_setting):
            self.remembered.keep_theme(theme, self._theme_setting)

    def _start(self) -> None:
        self._started = True
        self.stylesheet.read(Path(__file__).with_name("later.tcss"))
        # At once: a widget of a kind that is already there would not be styled by it.
        self.stylesheet.parse()
        # Loaded before the first answer needs it, and not before the first paint.
        self.background(lambda: importlib.import_module("docqa.tui.chat.exchange"))
        self.background(self._open_engine, self._take_engine, self._report_not_opened)

    def _take_engine(self, engine: Engine) -> None:
        self.engine = engine
        self.loading = say("tui_status.loading")
        # The library's name first: the session to restore is kept under it.
        self.background(engine.status, self._take_up, self._no_library)
        # A daemon, unlike a worker: leaving never waits for a model that is still loading.
        threading.Thread(target=self._warm_up, args=(engine,), daemon=True).start()

    def _take_up(self, status: Status) -> None:
        self.status = status
        if self.engine:
            self.chat.engine_opened(self.engine)

    def _no_library(self, error: Exception) -> None:
        # Nothing was read yet: the first document makes the library.
        if not isinstance(error, UnknownLibrary):
            self.report(error)
        if self.engine:
            self.chat.engine_opened(self.engine)

    def _report_not_opened(self, error: Exception) -> None:
        self.loading = say("tui_status.not_opened")
        self.report(error)

    def _warm_up(self, engine: Engine) -> None:
        try:
            engine.warm_up()
        except Exception as error:
            # Without a library there is nothing to warm up; the status bar says so.
            if not isinstance(error, UnknownLibrary):
                self.call_later(self.model_failed, error)
        self.call_later(self._warm)

    def _warm(self) -> None:
        self.loading = ""
        self._garbage.settle()
        self.refresh_status()

    def _no_status(self, error: Exception) -> None:
        if not isinstance(error, UnknownLibrary):
            self.report(error)

    def _set_status(self, status: Status) -> None:
        self.status = status

    @property
    def _theme_setting(self) -> str:
        return self.settings.interface.theme

    def _use_themes(self) -> None:
        themes.register_users(self, self.report)
        theme = themes.pick_theme(self.remembered, self._theme_setting)
        if theme not in self.available_themes:
            self.tell(say("tui.no_theme", name=theme), warn=True)
            theme = themes.DEFAULT
        if theme != self.theme:
            self.theme = theme

    def _use_keys(self) -> None:
        keys = self.settings.interface.keys
        self.set_keymap(keys)
        for name, nearest in unknown_keys(keys).items():
            self.tell(say("tui.no_key", name=name, nearest=nearest), warn=True)

    def _handle_exception(self, error: Exception) -> None:
        # Textual leaves on any exception; docqa tells and goes on, unless errors come in a storm.
        now = monotonic()
        self._recent_errors = [t for t in self._recent_errors if now - t < _STORM_SECONDS] + [now]
        if os.environ.get("DOCQA_RAISE_ERRORS", "0") != "0":
            super()._handle_exception(error)
        elif len(self._recent_errors) > _STORM_ERRORS or not self._started:
            log.error("unexpected", exc_info=error)
            self.exit(return_code=1, message=Text(error_words(error)))
        else:
            self.report(error)

    def _leave_on_signal(self, number: int) -> None:
        self._leave(128 + number)
        if number == signal.SIGHUP:
            # The terminal is gone: there is nothing to put in order first.
            end_soon(128 + number)

    def _leave(self, return_code: int) -> None:
        self.chat.stop()
        if self.ingest_stop:
            self.ingest_stop.set()
        self.remembered.keep_draft(self.chat.composer.prompt.text)
        self.exit(return_code=return_code)
