"""Adding files and folders: typed, pasted, dropped, or picked from a tree."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import DirectoryTree, Input, Static

from docqa.messages import say
from docqa.tui.base_screens import Dialog
from docqa.tui.keymap import bind
from docqa.tui.library.path import PathSuggester, exists, typed_paths
from docqa.tui.text import shorten

if TYPE_CHECKING:
    from docqa.tui.app import DocqaApp

_LONGEST_PATH = 100


class AddDialog(Dialog[list[Path] | None]):
    """Returns the paths; the line can be typed in, the tree picked from."""

    ABOUT = "tui_help.add"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("complete", "complete", priority=True),
        bind("pick", "pick", show=True),
    ]

    def compose(self) -> ComposeResult:
        """The line, what to know about it, and the tree of the folder docqa was started in."""
        with Vertical(classes="dialog add") as box:
            box.border_title = say("tui_library.add")
            yield Input(f"{Path.cwd()}/", suggester=PathSuggester(), id="add-line")
            yield Static(say("tui_library.add_hint"), classes="note", markup=False)
            yield DirectoryTree(Path.cwd(), id="add-tree")

    def action_complete(self) -> None:
        """In the line, take the suggestion; where there is none, go on to the tree."""
        line = self.query_one(Input)
        before = line.value
        line.action_cursor_right() if line.has_focus else None
        if line.value == before:
            (self.query_one(DirectoryTree) if line.has_focus else line).focus()

    def action_pick(self) -> None:
        """Add what the tree's highlight stands on to the line."""
        node = self.query_one(DirectoryTree).cursor_node
        if node and node.data:
            self._put(node.data.path)

    @on(DirectoryTree.FileSelected)
    def _take_file(self, event: DirectoryTree.FileSelected) -> None:
        self._put(event.path)

    @on(Input.Submitted)
    def _take_paths(self, event: Input.Submitted) -> None:
        paths = typed_paths(event.value)
        missing = [path for path in paths if not exists(path)]
        if missing:
            path = shorten(str(missing[0]), _LONGEST_PATH)
            self.query_one(".note", Static).update(say("tui_library.no_path", path=path))
        elif paths:
            self.dismiss(paths)

    def _put(self, path: Path) -> None:
        """Put a path into the line: the first takes the place of what stood there."""
        line = self.query_one(Input)
        typed = line.value.strip()
        first = not typed or typed == f"{Path.cwd()}/"
        word = shlex.quote(str(path))
        line.value = word if first else f"{typed} {word}"
        line.cursor_position = len(line.value)


def ask_files(app: "DocqaApp") -> None:
    """Ask for files and folders, and read them."""
    app.push_screen(AddDialog(), lambda paths: app.ingest(paths) if paths else None)
