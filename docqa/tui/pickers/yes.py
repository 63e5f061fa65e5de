"""A question to be answered with yes or no."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from docqa.messages import say
from docqa.tui.worded import Dialog


class YesDialog(Dialog[bool | None]):
    """Returns True for yes; anything else is no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "yes", show=False),
        Binding("n", "close", show=False),
    ]

    def __init__(self, question: str) -> None:
        """Ask this."""
        super().__init__()
        self._words = question

    def compose(self) -> ComposeResult:
        """The question and the keys that answer it."""
        with Vertical(classes="dialog yes"):
            yield Static(self._words, markup=False)
            yield Static(say("tui.yes_keys"), classes="note", markup=False)

    def action_yes(self) -> None:
        """Agree."""
        self.dismiss(True)
