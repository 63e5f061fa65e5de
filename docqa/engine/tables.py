"""Asks every document the same questions, one row after the other; goes on where it stopped."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from docqa.answer.citations import cite
from docqa.answer.language import language_of
from docqa.answer.tables import export, labels
from docqa.answer.tables.cells import MISSING, Cell, Row, guessed_cell, labelled_cell, quoted_cell
from docqa.answer.tables.columns import Column, check_columns, column_of, read_schema
from docqa.answer.tables.export import shown_value
from docqa.answer.tables.values import shared_characters
from docqa.engine.serving import ServingEngine
from docqa.errors import DocqaError, QueryError
from docqa.stores.tables import KeptRows
from docqa.types import (
    AnswerMode,
    AnswerStatus,
    AskRequest,
    Author,
    Cancelled,
    DocumentInfo,
    DocumentLimits,
    Done,
    Found,
    Passage,
    SearchRequest,
)

if TYPE_CHECKING:
    from docqa.types import Answer

__all__ = [
    "Column",
    "Row",
    "TableEngine",
    "columns_of",
    "shown_value",
    "table_text",
    "write_table",
]

# Raised when cells are read otherwise than before: kept rows are asked again.
_VERSION = 1
_UNLIMITED = DocumentLimits()
_PASSAGES = 6
_GUESSES = 3
# Passages up to which a document is looked through for a value that no search finds.
_SHORT = 20
_SENTENCE = re.compile(r"[^\s。！？!?；;\n][^。！？!?；;\n]*[。！？!?；;]?")


def columns_of(fields: Sequence[str], schema: Path | None = None) -> list[Column]:
    """The columns of a schema file and of `NAME=QUESTION` fields."""
    columns = [*(read_schema(schema) if schema else ()), *map(column_of, fields)]
    check_columns(columns)
    return columns


def write_table(columns: Sequence[Column], rows: Sequence[Row], form: str, path: Path) -> None:
    """Write a table in the form of its name: csv, html, json, xlsx."""
    if form == "xlsx":
        export.write_xlsx(columns, rows, path)
        return
    # Excel takes a file without a mark for one in the system's own encoding.
    encoding = "utf-8-sig" if form == "csv" else "utf-8"
    path.write_text(table_text(columns, rows, form), encoding=encoding)


def table_text(columns: Sequence[Column], rows: Sequence[Row], form: str) -> str:
    """A table as text: csv, html or json."""
    if form == "json":
        whole = msgspec.json.encode(export.as_json(columns, rows))
        return msgspec.json.format(whole).decode() + "\n"
    return (export.as_csv if form == "csv" else export.as_html)(columns, rows)


class TableEngine(ServingEngine):
    """An engine that makes tables."""

    def rows(
        self,
        columns: Sequence[Column],
        scope: Sequence[str],
        cancelled: Cancelled,
        *,
        limits: DocumentLimits = _UNLIMITED,
        anew: bool = False,
    ) -> Iterator[tuple[int, int, Row]]:
        """Rows as they are finished, each with its number and how many there will be."""
        documents = self._documents_within(scope, limits)
        if not documents:
            raise QueryError("table.no_documents")
        description = {
            "columns": msgspec.to_builtins(list(columns)),
            "engine": msgspec.to_builtins(self.answers_with),
            "version": _VERSION,
        }
        with KeptRows(self._opened.path, description) as kept:
            if anew:
                kept.drop()
            for number, info in enumerate(documents, 1):
                if cancelled():
                    return
                known = kept.get(info.id, info.updated)
                row = msgspec.convert(known, Row) if known else self._row(columns, info, cancelled)
                if cancelled():
                    return
                if not known and not row.error:
                    kept.put(info.id, info.updated, row)
                yield number, len(documents), row

    def _documents_within(self, scope: Sequence[str], limits: DocumentLimits) -> list[DocumentInfo]:
        """The documents that have text to ask, in a scope and within limits."""
        readable = [info for info in self.documents(scope) if info.passages]
        if not limits:
            return readable
        dated = self._opened.library.dated(limits)
        return [info for info in readable if info.id in dated]

    def _row(self, columns: Sequence[Column], info: DocumentInfo, cancelled: Cancelled) -> Row:
        try:
            if self.writes:
                return Row(info.path, self._write(columns, info, cancelled))
            text = self.document_text(info.id, 0, labels.MOST_CHARACTERS)
            cells = (
                self._read_label(column, info, text) or self._quote(column, info)
                for column in columns
            )
            return Row(info.path, tuple(cells))
        except DocqaError as error:
            # One document that cannot be asked costs its row, not the table.
            return Row(info.path, (MISSING,) * len(columns), str(error))

    def _read_label(self, column: Column, info: DocumentInfo, text: str) -> Cell | None:
        """The cell that a label of the column's own name gives."""
        found = labels.labelled_values(column, text)
        for one in found:
            passage = self._opened.library.passage_holding(info.id, one.start)
            if passage is not None:
                within = one.start - passage.start
                citation = cite(1, passage, within, within + one.end - one.start, by=Author.DOCQA)
                if cell := labelled_cell(column, one.value, citation, found):
                    return cell
        return None

    def _quote(self, column: Column, info: DocumentInfo) -> Cell:
        request = AskRequest(
            column.question, scope=(info.path,), mode=AnswerMode.QUOTE, save=False, rewrite=False
        )
        answer: Answer = next(
            event.answer for event in self.ask(request) if isinstance(event, Done)
        )
        cell = quoted_cell(column, answer)
        if cell.status is AnswerStatus.NOT_FOUND and info.passages <= _SHORT:
            return self._guess(column, info) or cell
        return cell

    def _guess(self, column: Column, info: DocumentInfo) -> Cell | None:
        """A value of the very kind in a sentence that speaks of the column: perhaps it is meant.

        Whether a document answers at all is judged for a whole library, where most questions find
        something to refuse; here one short document is asked for one value.
        """
        sentences = sorted(
            self._sentences(info), key=lambda one: -shared_characters(column, one[2])
        )
        for passage, start, sentence in sentences[:_GUESSES]:
            citation = cite(1, passage, start, start + len(sentence), by=Author.DOCQA)
            speaks = shared_characters(column, sentence) > 0
            if speaks and (cell := guessed_cell(column, citation)):
                return cell
        return None

    def _sentences(self, info: DocumentInfo) -> Iterator[tuple[Passage, int, str]]:
        """The sentences of a short document with their passages and places."""
        for passage in self._opened.library.passages_of(info.id, 0, _SHORT - 1):
            for found in _SENTENCE.finditer(passage.text):
                yield passage, found.start(), found[0]

    def _write(
        self, columns: Sequence[Column], info: DocumentInfo, cancelled: Cancelled
    ) -> tuple[Cell, ...]:
        # Imported here: quotes need no model's prompts.
        from docqa.answer.tables import written

        passages = self._passages(columns, info)
        if not passages:
            return (MISSING,) * len(columns)
        language = language_of("".join(column.question for column in columns))
        asked = written.task(columns, passages, language)
        reply = "".join(self.complete([("user", asked)], None, cancelled, written.schema(columns)))
        return written.written_cells(columns, reply, passages)

    def _passages(self, columns: Sequence[Column], info: DocumentInfo) -> list[Passage]:
        """The passages of a document that the columns' questions find, in reading order."""
        found: dict[int, Found] = {}
        for column in columns:
            request = SearchRequest(column.question, k=3, scope=(info.path,))
            for one in self.search(request).found:
                found.setdefault(one.passage.id, one)
        best = sorted(found.values(), key=lambda one: one.rank)[: _PASSAGES + len(columns)]
        return sorted((one.passage for one in best), key=lambda passage: passage.start)
