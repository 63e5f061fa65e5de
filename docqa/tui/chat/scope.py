"""Chips above the prompt: the documents asked, material pasted, a question being edited."""

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import HorizontalGroup
from textual.events import Click
from textual.message import Message
from textual.widgets import Static

from docqa.clean import one_line
from docqa.tui.text import shorten

# Cells of a label; less where many chips share the line, which a cross and margins need too.
_MOST, _LEAST, _AROUND = 32, 8, 6


class Chip(Static):
    """A word with a cross; a click takes it away."""

    class Removed(Message):
        """The chip was taken away."""

        def __init__(self, name: str) -> None:
            """Keep what it stood for."""
            super().__init__()
            self.name = name

    def __init__(self, name: str, label: str, cells: int) -> None:
        """Show the label in so many cells; `name` is what it stands for."""
        super().__init__(f"{shorten(one_line(label), cells)} ✕", markup=False, classes="chip")
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
        shown = list(chips)
        room = self.app.size.width // max(1, len(shown)) - _AROUND
        cells = max(_LEAST, min(_MOST, room))
        async with self.batch():
            await self.remove_children()
            await self.mount_all(Chip(name, label, cells) for name, label in shown)
        self.display = bool(self.children)
