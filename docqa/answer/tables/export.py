"""A finished table as CSV, JSON, HTML or XLSX."""

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path, PurePath
from typing import Any, TypeAlias
from urllib.parse import quote

import msgspec

from docqa.answer.sheets import SheetCell, csv_text, quote_and_place, write_sheet
from docqa.answer.tables.cells import Cell, Row
from docqa.answer.tables.columns import Column
from docqa.messages import say
from docqa.types import AnswerStatus, Citation

Locate: TypeAlias = Callable[[str], str | None]
"""Gives the absolute path of a document by its name; None where it is not of the library."""

# Viewers of these take a page behind the file's name; of others, browsers look for the words.
_PAGED = (".pdf",)
_LONGEST_LINK_TEXT = 80
_STYLE = (
    "body{font:16px/1.6 system-ui,'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif;"
    "margin:2rem}table{border-collapse:collapse}th,td{border:1px solid #ccc;padding:.4rem .6rem;"
    "text-align:left;vertical-align:top}.perhaps{background:#fff6d6}.none{color:#888}"
    "small{color:#666;display:block}a{color:inherit}"
)


def as_csv(columns: Sequence[Column], rows: Sequence[Row]) -> str:
    """A line a document."""
    lines = ([row.document, *map(shown_value, row.cells)] for row in rows)
    return csv_text(_heads(columns), lines)


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


def as_html(columns: Sequence[Column], rows: Sequence[Row], locate: Locate) -> str:
    """A page with the quote under each value, and a link to where it stands."""
    heads = "".join(f"<th>{escape(head)}</th>" for head in _heads(columns))
    body = "".join(_html_row(row, locate(row.document)) for row in rows)
    return (
        f"<!doctype html><meta charset='utf-8'><title>{escape(say('table.title'))}</title>"
        f"<style>{_STYLE}</style><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody>"
        "</table>\n"
    )


def write_xlsx(columns: Sequence[Column], rows: Sequence[Row], path: Path) -> None:
    """A sheet whose notes hold the quotes and their places."""
    lines = ([SheetCell(row.document), *map(_sheet_cell, row.cells)] for row in rows)
    write_sheet(path, _heads(columns), lines)


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


def _heads(columns: Sequence[Column]) -> list[str]:
    return [say("table.document"), *(column.name for column in columns)]


def _sheet_cell(cell: Cell) -> SheetCell:
    doubtful = cell.status is AnswerStatus.PERHAPS
    return SheetCell(shown_value(cell), quote_and_place(cell.citation), doubtful)


def _html_row(row: Row, file: str | None) -> str:
    name = _link(escape(PurePath(row.document).name), file)
    return f"<tr><th>{name}</th>{''.join(_html_cell(cell, file) for cell in row.cells)}</tr>"


def _html_cell(cell: Cell, file: str | None) -> str:
    kind = {AnswerStatus.NOT_FOUND: "none", AnswerStatus.PERHAPS: "perhaps"}.get(cell.status, "")
    shown = escape(shown_value(cell))
    if cell.citation is None:
        return f'<td class="{kind}">{shown}</td>'
    source = escape(quote_and_place(cell.citation))
    return f'<td class="{kind}">{_link(shown, file, cell.citation)}<small>{source}</small></td>'


def _link(shown: str, file: str | None, citation: Citation | None = None) -> str:
    if file is None:
        return shown
    place = "" if citation is None else _fragment(file, citation)
    return f'<a href="file://{quote(PurePath(file).as_posix())}{place}">{shown}</a>'


def _fragment(file: str, citation: Citation) -> str:
    """The page of a PDF; elsewhere the first words of the quote, which browsers look for."""
    if PurePath(file).suffix.lower() in _PAGED:
        return f"#page={citation.page}" if citation.page else ""
    words = citation.quote.strip().splitlines()[0][:_LONGEST_LINK_TEXT]
    return f"#:~:text={quote(words, safe='')}" if words else ""
