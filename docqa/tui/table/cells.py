"""How a cell stands in the table, and what is said of the highlighted one."""

import re
from pathlib import PurePath

from rich.text import Text

from docqa.clean import one_line
from docqa.engine.rows.tables import Cell, Column, Row, shown_value
from docqa.messages import say
from docqa.page_words import source_words
from docqa.tui.text import shorten
from docqa.types import AnswerStatus

_LONGEST = 400
# A semicolon of either width ends a question.
_ENDS = re.compile("[;；\n]")


def read_fields(typed: str) -> list[str]:
    """The questions of the line."""
    return [one.strip() for one in _ENDS.split(typed) if one.strip()]


def row_of(row: Row, widths: list[int]) -> list[Text]:
    """The name and the cells, each in its width; marks say what colours say."""
    name = Text(shorten(one_line(PurePath(row.document).name), widths[0]))
    if row.error:
        return [name, Text(shorten(one_line(row.error), widths[1]), style="red")]
    return [name, *map(_cell, row.cells, widths[1:])]


def describe(column: Column, row: Row, cell: Cell | None) -> str:
    """Question, value, quote and place."""
    if cell is None:
        return one_line(row.error)
    lines = [f"{one_line(column.question)}  {one_line(shown_value(cell))}"]
    if cell.citation:
        lines.append(f"“{one_line(cell.citation.quote)[:_LONGEST]}”")
        lines.append(say("tui_table.place", place=source_words(cell.citation)))
    else:
        lines.append(say("tui_table.no_source"))
    return "\n".join(lines)


def _cell(cell: Cell, width: int) -> Text:
    if cell.status is AnswerStatus.NOT_FOUND:
        return Text("–", style="dim")
    doubtful = cell.status is AnswerStatus.PERHAPS or cell.others or not cell.supported
    shown = shorten(one_line(shown_value(cell)), width - 2 if doubtful else width)
    return Text(f"? {shown}", style="yellow") if doubtful else Text(shown)
