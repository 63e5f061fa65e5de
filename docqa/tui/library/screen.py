"""What the library holds: documents, how they were read, and what could not be."""

from datetime import datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import DataTable, Input, Static

from docqa.clean import one_line
from docqa.messages import say
from docqa.terms import fold
from docqa.tui.keybar import KeyBar
from docqa.tui.keymap import bind
from docqa.tui.library.path import PathSuggester, exists, typed_path
from docqa.tui.library.wording import reason_words, status_words
from docqa.tui.list_screen import ListScreen
from docqa.tui.pickers.line import LineDialog
from docqa.tui.pickers.yes import YesDialog
from docqa.tui.shorten import shortened
from docqa.tui.status import StatusBar
from docqa.types import DocumentInfo, IngestStep

if TYPE_CHECKING:
    from docqa.engine import Engine

# What is left of the width beside a name: the other columns, some of the problem.
_LEAST_NAME, _OTHER_COLUMNS = 20, 56
_LONGEST_PATH, _LONGEST_TITLE = 100, 40
_MOST = 2_000
_COLUMNS = (
    "tui_library.column_document",
    "tui_library.column_status",
    "tui_library.column_pages",
    "tui_library.column_passages",
    "tui_library.column_characters",
    "tui_library.column_problem",
)


class LibraryScreen(ListScreen):
    """A table of documents that follows an ingest while it runs."""

    ABOUT = "tui_help.library"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("add", "add", show=True),
        bind("reread", "reread", show=True),
        bind("delete", "remove", show=True),
        bind("stop_ingest", "stop_ingest", show=True),
    ]

    def __init__(self, engine: "Engine") -> None:
        """List the documents of the engine's library."""
        super().__init__()
        self._engine = engine
        self._documents: list[DocumentInfo] = []
        self._shown: list[DocumentInfo] = []

    def compose(self) -> ComposeResult:
        """Filter, table, and what is known of the highlighted document."""
        yield Input(placeholder=say("tui_library.search"), id="search")
        yield Static(say("tui_library.none"), id="none", markup=False)
        table: DataTable[Text] = DataTable(id="rows", cursor_type="row", zebra_stripes=True)
        yield table
        yield Static("", id="document", markup=False)
        yield StatusBar()
        yield KeyBar()

    def on_mount(self) -> None:
        """Show all documents, and follow an ingest."""
        self.query_one("#none").display = False
        self.table.focus()
        self.watch(self.app, "ingest_step", self._stepped, init=False)
        self._list()

    def on_resize(self) -> None:
        """Give names the room they now have."""
        self._fill()

    @property
    def table(self) -> "DataTable[Text]":
        """The documents."""
        return self.query_one(DataTable)

    @property
    def selected(self) -> DocumentInfo | None:
        """The highlighted document."""
        place = self.table.cursor_row
        return self._shown[place] if 0 <= place < len(self._shown) else None

    @on(Input.Changed)
    def _narrow(self) -> None:
        self._fill()

    @on(DataTable.RowHighlighted)
    def _describe(self) -> None:
        known = self.selected
        self.query_one("#document", Static).update(_description(known) if known else "")

    def action_add(self) -> None:
        """Ask for a file or folder, and read it."""
        self.app.push_screen(
            LineDialog(
                say("tui_library.add"),
                f"{Path.cwd()}/",
                hint=say("tui_library.add_hint"),
                suggester=PathSuggester(),
                refuse=_missing,
            ),
            lambda path: self.docqa.ingest([typed_path(path)]) if path else None,
        )

    def action_reread(self) -> None:
        """Read the highlighted document again."""
        if known := self.selected:
            self.docqa.background(lambda: self._file(known), lambda file: self.docqa.ingest([file]))

    def action_stop_ingest(self) -> None:
        """Stop the ingest under way; what is read stays."""
        if self.docqa.ingest_stop:
            self.docqa.ingest_stop.set()

    def action_remove(self) -> None:
        """Take the highlighted document out, once that is confirmed."""
        if known := self.selected:

            def remove(sure: bool | None) -> None:
                if sure:
                    self.docqa.background(
                        lambda: self._engine.remove(known.path), lambda _: self._removed()
                    )

            name = shortened(one_line(PurePath(known.path).name), _LONGEST_TITLE)
            self.app.push_screen(YesDialog(say("tui_library.remove", name=name)), remove)

    def _file(self, known: DocumentInfo) -> Path:
        # A path is kept as it was given, which may have been from another folder.
        file = self._engine.file_of(known.path) if known.passages else None
        return file or Path(known.path)

    def _removed(self) -> None:
        self._list()
        self.docqa.refresh_status()
        self.docqa.chat.learn_documents()

    def _stepped(self, step: IngestStep | None) -> None:
        # Each finished file while the library is small; of a large one, only the end.
        if step is None or len(self._documents) < _MOST:
            self._list()

    def _list(self) -> None:
        self.docqa.background(self.docqa.documents, self._listed)

    def _listed(self, documents: list[DocumentInfo]) -> None:
        if self.is_attached and documents != self._documents:
            self._documents = documents
            self._fill()
        self.query_one("#none").display = not documents

    def _fill(self) -> None:
        wanted = fold(self.query_one(Input).value)
        place = self.table.cursor_row
        self._shown = [one for one in self._documents if wanted in fold(one.path)][:_MOST]
        # With its columns: they would stay as wide as the widest name so far.
        self.table.clear(columns=True)
        self.table.add_columns(*(say(key) for key in _COLUMNS))
        room = max(_LEAST_NAME, self.size.width - _OTHER_COLUMNS)
        self.table.add_rows(_row(one, room) for one in self._shown)
        self.table.move_cursor(row=min(place, len(self._shown) - 1))
        self._describe()


def _missing(path: str) -> str:
    if exists(typed_path(path)):
        return ""
    return say("tui_library.no_path", path=shortened(path, _LONGEST_PATH))


def _row(known: DocumentInfo, room: int) -> tuple[Text, ...]:
    problem = reason_words(known)
    return (
        Text(shortened(one_line(PurePath(known.path).name), room)),
        Text(status_words(known)),
        Text(str(known.pages or ""), justify="right"),
        Text(f"{known.passages:,}", justify="right"),
        Text(f"{known.characters:,}", justify="right"),
        Text(one_line(problem), style="bold"),
    )


def _description(known: DocumentInfo) -> str:
    lines = [shortened(one_line(known.path), _LONGEST_PATH)]
    if known.title:
        lines[0] += f"  《{shortened(one_line(known.title), _LONGEST_TITLE)}》"
    facts = [status_words(known)]
    if known.encoding:
        facts.append(say("tui_library.encoding", name=known.encoding))
    if known.unreadable_pages:
        pages = ", ".join(map(str, known.unreadable_pages[:20]))
        facts.append(say("tui_library.unreadable", pages=pages))
    if known.updated:
        when = datetime.fromtimestamp(known.updated).astimezone()
        facts.append(say("tui_library.read_at", when=f"{when:%Y-%m-%d %H:%M}"))
    lines.append(" · ".join(facts))
    if problem := reason_words(known):
        lines.append(problem)
    return "\n".join(lines)
