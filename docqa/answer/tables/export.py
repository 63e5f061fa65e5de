"""A finished table as CSV, JSON, HTML or XLSX; nothing in it is ever run as a formula."""

import csv
import io
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import msgspec

from docqa.answer.tables.cells import Cell, Row
from docqa.answer.tables.columns import Column
from docqa.messages import say
from docqa.page_words import page_words
from docqa.types import AnswerStatus

FORMATS = ("csv", "json", "html", "xlsx")
# What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_STYLE = (
    "body{font:16px/1.6 system-ui,'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif;"
    "margin:2rem}table{border-collapse:collapse}th,td{border:1px solid #ccc;padding:.4rem .6rem;"
    "text-align:left;vertical-align:top}.perhaps{background:#fff6d6}.none{color:#888}"
    "small{color:#666;display:block}"
)


def as_csv(columns: Sequence[Column], rows: Sequence[Row]) -> str:
    """A line a document; a value that looks like a formula is written as text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([say("table.document"), *(_inert(column.name) for column in columns)])
    for row in rows:
        writer.writerow([_inert(row.document), *(_inert(shown_value(cell)) for cell in row.cells)])
    return out.getvalue()


def as_json(columns: Sequence[Column], rows: Sequence[Row]) -> dict[str, Any]:
    """Everything that is known of each cell."""
    return {
        "columns": msgspec.to_builtins(list(columns)),
        "rows": [
            {
                "document": row.document,
                "error": row.error or None,
                "cells": {
                    column.name: msgspec.to_builtins(cell)
                    for column, cell in zip(columns, row.cells, strict=False)
                },
            }
            for row in rows
        ],
    }


def as_html(columns: Sequence[Column], rows: Sequence[Row]) -> str:
    """A page with the quote and its place under each value."""
    heads = "".join(f"<th>{escape(column.name)}</th>" for column in columns)
    body = "".join(
        f"<tr><th>{escape(Path(row.document).name)}</th>{''.join(map(_html_cell, row.cells))}</tr>"
        for row in rows
    )
    return (
        f"<!doctype html><meta charset='utf-8'><title>{escape(say('table.title'))}</title>"
        f"<style>{_STYLE}</style><table><thead><tr><th>{escape(say('table.document'))}</th>"
        f"{heads}</tr></thead><tbody>{body}</tbody></table>\n"
    )


def write_xlsx(columns: Sequence[Column], rows: Sequence[Row], path: Path) -> None:
    """A sheet whose notes hold the quotes and their places."""
    # Imported here: only this format needs it.
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        doubtful = book.add_format({"bg_color": "#FFF6D6"})
        for at, head in enumerate([say("table.document"), *(column.name for column in columns)]):
            sheet.write_string(0, at, head, bold)
        for line, row in enumerate(rows, 1):
            sheet.write_string(line, 0, row.document)
            for at, cell in enumerate(row.cells, 1):
                style = doubtful if cell.status is AnswerStatus.PERHAPS else None
                sheet.write_string(line, at, shown_value(cell)[:32_000], style)
                if cell.citation:
                    sheet.write_comment(line, at, _source(cell)[:30_000], {"x_scale": 2})
        sheet.freeze_panes(1, 1)


def shown_value(cell: Cell) -> str:
    """A cell in a word: its value in one form, and what stands elsewhere beside it."""
    if cell.status is AnswerStatus.NOT_FOUND:
        return say("table.not_there")
    shown = cell.normal or cell.value
    if not cell.supported:
        return say("table.without_evidence", value=shown)
    return (
        say("table.but_also", value=shown, others="、".join(cell.others)) if cell.others else shown
    )


def _html_cell(cell: Cell) -> str:
    kind = {AnswerStatus.NOT_FOUND: "none", AnswerStatus.PERHAPS: "perhaps"}.get(cell.status, "")
    source = f"<small>{escape(_source(cell))}</small>" if cell.citation else ""
    return f'<td class="{kind}">{escape(shown_value(cell))}{source}</td>'


def _source(cell: Cell) -> str:
    citation = cell.citation
    if citation is None:
        return ""
    page = citation.page
    place = [page_words(citation.document, page, citation.page_label)] if page else []
    return " · ".join([f"“{citation.quote}”", *place, *citation.heading[-1:]])


def _inert(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
