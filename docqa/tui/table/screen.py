"""The same questions to every document, filled row by row; each cell leads to its source."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import DataTable, Input, Static

from docqa.engine.rows.tables import (
    FORMS,
    Cell,
    Column,
    Row,
    TableEngine,
    columns_of,
    write_table,
)
from docqa.errors import DocqaError
from docqa.messages import say
from docqa.tui.base_screens import FullScreen
from docqa.tui.keymap import bind
from docqa.tui.library.path import typed_path
from docqa.tui.list_screen import compose_table
from docqa.tui.navigation import refuse_taken
from docqa.tui.pickers.line import LineDialog
from docqa.tui.pickers.pick import Choice, Picker
from docqa.tui.scrolling import MOVES
from docqa.tui.table.cells import describe, read_fields, row_of

if TYPE_CHECKING:
    from docqa.engine import Engine

# Set by hand: what a name takes of the width at most, and what a value needs at least.
_MOST_NAME, _LEAST_VALUE, _BORDERS = 28, 14, 4


class TableScreen(FullScreen[None]):
    """A line of questions above a table whose rows come as they are finished."""

    ABOUT = "tui_help.table"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("close", "leave", show=True),
        bind("stop_rows", "stop", show=True),
        bind("open", "open", show=True),
        bind("add_column", "choose", show=True),
        bind("fields", "fields", show=True),
        bind("export", "export", show=True),
        *MOVES,
    ]

    def __init__(self, engine: "Engine") -> None:
        """Ask the documents that the chat asks, with its engine."""
        super().__init__()
        self._engine = TableEngine.of(engine)
        self._columns: list[Column] = []
        self._rows: list[Row] = []
        self._total = 0
        self._stop: threading.Event | None = None

    def compose(self) -> ComposeResult:
        """Questions, table, and what is known of the highlighted cell."""
        yield from compose_table(
            say("tui_keys.table"), say("tui_table.fields"), say("tui_table.none"), "cell"
        )

    def on_mount(self) -> None:
        """Begin in the line of questions."""
        self.table.fixed_columns = 1
        self.query_one(Input).focus()
        self._show_none()

    def on_unmount(self) -> None:
        """Ask no further document; what is finished is kept."""
        self.action_stop()

    def on_resize(self) -> None:
        """Give values the room they now have."""
        self._fill()

    @property
    def table(self) -> "DataTable[Text]":
        """The rows."""
        return self.query_one(DataTable)

    @property
    def running(self) -> bool:
        """Whether rows are still coming."""
        return self._stop is not None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to stop only what runs."""
        return self.running if action == "stop" else True

    @on(Input.Submitted)
    def _begin(self, event: Input.Submitted) -> None:
        fields = read_fields(event.value)
        if not fields:
            self.notify(say("tui_table.no_question"), markup=False)
            return
        try:
            columns = columns_of(fields)
        except DocqaError as error:
            self.docqa.report(error)
            return
        self._start(columns)

    @on(DataTable.CellHighlighted)
    def _describe(self) -> None:
        found = self._select()
        about = self.query_one("#document", Static)
        about.update(describe(*found) if found else "")
        about.display = found is not None

    @on(DataTable.CellSelected)
    def action_open(self) -> None:
        """Read the document where the highlighted value stands, or from its beginning."""
        from docqa.tui.reader.screen import ReaderScreen
        from docqa.tui.sources.source import of_citation, of_document

        if found := self._select():
            _, row, cell = found
            if cell and cell.citation:
                source = of_citation(cell.citation)
            else:
                source = of_document(self._engine.documents([row.document])[0])
            self.app.push_screen(ReaderScreen(self._engine, source, (source,)))

    def action_leave(self) -> None:
        """From the line of questions to the table, then back to the chat."""
        if self.query_one(Input).has_focus:
            self.set_focus(self.table if self._columns else None)
        else:
            self.dismiss()

    def action_fields(self) -> None:
        """Go to the line of questions."""
        self.query_one(Input).focus()

    def action_stop(self) -> None:
        """Ask no further document."""
        if self._stop:
            self._stop.set()

    def action_choose(self) -> None:
        """Add a column from the labels that stand in several documents."""

        def take(label: str | None) -> None:
            if label:
                line = self.query_one(Input)
                fields = [*read_fields(line.value), label]
                line.value = "；".join(dict.fromkeys(fields))
                line.focus()

        def offer(labels: list[tuple[str, int]]) -> None:
            choices = [
                Choice(label, label, say("tui_table.documents", count=count))
                for label, count in labels
            ]
            self.app.push_screen(Picker(say("tui_table.choose"), choices), take)

        scope = self.docqa.chat.composer.documents
        self.docqa.background(lambda: self._engine.common_labels(scope), offer)

    def action_export(self) -> None:
        """Ask for a form and a file, and write the rows that are finished."""
        if not self._rows:
            self.docqa.tell(say("tui_table.nothing_to_export"), warn=True)
            return
        self.app.push_screen(
            Picker(say("tui.export_form"), [Choice(form, form) for form in FORMS]), self._ask_file
        )

    def action_move(self, step: int) -> None:
        """Move the highlight."""
        (self.table.action_cursor_down if step > 0 else self.table.action_cursor_up)()

    def action_end(self, side: int) -> None:
        """Go to the first or the last row."""
        (self.table.action_scroll_bottom if side > 0 else self.table.action_scroll_top)()

    def _ask_file(self, form: str | None) -> None:
        columns, rows, engine = self._columns, list(self._rows), self._engine

        def take(typed: str | None) -> None:
            if typed and form:
                file = typed_path(typed)
                self.docqa.background(
                    lambda: write_table(columns, rows, form, file, engine.location_of),
                    lambda _: self.docqa.tell(say("tui.exported", file=file)),
                )

        if form:
            suggested = Path.cwd() / f"{say('table.title')}.{form}"
            dialog = LineDialog(say("tui.export_to"), str(suggested), refuse=refuse_taken)
            self.app.push_screen(dialog, take)

    def _start(self, columns: list[Column]) -> None:
        self.action_stop()
        self._columns, self._rows, self._total = columns, [], 0
        self._stop = stop = threading.Event()
        self._fill()
        self.table.focus()
        self.refresh_bindings()
        scope, limits = tuple(self.docqa.chat.composer.documents), self.docqa.limits

        def run() -> None:
            for _, total, row in self._engine.rows(columns, scope, stop.is_set, limits=limits):
                self.app.call_from_thread(self._add, stop, total, row)

        self.docqa.background(run, lambda _: self._end(stop), lambda error: self._fail(stop, error))

    def _add(self, run: threading.Event, total: int, row: Row) -> None:
        # Rows of a table that was left for another still come in.
        if self._stop is run and self.is_attached:
            self._rows.append(row)
            self._total = total
            self.table.add_row(*self._pad(row))
            self._show_none()

    def _end(self, run: threading.Event) -> None:
        if self._stop is run and self.is_attached:
            self._stop = None
            self._show_none()
            self.refresh_bindings()

    def _fail(self, run: threading.Event, error: Exception) -> None:
        self._end(run)
        self.docqa.report(error)

    def _fill(self) -> None:
        """Draw all rows again, in the present widths."""
        at = self.table.cursor_coordinate
        self.table.clear(columns=True)
        names = [say("table.document"), *(column.name for column in self._columns)]
        for name, width in zip(names, self._widths(), strict=False):
            self.table.add_column(Text(name), width=width)
        if self._columns:
            self.table.add_rows(map(self._pad, self._rows))
            self.table.cursor_coordinate = at

    def _pad(self, row: Row) -> list[Text]:
        """A row as wide as the table: one that failed has fewer cells."""
        cells = row_of(row, self._widths())
        return cells + [Text()] * (1 + len(self._columns) - len(cells))

    def _widths(self) -> list[int]:
        if not self._columns:
            return [_MOST_NAME]
        # Each column has a blank on both sides.
        room = self.size.width - _BORDERS - 2 * (1 + len(self._columns))
        name = min(_MOST_NAME, max(_LEAST_VALUE, room // (1 + len(self._columns))))
        value = max(_LEAST_VALUE, (room - name) // len(self._columns))
        return [name, *(max(value, cell_len(column.name)) for column in self._columns)]

    def _select(self) -> tuple[Column, Row, Cell | None] | None:
        """Column, row and cell of the highlight; of a document's name the first column."""
        line, at = self.table.cursor_coordinate
        if not 0 <= line < len(self._rows) or not self._columns:
            return None
        row, number = self._rows[line], max(0, at - 1)
        cell = row.cells[number] if at > 0 and not row.error else None
        return self._columns[number], row, cell

    def _show_none(self) -> None:
        self.query_one("#none").display = not self._columns
        self.table.display = bool(self._columns)
        self._describe()
        done = f"{len(self._rows):,}/{self._total:,}" if self._total else ""
        self.table.border_subtitle = f"{done} …" if self.running else done
