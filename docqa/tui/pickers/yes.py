"""A question to be answered with yes or no."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from docqa.messages import say
from docqa.tui.base_screens import Dialog
from docqa.tui.keymap import bind


class YesDialog(Dialog[bool | None]):
    """Returns True for yes, False for no, None where it was closed."""

    ABOUT = "tui_help.yes"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("yes", "answer(True)", show=True),
        bind("no", "answer(False)", show=True),
    ]

    def __init__(self, question: str) -> None:
        """Ask this."""
        super().__init__()
        self._words = question

    def compose(self) -> ComposeResult:
        """The question, and the keys that answer it."""
        with Vertical(classes="dialog yes"):
            yield Static(self._words, markup=False)
            yield Static(say("tui.yes_no"), classes="note", markup=False)

    def action_answer(self, sure: bool) -> None:
        """Say so."""
        self.dismiss(sure)
