"""Keys: every action has an id, by which the settings file can move it."""

import dataclasses
import difflib
from collections.abc import Mapping
from typing import NamedTuple

from textual.binding import ActiveBinding, Binding

from docqa.messages import say


class Key(NamedTuple):
    """The default keys of an action and the message that describes it."""

    keys: str
    description: str


KEYS: Mapping[str, Key] = {
    # Everywhere
    "quit": Key("ctrl+q", "tui_keys.quit"),
    "palette": Key("ctrl+p", "tui_keys.palette"),
    "help": Key("f1", "tui_keys.help"),
    "log": Key("ctrl+l", "tui_keys.log"),
    "close": Key("escape,q", "tui_keys.close"),
    # The chat
    "stop": Key("escape", "tui_keys.stop"),
    "cancel": Key("escape", "tui_keys.cancel"),
    "interrupt": Key("ctrl+c", "tui_keys.interrupt"),
    "sessions": Key("f2", "tui_keys.sessions"),
    "library": Key("f3", "tui_keys.library"),
    "editor": Key("f4", "tui_keys.editor"),
    "regenerate": Key("f5", "tui_keys.regenerate"),
    "edit_last": Key("f6", "tui_keys.edit_last"),
    "more_quotes": Key("ctrl+o", "tui_keys.more_quotes"),
    "undo_rewrite": Key("f7", "tui_keys.undo_rewrite"),
    "open_mode": Key("f8", "tui_keys.open_mode"),
    "model": Key("f9", "tui_keys.model"),
    "new_session": Key("ctrl+n", "tui_keys.new_session"),
    "history": Key("ctrl+r", "tui_keys.history"),
    "sources": Key("ctrl+s", "tui_keys.sources"),
    # The prompt
    "send": Key("enter", "tui_keys.send"),
    "newline": Key("shift+enter,ctrl+j,alt+enter", "tui_keys.newline"),
    # Lists, answers and documents
    "down": Key("j", "tui_keys.down"),
    "up": Key("k", "tui_keys.up"),
    "first": Key("g", "tui_keys.first"),
    "last": Key("G", "tui_keys.last"),
    "half_page_down": Key("ctrl+d", "tui_keys.half_page_down"),
    "half_page_up": Key("ctrl+u", "tui_keys.half_page_up"),
    "page_down": Key("space", "tui_keys.page_down"),
    "copy": Key("y", "tui_keys.copy"),
    "why": Key("w", "tui_keys.why"),
    "pager": Key("o", "tui_keys.pager"),
    "open": Key("enter", "tui_keys.open"),
    # Answers
    "previous_answer": Key("[", "tui_keys.previous_answer"),
    "next_answer": Key("]", "tui_keys.next_answer"),
    "copy_code": Key("c", "tui_keys.copy_code"),
    # Dialogs
    "yes": Key("y,enter", "tui_keys.yes"),
    "no": Key("n", "tui_keys.no"),
    "complete": Key("tab", "tui_keys.complete"),
    # The reader
    "find": Key("/", "tui_keys.find"),
    "next_match": Key("n", "tui_keys.next_match"),
    "previous_match": Key("N", "tui_keys.previous_match"),
    "next_quote": Key("]", "tui_keys.next_quote"),
    "previous_quote": Key("[", "tui_keys.previous_quote"),
    "outline": Key("t", "tui_keys.outline"),
    "go_to_page": Key("p", "tui_keys.go_to_page"),
    "ask_about": Key("a", "tui_keys.ask_about"),
    "viewer": Key("v", "tui_keys.viewer"),
    # Sessions and the library
    "rename": Key("r", "tui_keys.rename"),
    "delete": Key("d", "tui_keys.delete"),
    "undo_delete": Key("u", "tui_keys.undo_delete"),
    "export": Key("e", "tui_keys.export"),
    "add": Key("a", "tui_keys.add"),
    "reread": Key("r", "tui_keys.reread"),
    "only_this": Key("space", "tui_keys.only_this"),
    "summarise": Key("s", "tui_keys.summarise"),
    "sort": Key("t", "tui_keys.sort"),
    "problems": Key("p", "tui_keys.problems"),
    "pick": Key("ctrl+t", "tui_keys.pick"),
    "stop_ingest": Key("x", "tui_keys.stop_ingest"),
    # The table
    "stop_rows": Key("x", "tui_keys.stop_rows"),
    "add_column": Key("a", "tui_keys.add_column"),
    "fields": Key("f,/", "tui_keys.fields"),
    "search_list": Key("/", "tui_keys.search_list"),
}


def bind(name: str, action: str, *, show: bool = False, priority: bool = False) -> Binding:
    """The binding of a known action id."""
    key = KEYS[name]
    return Binding(key.keys, action, key.description, show=show, priority=priority, id=name)


def describe_bindings(bindings: dict[str, ActiveBinding]) -> dict[str, ActiveBinding]:
    """The same bindings, docqa's own described in the language in use."""
    return {key: _describe_binding(active) for key, active in bindings.items()}


def unknown_keys(keys: Mapping[str, str]) -> dict[str, str]:
    """Action ids of a settings file that do not exist, each with the nearest that does."""
    return {
        name: difflib.get_close_matches(name, KEYS, n=1, cutoff=0.0)[0]
        for name in keys
        if name not in KEYS
    }


def _describe_binding(active: ActiveBinding) -> ActiveBinding:
    description = active.binding.description
    if not description.startswith("tui_keys."):
        return active
    return active._replace(
        binding=dataclasses.replace(active.binding, description=say(description))
    )
