"""Stretches of one line of a page with their place and type size, wherever they come from."""

from collections import Counter
from collections.abc import Sequence
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from ingest.splitting.line_joining import is_cjk

_EXPONENT = 3  # characters: what is smaller and longer is no exponent
_OTHER_SIZE = 0.75  # set by hand


class TextRun(Enum):
    """The way a stretch of text runs over the page."""

    ACROSS = "across"
    DOWN = "down"
    """As Chinese is set in columns from the right, or turned to the right."""
    UP = "up"
    """Turned to the left."""
    SLANTED = "slanted"
    """As watermarks are."""


class Fragment(Struct):
    """Text that stands together on one line; the page's origin is below left."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float
    rows: list[list[str]] | None = None
    """The cells, where a whole table stands for one fragment."""
    run: TextRun = TextRun.ACROSS

    @property
    def middle(self) -> float:
        """Height of the line's middle."""
        return (self.bottom + self.top) / 2

    def on_row_of(self, other: "Fragment") -> bool:
        """Whether both stand on the same line of the page."""
        return abs(self.middle - other.middle) < 0.5 * min(
            self.top - self.bottom, other.top - other.bottom
        )


def adjoins(before: Fragment, piece: Fragment, widest: float = 1.1) -> bool:
    """Whether a piece goes on with the line, the gap no wider than so many times its size."""
    gap = piece.left - before.right
    wide = widest * max(before.size, piece.size)
    if not -before.size < gap < wide or not before.on_row_of(piece):
        return False
    # What is much smaller, and no exponent, is a note beside the text.
    return before.size == piece.size or not _is_note(before, piece)


def _is_note(before: Fragment, piece: Fragment) -> bool:
    small, large = sorted((before.size, piece.size))
    if small >= _OTHER_SIZE * large:
        return False
    number = before.size == small and before.text.isdecimal()  # of the line, or of a note
    return len(piece.text) > _EXPONENT or (number and piece.left - before.right > 0.3 * large)


def append(before: Fragment, piece: Fragment, *, drawn: bool = False) -> None:
    """Lengthen a fragment by the piece that follows; `drawn` says the space is in the file."""
    before.text += (" " if drawn else gap_text(before, piece)) + piece.text
    before.right = max(before.right, piece.right)
    before.bottom, before.top = min(before.bottom, piece.bottom), max(before.top, piece.top)
    before.size = max(before.size, piece.size)


def gap_text(before: Fragment, piece: Fragment) -> str:
    """The space between two pieces of a line: none where justified Chinese was pulled apart."""
    chinese = is_cjk(before.text[-1]) and is_cjk(piece.text[0])
    return "" if chinese and piece.left - before.right < 0.6 * before.size else " "


def upright(
    fragments: Sequence[Fragment], width: float, height: float
) -> tuple[list[Fragment], float]:
    """A page's fragments as if its text ran across, without watermarks; and how high it is then."""
    runs: Counter[TextRun] = Counter()
    for fragment in fragments:
        runs[fragment.run] += len(fragment.text)
    if len(runs) < 2 and TextRun.ACROSS in runs:
        return list(fragments), height
    _turn_single_letters(fragments)
    if runs[TextRun.SLANTED] < runs.total() / 2:
        fragments = [fragment for fragment in fragments if fragment.run is not TextRun.SLANTED]
    main = max(runs, key=lambda run: runs[run], default=TextRun.ACROSS)
    if main is TextRun.DOWN:
        return [
            replace(
                f,
                left=height - f.top,
                right=height - f.bottom,
                bottom=f.left,
                top=f.right,
                run=TextRun.ACROSS,
            )
            for f in fragments
        ], width
    if main is TextRun.UP:
        return [
            replace(
                f,
                left=f.bottom,
                right=f.top,
                bottom=width - f.right,
                top=width - f.left,
                run=TextRun.ACROSS,
            )
            for f in fragments
        ], width
    return list(fragments), height


def _turn_single_letters(fragments: Sequence[Fragment]) -> None:
    """Let a letter alone, whose run nothing shows, run with the turned ones it stands among."""
    turned = [f for f in fragments if f.run in (TextRun.UP, TextRun.DOWN)]
    for run in {f.run for f in turned}:
        line = [f for f in turned if f.run is run]
        left, right = min(f.left for f in line), max(f.right for f in line)
        bottom, top = min(f.bottom for f in line), max(f.top for f in line)
        if right - left > 3 * max(f.size for f in line):
            continue  # more than a stamp
        for letter in fragments:
            if len(letter.text) == 1 and left - 1 <= letter.left and letter.right <= right + 1:
                near = bottom - 2 * letter.size <= letter.middle <= top + 2 * letter.size
                letter.run = run if near else letter.run
