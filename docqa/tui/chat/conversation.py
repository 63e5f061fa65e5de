"""The conversation: its latest exchanges on screen, earlier ones when they are scrolled to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from docqa.messages import say
from docqa.tui.chat.textual_messages import ExchangeClicked, ExchangeSelected
from docqa.tui.error_guard import ErrorGuard
from docqa.tui.home.panel import Home
from docqa.tui.keymap import bind
from docqa.tui.scrolling import Scrolled

if TYPE_CHECKING:
    from docqa.tui.chat.exchange import Exchange
    from docqa.types import Turn

# Exchanges on screen: enough to fill any terminal; layout costs grow with each.
_STEP, _MOST = 8, 16


class Conversation(ErrorGuard, Scrolled, can_focus=True):
    """Scrolls with vim's keys; one exchange is selected, whose sources are shown."""

    ABOUT = "tui_help.conversation"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("previous_answer", "select(-1)", show=True),
        bind("next_answer", "select(1)", show=True),
        bind("copy", "copy", show=True),
        bind("copy_code", "copy_code"),
        bind("why", "why", show=True),
        bind("find", "find", show=True),
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

    class FindAsked(Message):
        """Words are to be looked for in the conversation."""

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
        self._later: list[Turn] = []
        self._moving = False
        """Whether another part of the conversation is being shown."""
        self.selected: Exchange | None = None

    def compose(self) -> ComposeResult:
        """What to do with an empty conversation."""
        yield Home()

    @property
    def home(self) -> Home:
        """The first screen; hidden once there is a question."""
        return self.query_one(Home)

    @property
    def exchanges(self) -> list[Exchange]:
        """The exchanges on screen, oldest first."""
        return cast("list[Exchange]", list(self.query_children("Exchange")))

    @property
    def turns(self) -> list[Turn]:
        """Every answered question of the conversation, on screen or not."""
        shown = (turn for one in self.exchanges if (turn := one.turn))
        return [*self._earlier, *shown, *self._later]

    def on_mount(self) -> None:
        """Begin with the first screen."""
        self._show_home(True)

    async def show(self, turns: Sequence[Turn]) -> None:
        """Show a kept conversation from its end."""
        await self._show_window(turns, len(turns) - _STEP)
        self._select_last()
        if turns:
            self.anchor()
        else:
            self.anchor(False)
            self.scroll_home(animate=False)

    async def show_turn(self, turns: Sequence[Turn], place: int) -> None:
        """Show the part of a conversation that begins at one of its turns."""
        self.anchor(False)
        begin = max(0, min(place, len(turns) - 1))
        await self._show_window(turns, begin)
        if exchanges := self.exchanges:
            self.select(exchanges[0])
        self.scroll_home(animate=False)

    async def begin(self, exchange: Exchange) -> None:
        """Add a question at the end, follow its answer, and let go of what is far above."""
        if self._later:
            await self.show(self.turns)
        self._show_home(False)
        await self.mount(exchange)
        self._select_last()
        self.anchor()
        for old in self.exchanges[:-_MOST]:
            if turn := old.turn:
                self._earlier.append(turn)
            await old.remove()

    async def drop(self, exchange: Exchange) -> None:
        """Take an exchange away, for one that is asked again."""
        await exchange.remove()
        self._select_last()

    def select(self, exchange: Exchange) -> None:
        """Show the sources of this exchange."""
        if self.selected and self.selected is not exchange:
            self.selected.remove_class("-selected")
        self.selected = exchange
        exchange.add_class("-selected")
        place = len(self._earlier) + self.exchanges.index(exchange) + 1
        total = len(self._earlier) + len(self.exchanges) + len(self._later)
        self.border_subtitle = f"{place}/{total}"
        self.post_message(ExchangeSelected(exchange))

    def watch_scroll_y(self, old: float, new: float) -> None:
        """Bring back what comes before or after when an end is reached."""
        super().watch_scroll_y(old, new)
        if self._moving:
            return
        if new < old and new <= 0 and self._earlier:
            self.run_worker(self._show_earlier(), exclusive=True, group="window")
        elif new > old and new >= self.max_scroll_y and self._later:
            self.run_worker(self._show_later(), exclusive=True, group="window")

    @on(ExchangeClicked)
    def _select_clicked(self, event: ExchangeClicked) -> None:
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
            self.post_message(self.CopyAsked(self.selected.text_with_sources))

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

    def action_end(self, side: int) -> None:
        """Go to the first or the last question of the conversation."""
        beyond = self._later if side > 0 else self._earlier
        if not beyond:
            super().action_end(side)
        elif any(one.running for one in self.exchanges):
            self.notify(say("tui_chat.still_answering"), markup=False)
        else:
            turns = self.turns
            moving = self.show(turns) if side > 0 else self.show_turn(turns, 0)
            self.run_worker(moving, exclusive=True, group="window")

    def action_find(self) -> None:
        """Look for words in this conversation."""
        self.post_message(self.FindAsked())

    def _select_last(self) -> None:
        if exchanges := self.exchanges:
            self.select(exchanges[-1])
        else:
            self.selected = None
            self.border_subtitle = ""

    def _show_home(self, shown: bool) -> None:
        self.set_class(shown, "-home")
        self.home.display = shown
        if shown:
            self.home.look()

    async def _show_window(self, turns: Sequence[Turn], begin: int) -> None:
        self._moving = True
        try:
            await self.query_children("Exchange").remove()
            self._show_home(not turns)
            self.selected = None
            begin = max(0, begin)
            end = begin + _STEP
            self._earlier, self._later = list(turns[:begin]), list(turns[end:])
            self.border_subtitle = ""
            await self.mount_all(_make_exchanges(turns[begin:end]))
        finally:
            self._moving = False

    async def _show_earlier(self) -> None:
        self._earlier, back = self._earlier[:-_STEP], self._earlier[-_STEP:]
        top = self.exchanges[0] if self.exchanges else None
        await self.mount_all(_make_exchanges(back), before=top)
        if top:
            self.call_after_refresh(top.scroll_visible, top=True, animate=False)

    async def _show_later(self) -> None:
        later, self._later = self._later[:_STEP], self._later[_STEP:]
        await self.mount_all(_make_exchanges(later))


def _make_exchanges(turns: Sequence[Turn]) -> list[Exchange]:
    # Imported here: Markdown is not needed for the first paint (saves 60 ms).
    from docqa.tui.chat.exchange import Exchange

    return [Exchange(turn.question, turn=turn) for turn in turns]
