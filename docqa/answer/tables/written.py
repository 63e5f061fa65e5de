"""Cells by a model: a value under a grammar, found again in the document."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from docqa import prompts
from docqa.answer.citations import cite
from docqa.answer.json_reply import read_json
from docqa.answer.tables.cells import MISSING, Cell
from docqa.answer.tables.columns import MEASURED, Column, ValueKind
from docqa.answer.tables.values import Value, read_value, shared_characters
from docqa.answer.writing.prompts import harmless
from docqa.terms import normal
from docqa.types import AnswerStatus, Passage

_END = re.compile(r"(?<=[。！？!?；;\n])")
# What a model writes for a value that is not there, by the prompt's language.
_NONE = {"zh": "未提到", "en": "not said"}
_LONGEST_TEXT, _MOST_ITEMS = 80, 40


def schema(column: Column, passages: Sequence[Passage], language: str) -> dict[str, Any] | None:
    """The JSON schema that a model's value must follow; None where there is nothing to choose."""
    choices = _choices(column, passages)
    if choices is None:
        text = {"type": "string", "maxLength": _LONGEST_TEXT}
        value = {"type": "array", "items": text, "maxItems": _MOST_ITEMS}
        value = value if column.kind is ValueKind.LIST else text
    elif not choices:
        return None
    else:
        value = {"enum": [*choices, _NONE[language]]}
    return {
        "type": "object",
        "properties": {"value": value},
        "required": ["value"],
        "additionalProperties": False,
    }


def task(column: Column, passages: Sequence[Passage], language: str) -> str:
    """What the model is asked: the passages, which all columns share, then the question."""
    shown = "\n\n".join(harmless(passage.text) for passage in passages)
    examples = "\n".join(
        prompts.load("table_example", language).fill(line=harmless(line), value=value)
        for line, value in column.examples
    )
    return prompts.load("table", language).fill(
        passages=shown, question=_ask(column), examples=examples
    )


def written_cell(column: Column, reply: str, passages: Sequence[Passage], language: str) -> Cell:
    """The cell of a reply; what is found in no passage is marked."""
    given = read_json(reply).get("value")
    text = "、".join(map(str, given)) if isinstance(given, list) else str(given or "").strip()
    if not text or text == _NONE[language]:
        return MISSING
    value = _as_value(column, text)
    spans = [
        (cite(n, passage, start, end), shared_characters(column, passage.text[start:end]))
        for n, passage in enumerate(passages, 1)
        for start, end in _spans_of(column, value, passage.text)
    ]
    if column.kind is ValueKind.YES_NO:
        # What a sentence about something else permits is not permitted here.
        spans = [(citation, shared) for citation, shared in spans if shared]
    if not spans:
        return Cell(AnswerStatus.PERHAPS, value.text, value.normal, supported=False)
    citation, _ = max(spans, key=lambda one: one[1])
    return Cell(AnswerStatus.ANSWERED, value.text, value.normal, None, citation)


def _choices(column: Column, passages: Sequence[Passage]) -> list[str] | None:
    """The values that an answer can have; None where it is free text."""
    if column.kind is ValueKind.YES_NO:
        return ["是", "否"]
    if column.kind is ValueKind.CHOICE:
        return list(column.choices)
    if column.kind not in MEASURED:
        return None
    read = (read_value(column, sentence) for sentence in _sentences(passages))
    return list(dict.fromkeys(value.text for value in read if value))


def _sentences(passages: Sequence[Passage]) -> Iterator[str]:
    for passage in passages:
        yield from filter(str.strip, _END.split(passage.text))


def _as_value(column: Column, text: str) -> Value:
    if column.kind in (ValueKind.YES_NO, ValueKind.CHOICE):
        return Value(text, text)
    return read_value(column, text) or Value(text, normal(text))


def _spans_of(column: Column, value: Value, text: str) -> Iterator[tuple[int, int]]:
    """The sentences of a passage that give this value."""
    at = 0
    for sentence in _END.split(text):
        if _gives(column, value, sentence):
            lead = len(sentence) - len(sentence.lstrip())
            yield at + lead, at + len(sentence.rstrip())
        at += len(sentence)


def _gives(column: Column, value: Value, sentence: str) -> bool:
    if column.kind is not ValueKind.YES_NO:
        folded = normal(sentence)
        parts = value.text.split("、") if column.kind is ValueKind.LIST else [value.text]
        if all(normal(part) in folded for part in parts):
            return True
    read = read_value(column, sentence)
    return read is not None and read.normal == value.normal


def _ask(column: Column) -> str:
    named = (
        column.question if column.question == column.name else f"{column.name}：{column.question}"
    )
    return f"{named}（{column.unit}）" if column.unit else named
