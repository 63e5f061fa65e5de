"""What a task found, a line for each finding: as CSV, JSON or a spreadsheet."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from docqa.answer.sheets import SheetCell, csv_text, place_parts, quote_and_place, write_sheet
from docqa.answer.tasks.task import Finding, Outcome
from docqa.messages import messages, say


def as_csv(columns: Sequence[str], outcomes: Sequence[Outcome]) -> str:
    """A line a finding; a document without any has one of its own."""
    lines = ([one.document, *line] for one, line, _ in lines_of(columns, outcomes))
    return csv_text(heads(columns), lines)


def as_json(task: str, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Everything that is known of each finding."""
    return {
        "task": task,
        "rows": [
            {
                "document": one.document,
                "error": one.error or None,
                "findings": msgspec.to_builtins(one.findings),
            }
            for one in outcomes
        ],
    }


def write_xlsx(columns: Sequence[str], outcomes: Sequence[Outcome], path: Path) -> None:
    """A sheet whose notes hold the quotes."""
    rows = (
        [SheetCell(one.document, note), *map(SheetCell, line)]
        for one, line, note in lines_of(columns, outcomes)
    )
    write_sheet(path, heads(columns), rows)


def heads(columns: Sequence[str]) -> list[str]:
    """The titles of the columns."""
    return [say("table.document"), *(say(f"task.column_{name}") for name in columns)]


def lines_of(
    columns: Sequence[str], outcomes: Sequence[Outcome]
) -> Iterator[tuple[Outcome, list[str], str]]:
    """Each line with its document and the quote behind it."""
    for outcome in outcomes:
        if not outcome.findings:
            nothing = outcome.error or say("task.nothing_found")
            yield outcome, [nothing, *[""] * (len(columns) - 1)], ""
        for finding in outcome.findings:
            line = [_SHOWN[name](finding) for name in columns]
            yield outcome, line, quote_and_place(finding.citation)


def _word(name: str) -> str:
    """The word for a verdict or a kind; what the document or the user wrote stays."""
    return say(f"task.word_{name}") if f"word_{name}" in messages("task") else name


_SHOWN: Mapping[str, Callable[[Finding], str]] = {
    "value": lambda one: _word(one.value),
    "kind": lambda one: _word(one.kind),
    "normal": lambda one: one.normal,
    "score": lambda one: "" if one.score is None else f"{one.score:.2f}",
    "place": lambda one: " · ".join(place_parts(one.citation)) if one.citation else "",
    "quote": lambda one: " ".join(one.citation.quote.split()) if one.citation else "",
}
