"""Screens whose keys are described in the language in use."""

from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual.binding import ActiveBinding, BindingType
from textual.screen import ModalScreen, Screen

from docqa.tui.compositor import NoteCompositor
from docqa.tui.error_guard import ErrorGuard
from docqa.tui.keybar import KeyBar
from docqa.tui.keymap import bind, describe_bindings

if TYPE_CHECKING:
    from docqa.tui.app import DocqaApp

Result = TypeVar("Result")


class _DocqaScreen(ErrorGuard, Screen[Result]):
    """What screens and dialogs share."""

    def __init__(self) -> None:
        """Paint notes whole."""
        super().__init__()
        self._compositor = NoteCompositor()

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now."""
        return describe_bindings(super().active_bindings)

    @property
    def docqa(self) -> "DocqaApp":
        """The application, by its own type."""
        return cast("DocqaApp", self.app)


class FullScreen(_DocqaScreen[Result]):
    """A whole screen of docqa."""


class Dialog(_DocqaScreen[Result], ModalScreen[Result]):
    """A dialog above the screen; Escape closes it without a result."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("close", "close", show=True),
        # The app's own, which Textual does not show above a dialog.
        bind("help", "app.help", show=True),
    ]

    def on_mount(self) -> None:
        """Cover the keys of the screen below: they do not work now."""
        self.mount(KeyBar())

    def action_close(self) -> None:
        """Leave without a result."""
        self.dismiss(None)
