"""The headings of the document that is read."""

from bisect import bisect_right
from collections.abc import Sequence

from textual.widgets import OptionList
from textual.widgets.option_list import Option

from docqa.clean import one_line
from docqa.messages import say
from docqa.tui.error_guard import ErrorGuard

# More headings than this are no outline any more, and slow to lay out.
_MOST = 3_000


class Outline(ErrorGuard, OptionList):
    """A list of headings that follows the reader; Enter goes to one."""

    def __init__(self) -> None:
        """Begin empty and hidden."""
        super().__init__(id="reader-outline", markup=False)
        self.border_title = say("tui_reader.outline")
        self.display = False
        self._starts: list[int] = []

    def show(self, headings: Sequence[tuple[int, int, str]]) -> None:
        """List these headings."""
        headings = headings[:_MOST]
        self._starts = [start for start, _, _ in headings]
        self.clear_options()
        self.add_options(
            Option("  " * depth + one_line(text), id=str(n))
            for n, (_, depth, text) in enumerate(headings)
        )

    def follow(self, position: int) -> None:
        """Highlight the heading that a position is under."""
        place = bisect_right(self._starts, position) - 1
        if place >= 0 and not self.has_focus and self.highlighted != place:
            self.highlighted = place

    def start_of(self, option: Option) -> int:
        """Where the heading stands."""
        return self._starts[int(option.id or 0)]
