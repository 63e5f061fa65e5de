"""The keys that work now, in the last line."""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.app import RenderResult
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget


class ShownKey(NamedTuple):
    """A key of the bar, and the cells that it takes."""

    key: str
    label: str
    description: str
    start: int
    end: int


class KeyBar(Widget):
    """As many keys as fit whole, the focused pane's first; the last one explains them all.

    One widget that paints a line: with one widget a key, as in Textual's footer, the first paint
    would take longer.
    """

    can_focus = False
    ALLOW_SELECT = False

    pointed: reactive[str] = reactive("")
    """The key under the mouse."""

    def on_mount(self) -> None:
        """Follow the keys that work."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow_keys)

    def render(self) -> RenderResult:
        """Each key and what it does."""
        return Content(" ").join(self._paint_key(key) for key in self.shown_keys())

    def shown_keys(self) -> list[ShownKey]:
        """The keys that there is room for, from left to right."""
        wanted: dict[str, Binding] = {}
        for active in self.screen.active_bindings.values():
            if active.binding.show:
                wanted.setdefault(active.binding.action, active.binding)
        # The last one stays, whatever the others take.
        bindings = sorted(wanted.values(), key=lambda one: one.action.endswith("help"))
        labels = [self.app.get_key_display(one) for one in bindings]
        widths = [
            cell_len(f"{label} {one.description} ")
            for label, one in zip(labels, bindings, strict=True)
        ]
        room = self.size.width - sum(widths[-1:])
        shown: list[ShownKey] = []
        start = 0
        for at, (binding, label, width) in enumerate(zip(bindings, labels, widths, strict=True), 1):
            if at < len(bindings):
                room -= width
            if room >= 0 or at == len(bindings):
                end = start + width
                shown.append(ShownKey(binding.key, label, binding.description, start, end - 1))
                start = end
        return shown

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Press the key that was clicked."""
        if key := self._find_key(event.x):
            self.app.simulate_key(key)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show that a key can be clicked."""
        self.pointed = self._find_key(event.x)

    def on_leave(self) -> None:
        """No key is pointed at any more."""
        self.pointed = ""

    def _find_key(self, x: int) -> str:
        return next((one.key for one in self.shown_keys() if one.start <= x < one.end), "")

    def _paint_key(self, key: ShownKey) -> Content:
        ground = " on $block-hover-background" if key.key == self.pointed else ""
        return Content.assemble(
            (key.label, f"bold $footer-key-foreground{ground}"),
            (f" {key.description}", f"$footer-description-foreground{ground}"),
        )

    def _follow_keys(self, screen: Screen[object]) -> None:
        if screen is self.screen:
            self.refresh()
