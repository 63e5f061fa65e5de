"""Corrected rows: what they teach of where documents say what a column asks."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from msgspec.structs import replace

from docqa.answer.tables.columns import Column
from docqa.answer.tables.labels import find_labels
from docqa.answer.tables.values import read_value
from docqa.errors import UsageError
from docqa.terms import normal

Corrected: TypeAlias = Mapping[str, Mapping[str, str]]
"""The values of documents, by the document's and the column's name."""

# Set by hand: a model needs few examples, and each costs a line of its window.
_MOST_EXAMPLES, _LONGEST_LINE = 3, 120


def read_examples(path: Path, columns: list[Column]) -> Corrected:
    """The values of a table as docqa writes it: CSV, or JSON."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        rows = _read_json(text) if path.suffix == ".json" else _read_csv(text)
    except OSError as error:
        raise UsageError("table.unreadable", path=path, reason=error.strerror) from error
    except (ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        raise UsageError("table.unreadable", path=path, reason=error) from error
    names = {column.name for column in columns}
    known = {document: {n: v for n, v in row.items() if n in names and v} for document, row in rows}
    if not any(known.values()):
        raise UsageError("table.examples_empty", path=path)
    return known


def teach(column: Column, text: str, value: str) -> Column:
    """The column with the line of a document that gives this value, and the label it stands under.

    A value that the document does not hold teaches nothing.
    """
    line = next((one for one in text.splitlines() if _gives(column, one, value)), "")
    if not line:
        return column
    found = {label: None for label, held in find_labels(line) if _gives(column, held, value)}
    labels = dict.fromkeys((*column.labels, *found))
    examples = (*column.examples, (line.strip()[:_LONGEST_LINE], value))
    return replace(column, labels=tuple(labels), examples=examples[:_MOST_EXAMPLES])


def _gives(column: Column, line: str, value: str) -> bool:
    if normal(value) in normal(line):
        return True
    wanted, read = read_value(column, value), read_value(column, line)
    return wanted is not None and read is not None and wanted.normal == read.normal


def _read_csv(text: str) -> list[tuple[str, dict[str, str]]]:
    heads, *lines = list(csv.reader(text.splitlines()))
    return [
        # A value that looked like a formula was written with a mark before it.
        (line[0], {head: cell.removeprefix("'") for head, cell in zip(heads, line, strict=False)})
        for line in lines
        if line
    ]


def _read_json(text: str) -> list[tuple[str, dict[str, str]]]:
    rows: list[dict[str, Any]] = json.loads(text)["rows"]
    return [
        (row["document"], {name: _value(cell) for name, cell in row["cells"].items()})
        for row in rows
    ]


def _value(cell: object) -> str:
    return str(cell.get("value") or "") if isinstance(cell, dict) else str(cell or "")
