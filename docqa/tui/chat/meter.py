"""How the model's window is shared out: system, history, passages, answer reserve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from docqa.messages import say

if TYPE_CHECKING:
    from docqa.types import Budget

# Each part has a shape of its own, for eyes and terminals without colours.
_PARTS = (
    ("tui_chat.meter_system", "system", "█", "$text-primary"),
    ("tui_chat.meter_history", "history", "▓", "$text-secondary"),
    ("tui_chat.meter_passages", "passages", "▒", "$text-success"),
    ("tui_chat.meter_question", "question", "▪", "$text-accent"),
    ("tui_chat.meter_reserve", "reserve", "░", "$text-warning"),
)
_LEAST_BAR, _MOST_BAR = 8, 30


class ContextMeter(Widget):
    """One line; hidden for engines without a window."""

    budget: reactive[Budget | None] = reactive(None)

    def __init__(self) -> None:
        """Begin hidden."""
        super().__init__(id="meter")

    def watch_budget(self, budget: Budget | None) -> None:
        """Show the line where there is a window to share out."""
        self.display = bool(budget and budget.window)

    def render(self) -> RenderResult:
        """A bar and the numbers, as many as the width allows."""
        if self.budget is None:
            return Content("")
        return meter(self.budget, self.size.width)


def meter(budget: Budget, width: int) -> Content:
    """The line for a window shared out like this."""
    fitted = ""
    if budget.found:
        fitted = say("tui_chat.meter_fitted", fitted=budget.fitted, found=budget.found)
        if budget.fitted < budget.found:
            fitted += " " + say("tui_chat.meter_left_out", count=budget.found - budget.fitted)
    used = sum(getattr(budget, name) for _, name, _, _ in _PARTS)
    total = say("tui_chat.meter_total", used=f"{used:,}", window=f"{budget.window:,}")
    room = max(_LEAST_BAR, min(_MOST_BAR, width // 4))
    parts = [(f"{total} ", "")]
    filled = 0
    for _, name, shape, colour in _PARTS:
        cells = round(room * getattr(budget, name) / budget.window)
        cells = min(max(cells, 1 if getattr(budget, name) else 0), room - filled)
        parts.append((shape * cells, colour))
        filled += cells
    parts.append(("·" * (room - filled), "dim"))
    line = Content.assemble(*parts)
    for text, colour in [(fitted, ""), *_labels(budget)]:
        longer = Content.assemble(line, "  ", (text, colour))
        if text and longer.cell_length <= width:
            line = longer
    return line


def _labels(budget: Budget) -> list[tuple[str, str]]:
    return [
        (f"{shape} {say(key)} {getattr(budget, name):,}", colour)
        for key, name, shape, colour in _PARTS
        if getattr(budget, name)
    ]
