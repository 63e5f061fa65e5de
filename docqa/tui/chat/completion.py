"""The list of documents that opens above the prompt behind an `@`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from docqa.clean import one_line
from docqa.tui.text import shorten

if TYPE_CHECKING:
    from docqa.types import DocumentInfo

_SHOWN, _LONGEST = 50, 36
# No path begins so.
_COMMAND = "\0command "


class Completion(OptionList, can_focus=False):
    """Documents whose name holds what was typed; the prompt moves its highlight."""

    def __init__(self) -> None:
        """Begin hidden and empty."""
        super().__init__(id="completion", markup=False)
        self._documents: list[tuple[str, str, str]] = []
        self.display = False

    def use(self, documents: Sequence[DocumentInfo]) -> None:
        """Complete the names of these documents from now on."""
        # Imported here: not needed for the first paint (saves 15 ms).
        from docqa.terms import fold

        self._documents = [
            (fold(f"{PurePath(one.path).name} {one.title or ''}"), one.path, one.title or "")
            for one in documents
            if one.passages
        ]

    def offer(self, beginning: str | None) -> bool:
        """Open with the matches, or close where there are none; tell whether it is open."""
        self.clear_options()
        if beginning is not None:
            from docqa.terms import fold

            wanted = fold(beginning)
            matches = [one for one in self._documents if wanted in one[0]]
            matches.sort(key=lambda one: (one[0].find(wanted), one[0]))
            self.add_options(Option(_words(p, t), id=p) for _, p, t in matches[:_SHOWN])
        self.display = self.option_count > 0
        if self.display:
            self.highlighted = 0
        return self.display

    def offer_commands(self, beginning: str) -> bool:
        """Open with the commands that match; tell whether there are any."""
        # Imported here: not needed for the first paint.
        from docqa.tui.commands import find_slash

        self.clear_options()
        self.add_options(
            Option(
                Content.assemble((f"/{one.name:<12}", "bold"), one.description),
                id=_COMMAND + one.name,
            )
            for one in find_slash(beginning)
        )
        self.display = self.option_count > 0
        if self.display:
            self.highlighted = 0
        return self.display

    @staticmethod
    def command_of(picked: str) -> str | None:
        """The command that a picked line stands for; None where it stands for a document."""
        return picked.removeprefix(_COMMAND) if picked.startswith(_COMMAND) else None

    def move(self, step: int) -> None:
        """Move the highlight."""
        if step < 0:
            self.action_cursor_up()
        else:
            self.action_cursor_down()

    def match(self, part: str) -> list[str]:
        """Paths of the documents whose name or title holds this."""
        from docqa.terms import fold

        wanted = fold(part)
        return [path for folded, path, _ in self._documents if wanted in folded]

    @property
    def picked(self) -> str | None:
        """The path of the highlighted document."""
        option = self.highlighted_option
        return option.id if option else None


def _words(path: str, title: str) -> Content:
    name = PurePath(path).name
    rest = one_line(title) if title and title != PurePath(path).stem else str(PurePath(path).parent)
    return Content.assemble(
        (shorten(one_line(name), _LONGEST), "bold"),
        "  ",
        shorten(one_line(rest), _LONGEST),
    )
