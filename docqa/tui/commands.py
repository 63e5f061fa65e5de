"""What the command palette offers."""

from typing import Any, NamedTuple

from textual.screen import Screen

from docqa.messages import say
from docqa.tui.pickers.pick import Choice

# Its name behind a slash, the message that describes it, and the action that carries it out.
_COMMANDS = (
    ("new", "tui_commands.new_session", "screen.new_session"),
    ("sessions", "tui_commands.sessions", "app.go('sessions')"),
    ("find", "tui_commands.find", "app.go('find')"),
    ("export", "tui_commands.export", "app.go('export')"),
    ("library", "tui_commands.library", "app.go('library')"),
    ("table", "tui_commands.table", "app.go('table')"),
    ("add", "tui_commands.add", "app.go('add')"),
    ("libraries", "tui_commands.libraries", "app.go('libraries')"),
    ("model", "tui_commands.model", "app.go('model')"),
    ("passages", "tui_commands.passages", "app.go('passages')"),
    ("open", "tui_commands.open_mode", "app.open_mode"),
    ("again", "tui_commands.regenerate", "screen.regenerate"),
    ("more", "tui_commands.more_quotes", "screen.more_quotes"),
    ("edit", "tui_commands.edit_last", "screen.edit_last"),
    ("literal", "tui_commands.undo_rewrite", "screen.undo_rewrite"),
    ("copy", "tui_commands.copy_answer", "screen.copy_answer"),
    ("history", "tui_commands.history", "app.go('history')"),
    ("editor", "tui_commands.editor", "screen.editor"),
    ("theme", "tui_commands.theme", "app.go('theme')"),
    ("log", "tui_commands.log", "app.log"),
    ("help", "tui_commands.help", "app.help"),
    ("quit", "tui_commands.quit", "app.quit"),
)


class SlashCommand(NamedTuple):
    """A command as it is typed."""

    name: str
    description: str
    action: str


def find_slash(beginning: str) -> list[SlashCommand]:
    """Commands whose name begins so, then those whose name or description holds it."""
    wanted = beginning.lower()
    known = [SlashCommand(name, say(key), action) for name, key, action in _COMMANDS]
    first = [one for one in known if one.name.startswith(wanted)]
    return first + [
        one for one in known if one not in first and wanted in one.name + one.description.lower()
    ]


def find_action(name: str) -> str:
    """What carries out the command of this name."""
    return next(action for known, _, action in _COMMANDS if known == name)


def choices(screen: Screen[Any]) -> list[Choice]:
    """What can be done on this screen: each action by its worded name, with its key."""
    keys = {
        one.binding.action: screen.app.get_key_display(one.binding)
        for one in reversed(screen.active_bindings.values())
    }
    return [
        Choice(action, say(key), keys.get(action) or keys.get(action.partition(".")[2], ""))
        for _, key, action in _COMMANDS
        if action.startswith("app.") or hasattr(screen, f"action_{action.partition('.')[2]}")
    ]
