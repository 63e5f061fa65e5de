"""Asks every document the same questions, one row after the other; goes on where it stopped."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from docqa import prompts
from docqa.answer.citations import cite
from docqa.answer.language import language_of
from docqa.answer.tables import export, labels
from docqa.answer.tables.cells import (
    MISSING,
    Cell,
    Row,
    guessed_cell,
    join_cells,
    labelled_cell,
    quoted_cell,
)
from docqa.answer.tables.columns import MEASURED, Column, check_columns, column_of, read_schema
from docqa.answer.tables.examples import Corrected, read_examples, teach
from docqa.answer.tables.export import Locate, shown_value
from docqa.answer.tables.shapes import has_shape, shaped_value
from docqa.answer.tables.totals import total_values
from docqa.answer.tables.values import read_value, shared_characters
from docqa.engine.rows.row_engine import RowEngine, Steps
from docqa.errors import QueryError
from docqa.types import (
    UNLIMITED,
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
    SearchMode,
    SearchRequest,
)
from ingest.types import BlockKind

if TYPE_CHECKING:
    from docqa.types import Answer

__all__ = [
    "FORMS",
    "Cell",
    "Column",
    "Locate",
    "Row",
    "TableEngine",
    "columns_of",
    "read_examples",
    "shown_value",
    "table_text",
    "write_table",
]

FORMS = ("xlsx", "csv", "html", "json")
"""What a table can be written as."""

_PROMPTS = ("table", "table_example")
_PASSAGES = 6
_GUESSES = 3
# Documents and characters looked at for labels, and labels offered; set by hand.
_SAMPLE, _SAMPLE_CHARACTERS, _MOST_LABELS = 60, 4_000, 40
# Passages up to which a document is looked through for a value that no search finds.
_SHORT = 20
# Characters of what stands under a heading to be a value; set by hand.
_LONGEST_BLOCK = 200
_SENTENCE = re.compile(r"[^\s。！？!?；;\n][^。！？!?；;\n]*[。！？!?；;]?")


def columns_of(fields: Sequence[str], schema: Path | None = None) -> list[Column]:
    """The columns of a schema file and of `NAME=QUESTION` fields."""
    columns = [*(read_schema(schema) if schema else ()), *map(column_of, fields)]
    check_columns(columns)
    return columns


def write_table(
    columns: Sequence[Column], rows: Sequence[Row], form: str, path: Path, locate: Locate
) -> None:
    """Write a table in the form of its name: csv, html, json, xlsx."""
    if form == "xlsx":
        export.write_xlsx(columns, rows, path)
        return
    # Excel takes a file without a mark for one in the system's own encoding.
    encoding = "utf-8-sig" if form == "csv" else "utf-8"
    path.write_text(table_text(columns, rows, form, locate), encoding=encoding)


def table_text(columns: Sequence[Column], rows: Sequence[Row], form: str, locate: Locate) -> str:
    """A table as text: csv, html or json."""
    if form == "json":
        whole = msgspec.json.encode(export.as_json(columns, rows))
        return msgspec.json.format(whole).decode() + "\n"
    if form == "csv":
        return export.as_csv(columns, rows)
    return export.as_html(columns, rows, locate)


def _prompts() -> list[str]:
    return [prompts.load(name, tongue).template for name in _PROMPTS for tongue in ("zh", "en")]


class TableEngine(RowEngine):
    """An engine that makes tables."""

    def rows(
        self,
        columns: Sequence[Column],
        scope: Sequence[str],
        cancelled: Cancelled,
        *,
        limits: DocumentLimits = UNLIMITED,
        anew: bool = False,
        jobs: int = 0,
    ) -> Steps[Row]:
        """Rows as they are finished, each with its number and how many there will be."""
        check_columns(columns)
        yield from self._rows(
            self.documents_within(scope, limits),
            Row,
            {"columns": msgspec.to_builtins(list(columns)), "prompts": _prompts()},
            lambda info: self._row(columns, info, cancelled),
            lambda info, reason: Row(info.path, (MISSING,) * len(columns), reason),
            cancelled,
            anew=anew,
            jobs=jobs,
        )

    def common_labels(self, scope: Sequence[str]) -> list[tuple[str, int]]:
        """Labels that documents themselves use, with how many do, the commonest first."""
        documents = self.documents_within(scope)[:_SAMPLE]
        counts: Counter[str] = Counter()
        for info in documents:
            text = self.document_text(info.id, 0, _SAMPLE_CHARACTERS)
            counts.update({label for label, value in labels.find_labels(text) if value})
        least = 2 if len(documents) > 1 else 1
        return [
            (label, count) for label, count in counts.most_common(_MOST_LABELS) if count >= least
        ]

    def learn(self, columns: Sequence[Column], corrected: Corrected) -> list[Column]:
        """The columns with what corrected rows of this library's documents teach."""
        taught = list(columns)
        for document, values in corrected.items():
            try:
                info = self._opened.library.document(document)
            except QueryError:
                continue  # of another library
            text = self.document_text(info.id, 0, labels.MOST_CHARACTERS)
            taught = [
                teach(column, text, values[column.name]) if column.name in values else column
                for column in taught
            ]
        return taught

    def _row(self, columns: Sequence[Column], info: DocumentInfo, cancelled: Cancelled) -> Row:
        text = self.document_text(info.id, 0, labels.MOST_CHARACTERS)
        read = [self._read_label(column, info, text) for column in columns]
        asked = [column for column, cell in zip(columns, read, strict=True) if cell is None]
        passages = self._passages(asked, info) if asked and self.writes else []
        cells = []
        for column, cell in zip(columns, read, strict=True):
            if cell is None:
                cell = self._quote(column, info, text)
                if passages and not cancelled():
                    cell = join_cells(cell, self._write(column, passages, cancelled))
            cells.append(cell)
        return Row(info.path, tuple(cells))

    def _read_label(self, column: Column, info: DocumentInfo, text: str) -> Cell | None:
        """The cell that a label or a heading of the column's own name or of the same gives."""
        finders: tuple[Callable[[], Sequence[labels.Labelled]], ...] = (
            lambda: labels.labelled_values(column, text),
            lambda: self._find_under_heading(column, info, text),
            lambda: labels.title_line(column, text),
            lambda: labels.party_values(column, text),
            lambda: total_values(column, text),
            lambda: labels.same_values(column, text),
        )
        cells = (self._first_labelled(column, info, find()) for find in finders)
        return next((cell for cell in cells if cell), None)

    def _first_labelled(
        self, column: Column, info: DocumentInfo, found: Sequence[labels.Labelled]
    ) -> Cell | None:
        for one in found:
            passage = self._opened.library.passage_holding(info.id, one.start)
            if passage is not None:
                within = one.start - passage.start
                citation = cite(1, passage, within, within + one.end - one.start, by=Author.DOCQA)
                if cell := labelled_cell(column, one.value, citation, found):
                    return cell
        return None

    def _find_under_heading(
        self, column: Column, info: DocumentInfo, text: str
    ) -> list[labels.Labelled]:
        """The first block below a heading of the column's own name."""
        for part in self.sections(info.id) if info.passages <= _SHORT else ():
            is_named = part.heading and labels.bears_name(column, part.heading[-1])
            is_short = part.end - part.start <= _LONGEST_BLOCK and part.end <= len(text)
            if is_named and is_short and part.kind is not BlockKind.HEADING:
                return [labels.Labelled(text[part.start : part.end], part.start, part.end)]
        return []

    def _quote(self, column: Column, info: DocumentInfo, text: str) -> Cell:
        # By words: within one document meaning finds nothing more and takes thirty times as long
        # (tests/bench/table.py).
        request = AskRequest(
            column.question,
            scope=(info.path,),
            mode=AnswerMode.QUOTE,
            search_mode=SearchMode.LEXICAL,
            save=False,
            rewrite=False,
        )
        answer: Answer = next(
            event.answer for event in self.ask(request) if isinstance(event, Done)
        )
        cell = quoted_cell(column, answer)
        if cell.status is AnswerStatus.NOT_FOUND and info.passages <= _SHORT:
            return self._read_akin(column, info, text) or self._guess(column, info) or cell
        return cell

    def _read_akin(self, column: Column, info: DocumentInfo, text: str) -> Cell | None:
        """Perhaps what stands under a longer or a shorter name is meant."""
        akin = labels.akin_values(column, text) or labels.subject_line(column, text)
        cell = self._first_labelled(column, info, akin)
        return cell and replace(cell, status=AnswerStatus.PERHAPS, confidence=None)

    def _guess(self, column: Column, info: DocumentInfo) -> Cell | None:
        """A value of the very kind in a sentence that speaks of the column: perhaps it is meant.

        Whether a document answers at all is judged for a whole library, where most questions find
        something to refuse; here one short document is asked for one value.
        """
        for passage, start, sentence in self._guesses(column, info):
            citation = cite(1, passage, start, start + len(sentence), by=Author.DOCQA)
            if cell := guessed_cell(column, citation):
                return cell
        return None

    def _guesses(self, column: Column, info: DocumentInfo) -> list[tuple[Passage, int, str]]:
        """The sentences that speak most of the column; for a form such as a telephone number, all
        that have it.
        """
        sentences = list(self._sentences(info))
        if has_shape(column):
            return [one for one in sentences if shaped_value(column, one[2])]
        if column.kind in MEASURED:
            sentences = [one for one in sentences if read_value(column, one[2])]
        shared = [(shared_characters(column, one[2]), one) for one in sentences]
        speaking = sorted((one for one in shared if one[0]), key=lambda one: -one[0])
        if not speaking and column.unit and len(sentences) == 1:
            # The only number of people in all of it, where their number is asked for.
            return sentences
        return [one for _, one in speaking[:_GUESSES]]

    def _sentences(self, info: DocumentInfo) -> Iterator[tuple[Passage, int, str]]:
        """The sentences of a short document with their passages and places."""
        for passage in self._opened.library.passages_of(info.id, 0, _SHORT - 1):
            for found in _SENTENCE.finditer(passage.text):
                yield passage, found.start(), found[0]

    def _write(self, column: Column, passages: Sequence[Passage], cancelled: Cancelled) -> Cell:
        # Imported here: quotes need no model's prompts.
        from docqa.answer.tables import written

        language = language_of(column.question)
        held = written.schema(column, passages, language)
        if held is None:
            return MISSING
        asked = written.task(column, passages, language)
        reply = "".join(self.complete([("user", asked)], None, cancelled, held))
        return written.written_cell(column, reply, passages, language)

    def _passages(self, columns: Sequence[Column], info: DocumentInfo) -> list[Passage]:
        """The passages of a document that the columns' questions find, in reading order."""
        found: dict[int, Found] = {}
        for column in columns:
            request = SearchRequest(column.question, k=3, scope=(info.path,))
            for one in self.search(request).found:
                found.setdefault(one.passage.id, one)
        best = sorted(found.values(), key=lambda one: one.rank)[: _PASSAGES + len(columns)]
        return sorted((one.passage for one in best), key=lambda passage: passage.start)
