"""F1: what the focused pane is for, and the keys that work in it."""

from typing import Any

from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from docqa.messages import say
from docqa.tui.base_screens import Dialog
from docqa.tui.scrolling import Scrolled


class HelpDialog(Dialog[None]):
    """Explains the screen it is opened on."""

    ABOUT = "tui_help.help"

    def __init__(self, screen: Screen[Any]) -> None:
        """Look at the screen now: its focus is lost once this opens."""
        super().__init__()
        nodes = [*screen.focused.ancestors_with_self] if screen.focused else [screen]
        texts = [say(node.ABOUT) for node in nodes if hasattr(node, "ABOUT")]
        self._text = texts[0] if texts else say("tui_help.chat")
        self._keys: dict[str, list[str]] = {}
        for active in screen.active_bindings.values():
            shown = screen.app.get_key_display(active.binding)
            if active.binding.description and active.binding.id:
                self._keys.setdefault(active.binding.description, []).append(shown)

    def compose(self) -> ComposeResult:
        """The pane, then its keys."""
        with Scrolled(classes="dialog help") as box:
            box.border_title = say("tui_help.title")
            yield Static(self._text, markup=False)
            for description, keys in self._keys.items():
                line = Content.assemble((f"{' '.join(keys):<24}", "bold $text-accent"), description)
                yield Static(line, classes="key")
