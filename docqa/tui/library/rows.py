"""How a document stands in the library's table: its words, its order, what a filter finds in it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import PurePath

from rich.text import Text

from docqa.clean import one_line
from docqa.messages import messages, say
from docqa.page_words import length_words
from docqa.terms import fold
from docqa.tui.text import shorten
from docqa.types import DocumentInfo

_LONGEST_PATH, _LONGEST_TITLE = 100, 40
_READ = ("added", "updated", "unchanged", "read")
_STATE = {
    **dict.fromkeys(_READ, ("●", "green", "tui_library.status_read")),
    "partial": ("◐", "yellow", "tui_library.status_partial"),
    "failed": ("✗", "red", "tui_library.status_failed"),
    "skipped": ("○", "dim", "tui_library.status_skipped"),
}
COLUMNS: Mapping[str, Callable[[DocumentInfo], tuple[object, ...]]] = {
    "tui_library.column_document": lambda one: (fold(PurePath(one.path).name),),
    "tui_library.column_kind": lambda one: (kind_of(one), fold(PurePath(one.path).name)),
    "tui_library.column_status": lambda one: (one.status in _READ, fold(PurePath(one.path).name)),
    "tui_library.column_length": lambda one: (-one.pages,),
    "tui_library.column_characters": lambda one: (-one.characters,),
    "tui_library.column_date": lambda one: (-one.updated,),
    "tui_library.column_problem": lambda one: (not reason_words(one), fold(one.path)),
}
"""Each column, by the message of its title, with what its rows are ordered by."""


def kind_of(known: DocumentInfo) -> str:
    """The kind of a file, as its name says it."""
    return PurePath(known.path).suffix.lstrip(".").lower()


def status_words(known: DocumentInfo) -> str:
    """How well a document was read."""
    state = _STATE.get(known.status)
    return say(state[2]) if state else known.status


def reason_words(known: DocumentInfo) -> str:
    """Why a document could not be (wholly) read; empty where it was."""
    if known.reason is None:
        if known.unreadable_pages:
            count = len(known.unreadable_pages)
            return say("tui_library.pages_missing", count=count, pages=known.pages)
        return ""
    area, _, name = known.reason.rpartition(".")
    area = area or "ingest"
    return say(f"{area}.{name}", **known.facts) if name in messages(area) else known.reason


def matches(known: DocumentInfo, wanted: str) -> bool:
    """Whether every folded word is in a document's path, title, kind, date or state."""
    text = f"{known.location or known.path} {known.title or ''} .{kind_of(known)} {_date(known)} "
    text = fold(f"{text}{status_words(known)} {reason_words(known)}")
    return all(word in text for word in wanted.split())


def row_of(known: DocumentInfo, name: str, room: int) -> tuple[Text, ...]:
    """One row, its name in so many cells."""
    mark, colour, _ = _STATE.get(known.status, ("·", "dim", ""))
    return (
        Text(shorten(one_line(name), room)),
        Text(kind_of(known), style="dim"),
        Text.assemble((f"{mark} ", colour), status_words(known)),
        Text(length_words(known.path, known.pages), justify="right"),
        Text(f"{known.characters:,}", justify="right"),
        Text(_date(known)[:10], style="dim"),
        Text(one_line(reason_words(known)), style=colour),
    )


def describe(known: DocumentInfo) -> str:
    """What is known of a document, in a few lines."""
    lines = [shorten(one_line(known.location or known.path), _LONGEST_PATH)]
    if known.title:
        lines[0] += f"  《{shorten(one_line(known.title), _LONGEST_TITLE)}》"
    facts = [status_words(known)]
    if known.passages:
        facts.append(say("tui_library.passages", count=f"{known.passages:,}"))
    if known.encoding:
        facts.append(say("tui_library.encoding", name=known.encoding))
    if known.unreadable_pages:
        pages = ", ".join(map(str, known.unreadable_pages[:20]))
        facts.append(say("tui_library.unreadable", pages=pages))
    if known.updated:
        facts.append(say("tui_library.read_at", when=_date(known)))
    lines.append(" · ".join(facts))
    if problem := reason_words(known):
        lines.append(problem)
    return "\n".join(lines)


def _date(known: DocumentInfo) -> str:
    if not known.updated:
        return ""
    return f"{datetime.fromtimestamp(known.updated).astimezone():%Y-%m-%d %H:%M}"
