"""Cells by a model: its values under a grammar, each found again in the document."""

import json
import re
from collections.abc import Sequence
from typing import Any

from docqa import prompts
from docqa.answer.citations import cite
from docqa.answer.tables.cells import MISSING, Cell
from docqa.answer.tables.columns import Column, ValueKind
from docqa.answer.tables.values import Value, read_value
from docqa.terms import normal
from docqa.types import AnswerStatus, Passage

_END = re.compile(r"(?<=[。！？!?\n])")


def schema(columns: Sequence[Column]) -> dict[str, Any]:
    """The JSON schema that a model's values for one document must follow."""
    return {
        "type": "object",
        "properties": {f"c{n}": _type(column) for n, column in enumerate(columns, 1)},
        "required": [f"c{n}" for n in range(1, len(columns) + 1)],
        "additionalProperties": False,
    }


def task(columns: Sequence[Column], passages: Sequence[Passage], language: str) -> str:
    """What the model is asked: the passages, and a line for each column."""
    shown = "\n\n".join(f"[{n}] {passage.text}" for n, passage in enumerate(passages, 1))
    asked = "\n".join(f"c{n}: {_ask(column)}" for n, column in enumerate(columns, 1))
    return prompts.load("table", language).fill(passages=shown, columns=asked)


def written_cells(
    columns: Sequence[Column], reply: str, passages: Sequence[Passage]
) -> tuple[Cell, ...]:
    """The cells of a reply; what is found in no passage is marked, what is null is not there."""
    try:
        given = json.loads(reply)
    except ValueError:
        given = {}
    return tuple(_cell(column, given.get(f"c{n}"), passages) for n, column in enumerate(columns, 1))


def _cell(column: Column, given: object, passages: Sequence[Passage]) -> Cell:
    if given is None or given == [] or not str(given).strip():
        return MISSING
    text = "、".join(map(str, given)) if isinstance(given, list) else str(given)
    if isinstance(given, bool) or column.kind is ValueKind.YES_NO:
        text = "是" if text in ("True", "true", "是") else "否"
    value = _as_value(column, text)
    for n, passage in enumerate(passages, 1):
        span = _span_of(column, value, passage.text)
        if span:
            citation = cite(n, passage, *span)
            return Cell(AnswerStatus.ANSWERED, value.text, value.normal, None, citation)
    return Cell(AnswerStatus.PERHAPS, value.text, value.normal, supported=False)


def _as_value(column: Column, text: str) -> Value:
    if column.kind in (ValueKind.YES_NO, ValueKind.CHOICE):
        return Value(text, text)
    return read_value(column, text) or Value(text, normal(text))


def _span_of(column: Column, value: Value, text: str) -> tuple[int, int] | None:
    """The sentence of a passage that gives this value."""
    at = 0
    for sentence in _END.split(text):
        folded = normal(sentence)
        same = normal(value.text) in folded and column.kind is not ValueKind.YES_NO
        read = None if same else read_value(column, sentence)
        if same or (read and read.normal == value.normal):
            lead = len(sentence) - len(sentence.lstrip())
            return at + lead, at + len(sentence.rstrip())
        at += len(sentence)
    return None


def _type(column: Column) -> dict[str, Any]:
    kinds: dict[ValueKind, dict[str, Any]] = {
        ValueKind.LIST: {"type": "array", "items": {"type": "string"}, "maxItems": 20},
        ValueKind.YES_NO: {"enum": ["是", "否"]},
        ValueKind.CHOICE: {"enum": list(column.choices)},
    }
    return {"anyOf": [kinds.get(column.kind, {"type": "string"}), {"type": "null"}]}


def _ask(column: Column) -> str:
    named = (
        column.question if column.question == column.name else f"{column.name}：{column.question}"
    )
    return f"{named}（{column.unit}）" if column.unit else named
