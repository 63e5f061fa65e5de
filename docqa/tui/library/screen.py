"""What the library holds: documents, how they were read, and what could not be."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import DataTable, Input, Static

from docqa.clean import one_line
from docqa.messages import say
from docqa.terms import fold
from docqa.tui.keymap import bind
from docqa.tui.library.add import ask_files
from docqa.tui.library.rows import COLUMNS, describe, matches, row_of
from docqa.tui.list_screen import ListScreen, compose_table
from docqa.tui.pickers.yes import YesDialog
from docqa.tui.text import shorten, tell_apart
from docqa.types import DocumentInfo, IngestStep

if TYPE_CHECKING:
    from docqa.engine import Engine

_LEAST_NAME = 20
# From so many cells on, so many columns, which take so many cells beside the name. What has no
# column is told of the highlighted document.
_LAYOUTS = ((101, 7, 66), (73, 6, 54), (0, 4, 34))
_LONGEST_TITLE = 40
_MOST = 2_000


class LibraryScreen(ListScreen):
    """A table of documents that follows an ingest while it runs."""

    ABOUT = "tui_help.library"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("open", "open", show=True),
        bind("only_this", "only_this", show=True),
        bind("summarise", "summarise", show=True),
        bind("add", "add", show=True),
        bind("reread", "reread", show=True),
        bind("delete", "remove", show=True),
        bind("undo_delete", "restore", show=True),
        bind("sort", "sort", show=True),
        bind("problems", "problems"),
        bind("stop_ingest", "stop_ingest"),
    ]

    def __init__(self, engine: "Engine") -> None:
        """List the documents of the engine's library."""
        super().__init__()
        self._engine = engine
        self._documents: list[DocumentInfo] = []
        self._names: dict[str, str] = {}
        self._shown: list[DocumentInfo] = []
        self._order = next(iter(COLUMNS))
        self._problems = False
        self._undo: list[Path] = []

    def compose(self) -> ComposeResult:
        """Filter, table, and what is known of the highlighted document."""
        yield from compose_table(
            say("tui_keys.library"), say("tui_library.search"), say("tui_library.none"), "row"
        )

    def on_mount(self) -> None:
        """Show all documents, and follow an ingest."""
        self.query_one("#none").display = False
        self.table.focus()
        self.watch(self.app, "ingest_step", self._follow_step, init=False)
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
        self.query_one("#document", Static).update(describe(known) if known else "")

    @on(DataTable.RowSelected)
    def action_open(self) -> None:
        """Read the highlighted document from its beginning."""
        if known := self._readable():
            from docqa.tui.reader.screen import ReaderScreen
            from docqa.tui.sources.source import of_document

            self.app.push_screen(ReaderScreen(self._engine, of_document(known)))

    async def action_only_this(self) -> None:
        """Ask only this document from now on."""
        if known := self._readable():
            composer = self.docqa.chat.composer
            composer.documents = [known.path]
            self.dismiss()
            await composer.show_chips()
            composer.prompt.focus()

    async def action_summarise(self) -> None:
        """Have the highlighted document summarised in the chat."""
        if (known := self._readable()) and await self.docqa.chat.summarise(known.path):
            self.dismiss()

    def action_add(self) -> None:
        """Ask for files or folders, and read them."""
        ask_files(self.docqa)

    def action_sort(self) -> None:
        """Order the rows by the next column."""
        names, _ = self._fit_columns()
        place = names.index(self._order) if self._order in names else -1
        self._order = names[(place + 1) % len(names)]
        self._fill()

    @on(DataTable.HeaderSelected)
    def _sort_by_header(self, event: "DataTable.HeaderSelected") -> None:
        self._order = list(COLUMNS)[event.column_index]
        self._fill()

    def action_problems(self) -> None:
        """Show only what could not be read wholly or was skipped; again shows everything."""
        self._problems = not self._problems
        self._fill()

    def action_reread(self) -> None:
        """Read the highlighted document again."""
        if known := self.selected:
            self.docqa.background(lambda: self._file(known), lambda file: self.docqa.ingest([file]))

    def action_restore(self) -> None:
        """Read again what was removed last."""
        if self._undo:
            self.docqa.ingest([self._undo.pop()])
        else:
            self.docqa.tell(say("tui_library.nothing_removed"))

    def action_stop_ingest(self) -> None:
        """Stop the ingest under way; what is read stays."""
        if self.docqa.ingest_stop:
            self.docqa.ingest_stop.set()

    def action_remove(self) -> None:
        """Take the highlighted document out, once that is confirmed."""
        if known := self.selected:

            def take_out() -> Path:
                file = self._file(known)
                self._engine.remove(known.path)
                return file

            def take_answer(sure: bool | None) -> None:
                if sure:
                    self.docqa.background(take_out, self._tell_removed)

            name = shorten(one_line(self._names[known.path]), _LONGEST_TITLE)
            self.app.push_screen(YesDialog(say("tui_library.remove", name=name)), take_answer)

    def _readable(self) -> DocumentInfo | None:
        """The highlighted document, where there is something of it to read."""
        known = self.selected
        if known is None or known.passages:
            return known
        self.docqa.tell(say("tui_library.nothing_to_read"), warn=True)
        return None

    def _file(self, known: DocumentInfo) -> Path:
        # A path is kept as it was given, which may have been from another folder.
        file = self._engine.file_of(known.path) if known.passages else None
        return file or Path(known.location or known.path)

    def _tell_removed(self, file: Path) -> None:
        self._undo.append(file)
        self.docqa.tell(say("tui_library.removed", name=one_line(file.name)))
        self._list()
        self.docqa.refresh_status()
        self.docqa.chat.learn_documents()

    def _follow_step(self, step: IngestStep | None) -> None:
        # Each finished file while the library is small; of a large one, only the end.
        if step is None or len(self._documents) < _MOST:
            self._list()

    def _list(self) -> None:
        self.docqa.background(self.docqa.documents, self._show_documents)

    def _show_documents(self, documents: list[DocumentInfo]) -> None:
        documents = [*self.docqa.skipped_files.values(), *documents]
        if self.is_attached and documents != self._documents:
            self._documents = documents
            self._names = tell_apart(one.path for one in documents)
            self._fill()
        self.query_one("#none").display = not documents

    def _fill(self) -> None:
        wanted = fold(self.query_one(Input).value)
        chosen = self.selected
        found = [one for one in self._documents if matches(one, wanted)]
        if self._problems:
            found = [one for one in found if one.reason or one.unreadable_pages]
        self._shown = sorted(found, key=COLUMNS[self._order])[:_MOST]
        # With its columns: they would stay as wide as the widest name so far.
        self.table.clear(columns=True)
        names, room = self._fit_columns()
        rows = [row_of(one, self._names[one.path], room) for one in self._shown]
        for place, name in enumerate(names):
            title = self._column_title(name)
            # Measured here: Textual does so only after it has painted once.
            width = max((row[place].cell_len for row in rows), default=0)
            self.table.add_column(title, width=max(width, title.cell_len))
        self.table.add_rows(row[: len(names)] for row in rows)
        # What was highlighted stays so, wherever it stands now.
        place = self._shown.index(chosen) if chosen in self._shown else 0
        self.table.move_cursor(row=place)
        self.table.border_subtitle = f"{len(self._shown):,}/{len(self._documents):,}"
        self._describe()

    def _fit_columns(self) -> tuple[list[str], int]:
        """The columns that there is room for, and the cells that are left for the name."""
        width = self.size.width
        count, others = next((count, taken) for least, count, taken in _LAYOUTS if width >= least)
        return list(COLUMNS)[:count], max(_LEAST_NAME, width - others)

    def _column_title(self, name: str) -> Text:
        title = say(name)
        return Text(f"{title} ▾" if name == self._order else title)
