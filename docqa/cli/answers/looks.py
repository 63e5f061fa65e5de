"""How answers look on a terminal: colours with a meaning, lines that break where people read."""

import os
import re
import unicodedata

import typer

from docqa.cli.common import on_terminal

_FEWEST = 20  # columns that a line has, however narrow the terminal
_MOST = 96  # columns that people read without losing the line; set by hand
# Never cut: a number with its point, commas and unit sign, a word of letters, a mark.
_PIECES = re.compile(r"\[\d+\]|[A-Za-z0-9](?:[\w.,:/%+@#-]*[\w%])?%?|\s+|.", re.DOTALL)
# Closing punctuation does not begin a line.
_CLOSING = "，。；：！？、）》」』】”’…,.;:!?)]}%"
_MARK = re.compile(r"\[\d+\]")


def colours_shown() -> bool:
    """Whether standard output shows colours."""
    return on_terminal() and not os.environ.get("NO_COLOR")


def mark_sources(text: str) -> str:
    """The text with its marks [n] in colour."""
    if not colours_shown():
        return text
    return _MARK.sub(lambda mark: typer.style(mark[0], fg=typer.colors.CYAN, bold=True), text)


def mark_hits(text: str, terms: tuple[str, ...]) -> str:
    """The text with the words that matched in colour."""
    wanted = sorted({term for term in terms if term.strip()}, key=len, reverse=True)
    if not wanted or not colours_shown():
        return text
    pattern = re.compile("|".join(map(re.escape, wanted)), re.IGNORECASE)
    return pattern.sub(lambda hit: typer.style(hit[0], fg=typer.colors.YELLOW, bold=True), text)


def place_style(text: str) -> str:
    """Where something stands, told apart from what it says."""
    return typer.style(text, fg=typer.colors.BLUE) if colours_shown() else text


def dim(text: str) -> str:
    """What matters less."""
    return typer.style(text, dim=True) if text and colours_shown() else text


def warn_style(text: str) -> str:
    """What people should not overlook."""
    return typer.style(text, fg=typer.colors.YELLOW) if colours_shown() else text


def wrap(text: str, indent: str = "") -> str:
    """The text in lines that fit the terminal, each after the indent; as it is in a pipe."""
    if not on_terminal():
        return "\n".join(indent + one for one in text.split("\n"))
    room = max(min(_columns(), _MOST) - len(indent), _FEWEST)
    return "\n".join(
        indent + row for one in text.split("\n") for row in (_rows(one, room) if one else [""])
    )


def width(text: str) -> int:
    """Columns that a text takes: a Chinese character takes two."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _rows(text: str, room: int) -> list[str]:
    rows, row, used = [], "", 0
    for piece in _split_long(_PIECES.findall(text), room):
        size = width(piece)
        if used + size > room and row and piece not in _CLOSING:
            rows.append(row.rstrip())
            row, used = "", 0
            piece, size = (piece, size) if piece.strip() else ("", 0)
        row, used = row + piece, used + size
    return [*rows, row.rstrip()] if row.strip() or not rows else rows


def _split_long(pieces: list[str], room: int) -> list[str]:
    """The pieces; one that fits no line, such as a long address, is cut all the same."""
    return [
        part
        for piece in pieces
        for part in (piece[at : at + room] for at in range(0, len(piece), room))
    ]


def _columns() -> int:
    try:
        return os.get_terminal_size(1).columns
    except OSError:
        return int(os.environ.get("COLUMNS") or 80)
