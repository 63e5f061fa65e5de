"""Moving by vim's keys, in whatever scrolls or lists."""

from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll

from docqa.tui.keymap import bind

MOVES: tuple[BindingType, ...] = (
    bind("down", "move(1)"),
    bind("up", "move(-1)"),
    bind("first", "end(-1)"),
    bind("last", "end(1)"),
)
HALF_PAGES: tuple[BindingType, ...] = (
    bind("half_page_down", "half_page(1)"),
    bind("half_page_up", "half_page(-1)"),
)


class Scrolled(VerticalScroll):
    """Scrolls by line, half a page, and to its ends."""

    BINDINGS: ClassVar[list[BindingType]] = [*MOVES, *HALF_PAGES]

    def action_move(self, step: int) -> None:
        """Scroll a line."""
        self.scroll_relative(y=step, animate=False)

    def action_half_page(self, step: int) -> None:
        """Scroll half of what is seen."""
        self.scroll_relative(y=step * (self.size.height // 2), animate=False)

    def action_end(self, side: int) -> None:
        """Go to the beginning or the end."""
        (self.scroll_end if side > 0 else self.scroll_home)(animate=False)
