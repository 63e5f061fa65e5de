"""Text in the cells of a terminal: names too long for their place, lines of Chinese."""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePath

from rich.cells import cell_len, set_cell_size

_GAP = "…"
_WIDE = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_OPENING = "（《「『【〔“‘"
_CLOSING = "，。、；：？！）》」』】〕”’…—％·,.;:?!)"
# What stays on one line: a wide character or a run of others, its punctuation, its citations.
UNBROKEN = re.compile(
    rf"\s*(?:[{_OPENING}]*(?:[{_WIDE}]|[^\s{_WIDE}]+)[{_CLOSING}]*(?:\[[\d?]{{1,3}}\])*|\S)\s*"
)


def shorten(name: str, cells: int) -> str:
    """The name in so many cells of the terminal, its middle left out: the end tells the kind."""
    if cell_len(name) <= cells:
        return name
    end = name
    while cell_len(end) > cells // 3:
        end = end[1:]
    return set_cell_size(name, cells - 1 - cell_len(end)).rstrip() + _GAP + end


def tell_apart(paths: Iterable[str]) -> dict[str, str]:
    """Each path by its file name, after as many folders as tell it from its namesakes."""
    names = {path: PurePath(path).name for path in paths}
    depth, same = 1, set(names)
    while same:
        depth += 1
        count = Counter(names[path] for path in same)
        same = {
            path for path in same if count[names[path]] > 1 and len(PurePath(path).parts) >= depth
        }
        names |= {path: str(PurePath(*PurePath(path).parts[-depth:])) for path in same}
    return names


def wrap_between_characters() -> None:
    """Have all that Textual shows broken between Chinese characters; Rich knows only spaces."""
    # Rich has no public way to say what a word is; where this name goes, its own rule is back.
    import rich._wrap

    rich._wrap.re_word = UNBROKEN
