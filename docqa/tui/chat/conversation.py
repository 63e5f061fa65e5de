"""The conversation: its latest exchanges on screen, earlier ones when they are scrolled to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import Static

from docqa.messages import say
from docqa.tui.chat.textual_messages import ExchangeClicked, ExchangeSelected
from docqa.tui.error_guard import Sturdy
from docqa.tui.keymap import bind
from docqa.tui.scrolling import Scrolled

if TYPE_CHECKING:
    from docqa.tui.chat.exchange import Exchange
    from docqa.types import Turn

# Exchanges on screen: enough to fill any terminal; layout costs grow with each.
_STEP, _MOST = 8, 16


class Conversation(Sturdy, Scrolled, can_focus=True):
    """Scrolls with vim's keys; one exchange is selected, whose sources are shown."""

    ABOUT = "tui_help.conversation"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("previous_answer", "select(-1)", show=True),
        bind("next_answer", "select(1)", show=True),
        bind("copy", "copy", show=True),
        bind("copy_code", "copy_code"),
        bind("why", "why", show=True),
        bind("pager", "page"),
    ]

    class CopyAsked(Message):
        """Text of an answer is to be copied."""

        def __init__(self, text: str) -> None:
            """Keep the text."""
            super().__init__()
            self.text = text

    class WhyAsked(Message):
        """The choice of the selected answer's passages is to be explained."""

    class PagerAsked(Message):
        """The selected answer is to be opened in the pager."""

        def __init__(self, text: str) -> None:
            """Keep the text."""
            super().__init__()
            self.text = text

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__(id="conversation")
        self._earlier: list[Turn] = []
        self.selected: Exchange | None = None

    def compose(self) -> ComposeResult:
        """What to do with an empty conversation."""
        yield Static(say("tui_chat.welcome"), id="welcome", markup=False)

    @property
    def exchanges(self) -> list[Exchange]:
        """The exchanges on screen, oldest first."""
        return cast("list[Exchange]", list(self.query_children("Exchange")))

    def on_mount(self) -> None:
        """Stay at the bottom until the user scrolls."""
        self.anchor()

    async def show(self, turns: Sequence[Turn]) -> None:
        """Show a kept conversation from its end."""
        await self.query_children("Exchange").remove()
        self.query_one("#welcome").display = not turns
        self.selected = None
        self._earlier, recent = list(turns[:-_STEP]), turns[-_STEP:]
        await self.mount_all(_shown(recent))
        self._select_last()

    async def begin(self, exchange: Exchange) -> None:
        """Add a question at the end, follow its answer, and let go of what is far above."""
        self.query_one("#welcome").display = False
        await self.mount(exchange)
        self._select_last()
        self.anchor()
        from docqa.types import Turn

        for old in self.exchanges[:-_MOST]:
            if old.number and old.answer:
                self._earlier.append(Turn(old.number, old.question, old.answer, 0.0))
            await old.remove()

    async def drop(self, exchange: Exchange) -> None:
        """Take an exchange away, for one that is asked anew."""
        await exchange.remove()
        self._select_last()

    def select(self, exchange: Exchange) -> None:
        """Show the sources of this exchange."""
        if self.selected and self.selected is not exchange:
            self.selected.remove_class("-selected")
        self.selected = exchange
        exchange.add_class("-selected")
        self.post_message(ExchangeSelected(exchange))

    def watch_scroll_y(self, old: float, new: float) -> None:
        """Bring back earlier exchanges when the top is reached."""
        super().watch_scroll_y(old, new)
        if new < old and new <= 0 and self._earlier:
            self.run_worker(self._show_earlier(), exclusive=True, group="earlier")

    @on(ExchangeClicked)
    def _clicked(self, event: ExchangeClicked) -> None:
        """Select what was clicked."""
        self.select(event.exchange)

    async def action_select(self, step: int) -> None:
        """Go to the exchange before or after the selected one."""
        if step < 0 and self.exchanges[:1] == [self.selected] and self._earlier:
            await self._show_earlier()
        exchanges = self.exchanges
        if self.selected in exchanges:
            place = exchanges.index(self.selected) + step
            self.select(exchanges[max(0, min(place, len(exchanges) - 1))])
            self.selected.scroll_visible(top=True, animate=False)

    def action_copy(self) -> None:
        """Copy the selected answer."""
        if self.selected:
            self.post_message(self.CopyAsked(self.selected.text))

    def action_copy_code(self) -> None:
        """Copy the next code block of the selected answer."""
        if self.selected:
            # Imported here: Markdown is loaded with the first exchange.
            from docqa.tui.chat import markup

            blocks = markup.code_blocks(self.selected.text)
            if not blocks:
                self.notify(say("tui_chat.no_code"), markup=False)
                return
            self.post_message(self.CopyAsked(blocks[self.selected.code_copied % len(blocks)]))
            self.selected.code_copied += 1

    def action_why(self) -> None:
        """Explain the choice of passages."""
        self.post_message(self.WhyAsked())

    def action_page(self) -> None:
        """Open the selected answer in the pager."""
        if self.selected:
            text = f"# {self.selected.question}\n\n{self.selected.text}\n"
            self.post_message(self.PagerAsked(text))

    def _select_last(self) -> None:
        if exchanges := self.exchanges:
            self.select(exchanges[-1])
        else:
            self.selected = None

    async def _show_earlier(self) -> None:
        self._earlier, back = self._earlier[:-_STEP], self._earlier[-_STEP:]
        top = self.exchanges[0] if self.exchanges else None
        await self.mount_all(_shown(back), before=top)
        if top:
            self.call_after_refresh(top.scroll_visible, top=True, animate=False)


def _shown(turns: Sequence[Turn]) -> list[Exchange]:
    # Imported here: Markdown is not needed for the first paint (saves 60 ms).
    from docqa.tui.chat.exchange import Exchange

    return [Exchange(turn.question, turn=turn) for turn in turns]
