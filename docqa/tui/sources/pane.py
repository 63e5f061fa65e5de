"""The sources of the selected answer, beside the conversation or below it."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Static

from docqa.messages import say
from docqa.tui.error_guard import ErrorGuard
from docqa.tui.keymap import bind
from docqa.tui.scrolling import MOVES
from docqa.tui.sources.card import SourceCard
from docqa.tui.sources.source import Source


class SourcesPane(ErrorGuard, VerticalScroll, can_focus=True):
    """A list of cards; one is selected."""

    ABOUT = "tui_help.sources"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        *MOVES,
        bind("open", "open", show=True),
        bind("why", "why", show=True),
        bind("copy", "copy", show=True),
        bind("pager", "page"),
    ]

    class Opened(Message):
        """A source is to be read in its document."""

        def __init__(self, source: Source) -> None:
            """Keep which one."""
            super().__init__()
            self.source = source

    class WhyAsked(Message):
        """The choice of a source is to be explained."""

        def __init__(self, source: Source) -> None:
            """Keep which one."""
            super().__init__()
            self.source = source

    class CopyAsked(Message):
        """A passage is to be copied."""

        def __init__(self, text: str) -> None:
            """Keep its text and place."""
            super().__init__()
            self.text = text

    class PagerAsked(Message):
        """A passage is to be opened in the pager."""

        def __init__(self, text: str) -> None:
            """Keep its text and place."""
            super().__init__()
            self.text = text

    def __init__(self) -> None:
        """Begin empty and hidden."""
        super().__init__(id="sources", classes="-empty")
        self.sources: tuple[Source, ...] = ()
        self._selected = 0
        self.border_title = say("tui_sources.title")

    def compose(self) -> ComposeResult:
        """Nothing cited yet."""
        yield Static(say("tui_sources.none"), id="no-sources", markup=False)

    @property
    def selected(self) -> Source | None:
        """The selected source."""
        return self.sources[self._selected] if self.sources else None

    @property
    def cards(self) -> list[SourceCard]:
        """The cards, in order."""
        return list(self.query_children(SourceCard))

    async def show(self, sources: Sequence[Source], *, answering: bool = True) -> None:
        """Show these sources, or what merely comes nearest to an unanswered question."""
        self.border_title = say("tui_sources.title" if answering else "tui_sources.nearest")
        if tuple(sources) == self.sources:
            return
        self.sources = tuple(sources)
        async with self.batch():
            await self.query_children(SourceCard).remove()
            await self.mount_all(SourceCard(source) for source in self.sources)
        self.query_one("#no-sources").display = not self.sources
        self.set_class(not self.sources, "-empty")
        self._selected = 0
        self._select(0, scroll=False)
        self.scroll_home(animate=False)

    def jump(self, number: int) -> bool:
        """Select the source with this number, if there is one."""
        for place, source in enumerate(self.sources):
            if number in source.numbers:
                self._select(place)
                return True
        return False

    def on_source_card_clicked(self, event: SourceCard.Clicked) -> None:
        """Select a card; open it where it was selected."""
        place = self.cards.index(event.card)
        if place == self._selected and self.has_focus:
            self.action_open()
        self._select(place)
        self.focus()

    def action_move(self, step: int) -> None:
        """Select another card."""
        self._select(self._selected + step)

    def action_end(self, side: int) -> None:
        """Select the first or the last card."""
        self._select(len(self.sources) if side > 0 else 0)

    def action_open(self) -> None:
        """Read the selected source in its document."""
        if self.selected:
            self.post_message(self.Opened(self.selected))

    def action_why(self) -> None:
        """Explain why the selected source was chosen."""
        if self.selected:
            self.post_message(self.WhyAsked(self.selected))

    def action_copy(self) -> None:
        """Copy the selected passage with its place."""
        if self.selected:
            self.post_message(self.CopyAsked(_with_place(self.selected)))

    def action_page(self) -> None:
        """Open the selected passage in the pager."""
        if self.selected:
            self.post_message(self.PagerAsked(_with_place(self.selected)))

    def _select(self, place: int, *, scroll: bool = True) -> None:
        if not self.sources:
            return
        self._selected = max(0, min(place, len(self.sources) - 1))
        for number, card in enumerate(self.cards):
            card.select(number == self._selected)
        self.border_subtitle = f"{self._selected + 1}/{len(self.sources)}"
        if scroll:
            # After the layout: the selected card has just grown.
            card = self.cards[self._selected]
            self.call_after_refresh(self.scroll_to_widget, card, animate=False)


def _with_place(source: Source) -> str:
    return f"{source.passage.text}\n— {source.place}\n"
