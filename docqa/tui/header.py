"""The line at the top: what is asked, and by what it is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

import docqa
from docqa.clean import one_line
from docqa.messages import say
from docqa.tui.text import shorten

if TYPE_CHECKING:
    from docqa.tui.app import DocqaApp

_LONGEST = 28


class Header(Widget):
    """Name, library and title on the left, the version on the right."""

    can_focus = False
    title: reactive[str] = reactive("")
    """What the screen shows: a conversation, a document."""

    def __init__(self, title: str = "") -> None:
        """Begin with the title of a screen."""
        super().__init__()
        self.set_reactive(Header.title, title)

    def on_mount(self) -> None:
        """Follow the library in use."""
        self.watch(self.app, "status", self._repaint, init=False)

    def render(self) -> RenderResult:
        """As much as the width allows, the name and the library first."""
        app = cast("DocqaApp", self.app)
        line = Content.assemble(
            ("◆ docqa", "bold $text-accent"),
            "  ",
            (shorten(one_line(app.library_name), _LONGEST), "bold"),
        )
        if app.status:
            line += Content.styled(
                f"  {say('tui_status.documents', count=f'{app.status.documents:,}')}",
                "$text-muted",
            )
        right = Content.styled(docqa.__version__, "$text-muted")
        width = self.content_size.width
        room = width - line.cell_length - right.cell_length - 6
        if self.title and room > _LONGEST // 2:
            line += Content.assemble("  │  ", shorten(one_line(self.title), room))
        gap = max(1, width - line.cell_length - right.cell_length)
        return Content.assemble(line, " " * gap, right)

    def _repaint(self) -> None:
        self.refresh()
