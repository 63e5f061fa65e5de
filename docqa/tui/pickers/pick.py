"""A list with a filter, from which one thing is picked."""

from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from docqa.clean import one_line
from docqa.messages import say
from docqa.terms import fold
from docqa.tui.base_screens import Dialog
from docqa.tui.text import shorten

# Questions asked before may be pages long.
_LONGEST = 160
_AROUND, _LONGEST_LINE = 20, 70


class Choice(Struct, frozen=True):
    """One line of the list; `detail` stands behind its name."""

    id: str
    name: str
    detail: str = ""
    possible: bool = True
    text: str = ""
    """Searched as well; the line that matches is shown."""


class Picker(Dialog[str | None]):
    """Returns the id of the choice, or None."""

    ABOUT = "tui_help.picker"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("pageup", "move(-10)", show=False),
    ]

    def __init__(self, title: str, choices: Sequence[Choice], current: str | None = None) -> None:
        """Offer these choices, beginning at the current one."""
        super().__init__()
        self._title, self._choices, self._current = title, choices, current

    def compose(self) -> ComposeResult:
        """The filter and the list."""
        with Vertical(classes="dialog picker") as box:
            box.border_title = self._title
            yield Input(placeholder=say("tui.filter"))
            options = OptionList(markup=False)
            options.can_focus = False
            yield options
            yield Static(say("tui.no_match"), classes="note", markup=False)

    def on_mount(self) -> None:
        """Show everything."""
        self._offer("")
        ids = [choice.id for choice in self._choices]
        if self._current in ids:
            self.query_one(OptionList).highlighted = ids.index(self._current)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what matches."""
        self._offer(event.value)

    def on_input_submitted(self) -> None:
        """Pick what is highlighted."""
        option = self.query_one(OptionList).highlighted_option
        if option and not option.disabled:
            self.dismiss(option.id)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Pick what was clicked."""
        self.dismiss(event.option.id)

    def action_move(self, step: int) -> None:
        """Move the highlight."""
        options = self.query_one(OptionList)
        if options.option_count:
            place = (options.highlighted or 0) + step
            options.highlighted = max(0, min(place, options.option_count - 1))

    def _offer(self, typed: str) -> None:
        wanted = fold(typed).split()
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(
            Option(_words(choice, wanted), id=choice.id, disabled=not choice.possible)
            for choice in self._choices
            if _holds(fold(f"{choice.name} {choice.detail} {choice.text}"), wanted)
        )
        self.query_one(".note").display = not options.option_count
        if options.option_count:
            options.highlighted = 0


def _holds(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)


def _words(choice: Choice, wanted: Sequence[str]) -> Content:
    words = Content.assemble(
        (shorten(one_line(choice.name), _LONGEST), "bold"), "  ", one_line(choice.detail)
    )
    line = matching_line(choice.text, wanted) if wanted else ""
    return Content.assemble(words, "\n    ", (line, "$text-muted")) if line else words


def matching_line(text: str, wanted: Sequence[str]) -> str:
    """The line of a text in which the first of these folded words stands, around it."""
    for line in text.splitlines():
        place = min((found for one in wanted if (found := fold(line).find(one)) >= 0), default=-1)
        if place >= 0:
            start = max(0, place - _AROUND)
            return ("…" if start else "") + one_line(line[start : start + _LONGEST_LINE])
    return ""
