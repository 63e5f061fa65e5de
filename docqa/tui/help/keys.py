"""F1: what the focused pane is for, and the keys that work in it."""

from typing import Any

from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from docqa.messages import say
from docqa.tui.base_screens import Dialog
from docqa.tui.keymap import KEYS
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
        own = [active for active in screen.active_bindings.values() if active.binding.id in KEYS]
        order = list(KEYS)
        # What the focused pane can do comes first, what works everywhere last.
        own.sort(key=lambda one: (_reach(one, screen), order.index(one.binding.id or "")))
        for active in own:
            shown = screen.app.get_key_display(active.binding)
            if active.binding.description:
                self._keys.setdefault(active.binding.description, []).append(shown)

    def compose(self) -> ComposeResult:
        """The pane, then its keys."""
        with Scrolled(classes="dialog help") as box:
            box.border_title = say("tui_help.title")
            yield Static(self._text, markup=False)
            for description, keys in self._keys.items():
                line = Content.assemble((f"{' '.join(keys):<24}", "bold $text-accent"), description)
                yield Static(line, classes="key")
            yield Static(say("tui_help.words"), classes="explained", markup=False)


def _reach(active: ActiveBinding, screen: Screen[Any]) -> int:
    """0 for keys of the focused pane, 1 for those of the screen, 2 for those of everywhere."""
    return 2 if active.node is screen.app else int(active.node is screen)
