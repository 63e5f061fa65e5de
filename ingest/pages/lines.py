"""Lines of a page: stretches of text that stand on one height."""

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

from ingest.pages.fragments import Fragment, gap_text
from ingest.splitting.line_joining import is_cjk


class Line:
    """A line of one column, its pieces from left to right; more than one where wide gaps part it.

    What tells about it is asked for again and again, and so worked out once.
    """

    def __init__(self, cells: list[Fragment]) -> None:
        """Take the pieces in their order."""
        self.cells = cells

    @cached_property
    def text(self) -> str:
        """The whole line."""
        text = self.cells[0].text
        if len(self.cells) > 2 and all(len(c.text) == 1 and is_cjk(c.text) for c in self.cells):
            return "".join(cell.text for cell in self.cells)  # a title pulled apart
        for before, cell in pairwise(self.cells):
            text += gap_text(before, cell) + cell.text
        return text

    @property
    def left(self) -> float:
        """Left edge."""
        return self.cells[0].left

    @cached_property
    def right(self) -> float:
        """Right edge."""
        return max(cell.right for cell in self.cells)

    @cached_property
    def top(self) -> float:
        """Upper edge."""
        return max(cell.top for cell in self.cells)

    @cached_property
    def bottom(self) -> float:
        """Lower edge."""
        return min(cell.bottom for cell in self.cells)

    @cached_property
    def size(self) -> float:
        """Type size of its longest cell."""
        return max(self.cells, key=lambda cell: len(cell.text)).size


def lines_of(fragments: Sequence[Fragment]) -> list[Line]:
    """The lines, of fragments that come in their order."""
    rows: list[list[Fragment]] = []
    for fragment in fragments:
        if rows and fragment.on_row_of(rows[-1][0]):
            rows[-1].append(fragment)
        else:
            rows.append([fragment])
    return [Line(sorted(row, key=lambda cell: cell.left)) for row in rows]


def rows_of(fragments: Sequence[Fragment]) -> list[Line]:
    """The lines from top to bottom, each across the whole page."""
    return lines_of(sorted(fragments, key=lambda f: -f.middle))
