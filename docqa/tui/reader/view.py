"""A stretch of a document, wrapped to the width and scrolled line by line."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from docqa.tui.error_guard import ErrorGuard
from docqa.tui.reader.rows import rows
from docqa.tui.sources.card import printable

Span = tuple[int, int]


class ReaderView(ErrorGuard, ScrollView, can_focus=True):
    """Knows positions as the document counts them; paints only the rows in sight."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "reader--passage",
        "reader--quote",
        "reader--match",
        "reader--current",
    }

    class Moved(Message):
        """Other rows are in sight."""

    class EdgeReached(Message):
        """The first (-1) or last (1) row of the stretch is in sight."""

        def __init__(self, side: int) -> None:
            """Keep which end."""
            super().__init__()
            self.side = side

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__(id="page")
        self._text = ""
        self._offset = 0
        self._rows: list[Span] = []
        self._starts: list[int] = []
        self._marks: list[tuple[Span, str]] = []

    @property
    def stretch(self) -> Span:
        """Which characters of the document are loaded."""
        return self._offset, self._offset + len(self._text)

    @property
    def position(self) -> int:
        """Place in the document of the first character in sight."""
        if not self._rows:
            return self._offset
        return self._offset + self._rows[min(int(self.scroll_y), len(self._rows) - 1)][0]

    def shows(self, position: int) -> bool:
        """Whether a character of the document is in sight."""
        row = self._row_of(position - self._offset)
        return 0 <= row - int(self.scroll_y) < max(1, self.content_size.height)

    def load(self, text: str, offset: int, position: int, *, centre: bool = False) -> None:
        """Show this stretch, with the character at `position` in sight."""
        self._text, self._offset = printable(text), offset
        self._wrap()
        self.go_to(position, centre=centre)

    def mark(self, marks: Sequence[tuple[Span, str]]) -> None:
        """Highlight spans, each with a component class; later ones lie above."""
        self._marks = list(marks)
        self.refresh()

    def go_to(self, position: int, *, centre: bool = True) -> None:
        """Scroll to a character of the loaded stretch."""
        row = self._row_of(position - self._offset)
        if centre:
            row = max(0, row - self.size.height // 3)
        self.scroll_to(y=row, animate=False, force=True, immediate=True)

    def on_resize(self, event: Resize) -> None:
        """Wrap again, keeping the first row in sight."""
        position = self.position
        self._wrap()
        self.go_to(position, centre=False)

    def watch_scroll_y(self, old: float, new: float) -> None:
        """Tell that other rows are in sight, and when an end of the stretch is."""
        super().watch_scroll_y(old, new)
        self.post_message(self.Moved())
        if new < old and new <= self.size.height:
            self.post_message(self.EdgeReached(-1))
        elif new > old and new >= self.max_scroll_y - self.size.height:
            self.post_message(self.EdgeReached(1))

    def render_line(self, y: int) -> Strip:
        """One row, with the highlights that cross it."""
        row = y + self.scroll_offset.y
        base = self.rich_style
        if row >= len(self._rows):
            return Strip.blank(self.size.width, base)
        start, end = self._rows[row]
        near = [
            (first - self._offset, last - self._offset, self.get_component_rich_style(name))
            for (first, last), name in self._marks
            if first - self._offset < end and last - self._offset > start
        ]
        edges = {edge for first, last, _ in near for edge in (first, last) if start < edge < end}
        segments = []
        for left, right in pairwise(sorted({start, end, *edges})):
            styles = [style for first, last, style in near if first <= left < last]
            segments.append(Segment(self._text[left:right], Style.combine([base, *styles])))
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def _wrap(self) -> None:
        # The scroll bar's cell is always left out: at the first paint it is not there yet.
        width = max(2, self.content_region.width - self.styles.scrollbar_size_vertical)
        self._rows = rows(self._text, width)
        self._starts = [start for start, _ in self._rows]
        self.virtual_size = Size(width, len(self._rows))
        self.refresh()

    def _row_of(self, place: int) -> int:
        return max(0, bisect_right(self._starts, place) - 1)
