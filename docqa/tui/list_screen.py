"""A screen that is one long list."""

from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Input, OptionList, Static
from textual.widgets.data_table import CursorType

from docqa.tui.base_screens import FullScreen
from docqa.tui.header import Header
from docqa.tui.keybar import KeyBar
from docqa.tui.keymap import bind
from docqa.tui.scrolling import MOVES
from docqa.tui.status import StatusBar


def compose_table(title: str, placeholder: str, none: str, cursor: CursorType) -> ComposeResult:
    """A line to type in above a table, and below it what is known of what is highlighted."""
    yield Header(title)
    yield Input(placeholder=placeholder, id="search")
    yield Static(none, id="none", markup=False)
    table: DataTable[Text] = DataTable(id="rows", cursor_type=cursor, zebra_stripes=True)
    yield table
    yield Static("", id="document", markup=False)
    yield StatusBar()
    yield KeyBar()


class ListScreen(FullScreen[None]):
    """A whole screen with one list, and a line above it that narrows it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("close", "leave", show=True),
        bind("search_list", "search", show=True),
        *MOVES,
        Binding("down", "into_list", show=False),
    ]

    @property
    def rows(self) -> OptionList | DataTable[Text]:
        """The list."""
        found = self.query_one("#rows")
        assert isinstance(found, OptionList | DataTable)
        return found

    @on(Input.Submitted)
    def action_into_list(self) -> None:
        """Go from the search line to the list."""
        self.rows.focus()

    def action_leave(self) -> None:
        """Back to the list, then to the chat."""
        if self.rows.has_focus:
            self.dismiss()
        else:
            self.rows.focus()

    def action_search(self) -> None:
        """Go to the search line."""
        self.query_one(Input).focus()

    def action_move(self, step: int) -> None:
        """Move the highlight."""
        (self.rows.action_cursor_down if step > 0 else self.rows.action_cursor_up)()

    def action_end(self, side: int) -> None:
        """Go to the first or the last row."""
        match self.rows:
            case DataTable() as table:
                (table.action_scroll_bottom if side > 0 else table.action_scroll_top)()
            case OptionList() as options:
                (options.action_last if side > 0 else options.action_first)()
