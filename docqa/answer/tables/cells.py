"""One cell of a table: its value, where that stands, and how sure it is."""

import re
from collections.abc import Callable, Sequence
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from docqa.answer.tables.columns import Column, ValueKind
from docqa.answer.tables.labels import Labelled
from docqa.answer.tables.shapes import shaped_value
from docqa.answer.tables.values import Value, names_matter, read_value
from docqa.types import Answer, AnswerStatus, Citation


class Cell(Struct, frozen=True):
    """What a document says to a column."""

    status: AnswerStatus
    """NOT_FOUND is a value of its own: the document does not say."""
    value: str = ""
    """As it is written in the document."""
    normal: str = ""
    """The same in one form: 2026-03-01, 120000 元, 是."""
    confidence: float | None = None
    citation: Citation | None = None
    others: tuple[str, ...] = ()
    """What the document says elsewhere, where that is something else."""
    supported: bool = True
    """False where a model gave a value that was found nowhere in the document."""


class Row(Struct, frozen=True):
    """One document with its cells, in the order of the columns."""

    document: str
    cells: tuple[Cell, ...]
    error: str = ""
    """Why the document could not be asked, where it could not."""

    def move(self, document: str, cite: Callable[[Citation], Citation]) -> Self:
        """The same row of a document that has another name or number now."""
        cells = (
            replace(cell, citation=cite(cell.citation)) if cell.citation else cell
            for cell in self.cells
        )
        return replace(self, document=document, cells=tuple(cells))


_PERIODS = re.compile(r"每个?([年月周日天])")
# Set by hand: a line that bears the column's very name is hardly ever wrong.
_CONFIDENCE_OF_LABELS = 0.97
MISSING = Cell(AnswerStatus.NOT_FOUND)


def quoted_cell(column: Column, answer: Answer) -> Cell:
    """The cell that an answer by quotes gives: the first quote that holds a value of the kind."""
    if answer.status is AnswerStatus.NOT_FOUND:
        return Cell(AnswerStatus.NOT_FOUND, confidence=answer.confidence)
    held = [
        (value, citation)
        for citation in answer.citations
        if (value := read_value(column, citation.quote)) is not None
    ]
    if not held:
        return Cell(AnswerStatus.NOT_FOUND, confidence=answer.confidence)
    value, citation = held[0]
    # A later quote is a second choice, however sure the first one was.
    is_sure = citation == answer.citations[0] and not _is_of_another_period(column, citation.quote)
    if column.kind is ValueKind.YES_NO:
        is_sure = is_sure and names_matter(column, citation.quote)
    return Cell(
        answer.status if is_sure else AnswerStatus.PERHAPS,
        value.text,
        value.normal,
        answer.confidence,
        citation,
        _others(value, answer, column),
    )


def guessed_cell(column: Column, citation: Citation) -> Cell | None:
    """The cell of a sentence that was not judged to answer but holds a value of the kind."""
    value = read_value(column, citation.quote)
    is_whole = value is not None and value.text == " ".join(citation.quote.strip(" 。").split())
    if value is None or (is_whole and not shaped_value(column, citation.quote)):
        return None
    return Cell(AnswerStatus.PERHAPS, value.text, value.normal, None, citation)


def labelled_cell(
    column: Column, value: str, citation: Citation, all_found: Sequence[Labelled]
) -> Cell | None:
    """The cell of a labelled line; None where what stands there is of another kind."""
    read = read_value(column, value)
    if read is None and column.kind is ValueKind.TEXT:
        # What stands under a label is the value itself, a bare name too.
        read = Value(value, value)
    if read is None:
        return None
    others = [read_value(column, one.value) for one in all_found]
    differing = [one.text for one in others if one and one.normal != read.normal]
    return Cell(
        AnswerStatus.ANSWERED,
        read.text,
        read.normal,
        _CONFIDENCE_OF_LABELS,
        citation,
        tuple(dict.fromkeys(differing)),
    )


def join_cells(quoted: Cell, written: Cell) -> Cell:
    """The cell of both ways, by quotes and by a model.

    Measured by tests/bench/table.py: small models miss what a sure quote gives more often than
    they find what is not there.
    """
    is_sure = quoted.status is AnswerStatus.ANSWERED
    if written.status is AnswerStatus.NOT_FOUND:
        return quoted if is_sure else MISSING
    if not written.supported:
        return quoted if is_sure else written
    if not is_sure or quoted.normal in written.normal or written.normal in quoted.normal:
        return written
    others = tuple(dict.fromkeys((quoted.value, *quoted.others)))
    return replace(written, status=AnswerStatus.PERHAPS, others=others)


def _is_of_another_period(column: Column, quote: str) -> bool:
    """Whether 每月 is asked for and only 每年 is said."""
    asked = set(_PERIODS.findall(column.question))
    said = set(_PERIODS.findall(quote))
    return bool(asked and said) and not asked & said


def _others(value: Value, answer: Answer, column: Column) -> tuple[str, ...]:
    """What sources that disagree say instead."""
    told: Sequence[str] = [one.value for conflict in answer.conflicts for one in conflict.values]
    read = [read_value(column, one) or Value(one, one) for one in told]
    return tuple(dict.fromkeys(one.text for one in read if one.normal != value.normal))
