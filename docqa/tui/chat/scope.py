"""Chips above the prompt: the documents asked, material pasted, a question being edited."""

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import HorizontalGroup
from textual.events import Click
from textual.message import Message
from textual.widgets import Static

from docqa.clean import one_line

_CHARACTERS = 32


class Chip(Static):
    """A word with a cross; a click takes it away."""

    class Removed(Message):
        """The chip was taken away."""

        def __init__(self, name: str) -> None:
            """Keep what it stood for."""
            super().__init__()
            self.name = name

    def __init__(self, name: str, label: str) -> None:
        """Show the label; `name` is what it stands for."""
        label = one_line(label)
        shown = label if len(label) <= _CHARACTERS else "…" + label[1 - _CHARACTERS :]
        super().__init__(f"{shown} ✕", markup=False, classes="chip")
        self.stands_for = name

    def on_click(self, event: Click) -> None:
        """Go away."""
        event.stop()
        self.post_message(self.Removed(self.stands_for))


class ScopeBar(HorizontalGroup):
    """Shows its chips in order; hidden while there are none."""

    def __init__(self) -> None:
        """Begin hidden."""
        super().__init__(id="scope")
        self.display = False

    def compose(self) -> ComposeResult:
        """No chips yet."""
        return iter(())

    async def show(self, chips: Iterable[tuple[str, str]]) -> None:
        """Show these chips: what each stands for, and its label."""
        async with self.batch():
            await self.remove_children()
            await self.mount_all(Chip(name, label) for name, label in chips)
        self.display = bool(self.children)
