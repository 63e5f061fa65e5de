"""Rows as comma-separated values or a spreadsheet; nothing in them is ever run as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from docqa.messages import say
from docqa.page_words import page_words
from docqa.types import Citation

# What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# A spreadsheet's cell holds 32,767 characters, its note about as many.
_LONGEST_CELL, _LONGEST_NOTE = 32_000, 30_000


class SheetCell(Struct, frozen=True):
    """What stands in one cell of a spreadsheet, and the note behind it."""

    text: str
    note: str = ""
    is_doubtful: bool = False


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A line a row; a value that looks like a formula is written as text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(map(_disarm, heads))
    writer.writerows(map(_disarm, row) for row in rows)
    return out.getvalue()


def write_sheet(path: Path, heads: Sequence[str], rows: Iterable[Sequence[SheetCell]]) -> None:
    """A spreadsheet whose first row and column stay in sight."""
    # Imported here: only this format needs it.
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        doubtful = book.add_format({"bg_color": "#FFF6D6"})
        for at, head in enumerate(heads):
            sheet.write_string(0, at, head, bold)
        for line, row in enumerate(rows, 1):
            for at, cell in enumerate(row):
                style = doubtful if cell.is_doubtful else None
                sheet.write_string(line, at, _shorten(cell.text), style)
                if cell.note:
                    sheet.write_comment(line, at, cell.note[:_LONGEST_NOTE], {"x_scale": 2})
        sheet.freeze_panes(1, 1)


def quote_and_place(citation: Citation | None) -> str:
    """“原文” · 第 3 页 · 标题; empty without a citation."""
    if citation is None:
        return ""
    return " · ".join([f"“{citation.quote}”", *place_parts(citation)])


def place_parts(citation: Citation) -> list[str]:
    """The page and the nearest heading, those that there are."""
    page = citation.page
    place = [page_words(citation.document, page, citation.page_label)] if page else []
    return [*place, *citation.heading[-1:]]


def _disarm(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value


def _shorten(text: str) -> str:
    if len(text) <= _LONGEST_CELL:
        return text
    return text[:_LONGEST_CELL] + say("table.cut_cell", count=len(text))
