"""A dialog with one line to type."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from docqa.tui.base_screens import Dialog
from docqa.tui.keymap import bind

if TYPE_CHECKING:
    from textual.suggester import Suggester


class LineDialog(Dialog[str | None]):
    """Returns what was typed, or None."""

    ABOUT = "tui_help.line"

    BINDINGS: ClassVar[list[BindingType]] = [bind("complete", "complete", priority=True)]

    def __init__(
        self,
        title: str,
        value: str = "",
        *,
        hint: str = "",
        suggester: "Suggester | None" = None,
        refuse: Callable[[str], str] = lambda _: "",
    ) -> None:
        """Ask for a line; `refuse` says why a value will not do, or nothing where it does."""
        super().__init__()
        self._title, self._value, self._hint = title, value, hint
        self._suggester, self._refuse = suggester, refuse

    def compose(self) -> ComposeResult:
        """The line and what to know about it."""
        with Vertical(classes="dialog line") as box:
            box.border_title = self._title
            yield Input(self._value, suggester=self._suggester, select_on_focus=False)
            yield Static(self._hint, classes="note", markup=False)

    def action_complete(self) -> None:
        """Take the suggestion that stands behind the caret."""
        self.query_one(Input).action_cursor_right()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the line, unless it will not do."""
        value = event.value.strip()
        if reason := self._refuse(value):
            self.query_one(".note", Static).update(reason)
        elif value:
            self.dismiss(value)
