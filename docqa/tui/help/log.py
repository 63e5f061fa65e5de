"""The end of the log, in the application."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import TextArea

from docqa import paths
from docqa.clean import clean
from docqa.messages import say
from docqa.tui.base_screens import FullScreen
from docqa.tui.keybar import KeyBar
from docqa.tui.keymap import bind

_BYTES = 200_000


class LogScreen(FullScreen[None]):
    """Shows the newest entries; read again each time it is opened."""

    ABOUT = "tui_help.log"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("close", "dismiss", show=True),
        bind("down", "scroll(1)"),
        bind("up", "scroll(-1)"),
    ]

    def compose(self) -> ComposeResult:
        """The log as text that can be selected and copied."""
        area = TextArea(_tail(), read_only=True, id="log")
        area.border_title = Content(say("tui.log", file=paths.log_file()))
        yield area
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin at the newest entry."""
        area = self.query_one(TextArea)
        area.move_cursor(area.document.end)
        area.focus()

    def action_scroll(self, step: int) -> None:
        """Move the caret a line."""
        area = self.query_one(TextArea)
        (area.action_cursor_down if step > 0 else area.action_cursor_up)()


def _tail() -> str:
    try:
        with paths.log_file().open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - _BYTES))
            return clean(file.read().decode("utf-8", errors="replace"))
    except OSError:
        return say("tui.log_empty")
