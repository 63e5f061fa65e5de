"""Cuts text into rows of a terminal, wide characters counted as two."""

from rich.cells import get_character_cell_size

# What may not begin a row: it hangs together with the character before it.
_NO_START = frozenset("。，、；：？！）》」』】〉”’…—,.;:?!)]}%％")

# Makes the narrow character before it a wide picture.
_AS_EMOJI = "\ufe0f"


def rows(text: str, width: int) -> list[tuple[int, int]]:
    """Spans of the text, each fitting `width` cells; line breaks belong to no row."""
    found: list[tuple[int, int]] = []
    start = 0
    for line in text.split("\n"):
        found.extend(_wrap_line(text, start, start + len(line), max(2, width)))
        start += len(line) + 1
    return found


def _wrap_line(text: str, start: int, end: int, width: int) -> list[tuple[int, int]]:
    if start == end:
        return [(start, end)]
    found: list[tuple[int, int]] = []
    cells, place = 0, start
    while place < end:
        size = 1 if text[place] == _AS_EMOJI else get_character_cell_size(text[place])
        if cells + size > width:
            cut = _cut(text, start, place)
            found.append((start, cut))
            # The blank between two words would only indent the next row.
            start = place = cut + (text[cut] == " ")
            cells = 0
            continue
        cells += size
        place += 1
    found.append((start, end))
    return found


def _cut(text: str, start: int, place: int) -> int:
    """Where to break a row that is full at `place`: between words, not before punctuation."""
    cut = place
    while cut > start + 1 and _together(text[cut - 1], text[cut]):
        cut -= 1
    # A word longer than half the row is cut where it stands.
    return cut if cut - start > (place - start) // 2 else place


def _together(before: str, after: str) -> bool:
    if after in _NO_START or after == _AS_EMOJI:
        return True
    return before.isascii() and after.isascii() and before.isalnum() and after.isalnum()
