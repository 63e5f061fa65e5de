"""File links that a terminal can open (OSC 8)."""

import os
from pathlib import Path
from urllib.parse import quote

from docqa.cli.common import on_terminal

_KNOWING = ("WT_SESSION", "KITTY_WINDOW_ID", "VTE_VERSION", "KONSOLE_VERSION", "TERM_PROGRAM")
_KNOWING_TERMS = ("kitty", "foot", "alacritty", "wezterm", "ghostty")


def link(text: str, file: Path | None, page: int | None = None) -> str:
    """The text as a link to a file, where the terminal knows links; else the text."""
    if file is None or not links_known():
        return text
    url = "file://" + quote(file.absolute().as_posix()) + (f"#page={page}" if page else "")
    return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\"


def links_known() -> bool:
    """Whether standard output is a terminal that shows OSC 8 links."""
    if not on_terminal() or os.environ.get("NO_COLOR"):
        return False
    # Apple's own terminal calls itself by name and shows no links.
    if os.environ.get("TERM_PROGRAM") == "Apple_Terminal":
        return False
    term = os.environ.get("TERM", "")
    return any(map(os.environ.get, _KNOWING)) or any(name in term for name in _KNOWING_TERMS)
