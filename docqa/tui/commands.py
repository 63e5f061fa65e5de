"""What the command palette offers."""

from typing import Any

from textual.screen import Screen

from docqa.messages import say
from docqa.tui.pickers.pick import Choice

# Message of the command, and the action that carries it out.
_COMMANDS = (
    ("tui_commands.new_session", "screen.new_session"),
    ("tui_commands.sessions", "app.go('sessions')"),
    ("tui_commands.export", "app.go('export')"),
    ("tui_commands.library", "app.go('library')"),
    ("tui_commands.libraries", "app.go('libraries')"),
    ("tui_commands.model", "app.go('model')"),
    ("tui_commands.passages", "app.go('passages')"),
    ("tui_commands.open_mode", "screen.open_mode"),
    ("tui_commands.regenerate", "screen.regenerate"),
    ("tui_commands.edit_last", "screen.edit_last"),
    ("tui_commands.undo_rewrite", "screen.undo_rewrite"),
    ("tui_commands.copy_answer", "screen.copy_answer"),
    ("tui_commands.history", "app.go('history')"),
    ("tui_commands.editor", "screen.editor"),
    ("tui_commands.theme", "app.go('theme')"),
    ("tui_commands.log", "app.log"),
    ("tui_commands.help", "app.help"),
    ("tui_commands.quit", "app.quit"),
)


def choices(screen: Screen[Any]) -> list[Choice]:
    """What can be done on this screen: each action by its worded name, with its key."""
    keys = {
        one.binding.action: screen.app.get_key_display(one.binding)
        for one in reversed(screen.active_bindings.values())
    }
    return [
        Choice(action, say(key), keys.get(action) or keys.get(action.partition(".")[2], ""))
        for key, action in _COMMANDS
        if action.startswith("app.") or hasattr(screen, f"action_{action.partition('.')[2]}")
    ]
