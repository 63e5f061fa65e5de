"""Spreadsheets (XLSX, XLSB, XLS, ODS): a page per sheet, rows under their header."""

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import python_calamine as calamine

from ingest.archive import check_archive, faults_named
from ingest.errors import FileUnreadable, IngestError, TooLarge
from ingest.parsers.sheets.compact import compact
from ingest.parsers.sheets.percentages import Percentages, Places
from ingest.parsers.sheets.percentages import write_percentage as percentage
from ingest.source import SourceFile
from ingest.tables import table_blocks
from ingest.types import Block, BlockKind, PageReport, Parsed

_MOST_CELLS = 50_000_000
_LARGEST_MERGE = 10_000
_FAULTS = (calamine.CalamineError, OSError, ValueError)

Cell = int | float | str | bool | time | date | datetime | timedelta


def parse(source: SourceFile) -> Parsed:
    """Read a spreadsheet."""
    data, percentages = source.data, None
    if data.startswith(b"PK"):
        check_archive(source)
        with faults_named():
            data = compact(data)
            percentages = Percentages(data)
    try:
        workbook = calamine.load_workbook(io.BytesIO(data))
    except calamine.PasswordError as error:
        raise FileUnreadable("encrypted") from error
    except _FAULTS as error:
        raise FileUnreadable("damaged") from error
    blocks: list[Block] = []
    reports: list[PageReport] = []
    fault: IngestError | None = None
    for number, meta in enumerate(workbook.sheets_metadata, 1):
        try:
            found = _read_sheet(workbook, meta, number, percentages)
        except IngestError as error:
            fault = fault or error
            reports.append(PageReport(number, 0, 0.0, False, label=meta.name))
            continue
        length = sum(len(block.text) for block in found)
        reports.append(PageReport(number, length, 1.0, True, label=meta.name))
        if found:
            blocks += Block(meta.name, BlockKind.HEADING, 1, number), *found
    if fault and not blocks:
        raise fault
    return Parsed(tuple(blocks), tuple(reports))


def _read_sheet(
    workbook: calamine.CalamineWorkbook,
    meta: calamine.SheetMetadata,
    number: int,
    percentages: Percentages | None,
) -> list[Block]:
    """The blocks of a sheet; one that is broken or far too large does not cost the others."""
    try:
        with faults_named():
            shares = percentages.of_sheet(meta.name) if percentages else {}
        return list(_sheet(workbook, meta, number, shares))
    except _FAULTS as error:
        raise FileUnreadable("damaged") from error


def _sheet(
    workbook: calamine.CalamineWorkbook, meta: calamine.SheetMetadata, number: int, shares: Places
) -> Iterator[Block]:
    if meta.typ is not calamine.SheetTypeEnum.WorkSheet:
        return
    sheet = workbook.get_sheet_by_name(meta.name)
    cells = sheet.height * sheet.width
    if cells > _MOST_CELLS:
        raise TooLarge("sheet_cells", cells=cells, limit=_MOST_CELLS)
    merged = _merge(sheet)
    # calamine begins with the sheet's first row, but with the first column that is used.
    left = (sheet.start or (0, 0))[1]
    rows: Iterator[list[str]] = ([write_cell(cell) for cell in row] for row in sheet.iter_rows())
    if shares:
        rows = _with_shares(sheet, left, shares)
    if merged:
        rows = _fill(list(rows), left, merged)
    yield from table_blocks(rows, number)


def _with_shares(sheet: calamine.CalamineSheet, left: int, shares: Places) -> Iterator[list[str]]:
    for row, cells in enumerate(sheet.iter_rows()):
        line = []
        for column, cell in enumerate(cells, left):
            decimals = shares.get((row, column))
            if decimals is not None and isinstance(cell, int | float):
                line.append(percentage(cell, decimals))
            else:
                line.append(write_cell(cell))
        yield line


def _merge(sheet: calamine.CalamineSheet) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    try:
        return list(sheet.merged_cell_ranges or ())
    except calamine.CalamineError:
        return []  # formats that keep no merged cells


def _fill(
    rows: list[list[str]],
    start: int,
    merged: list[tuple[tuple[int, int], tuple[int, int]]],
) -> Iterator[list[str]]:
    """Give every row of a merged cell its words, so that each row reads on its own."""
    for (top, left), (bottom, _) in merged:
        if not 0 < bottom - top < _LARGEST_MERGE:
            continue
        column = left - start
        for row in range(top + 1, min(bottom + 1, len(rows))):
            if 0 <= column < len(rows[row]):
                rows[row][column] = rows[row][column] or rows[top][column]
    return iter(rows)


def write_cell(cell: Cell) -> str:
    """A cell as its reader would write it."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        # Fifteen digits are certain; an identity of eighteen is still not written as 5.0e17.
        digits = f"{cell:.15g}"
        return str(int(Decimal(digits))) if cell.is_integer() and abs(cell) < 1e21 else digits
    if isinstance(cell, datetime):
        day = cell.date().isoformat()
        return day if cell.time() == time() else f"{day} {cell.time().isoformat('minutes')}"
    if isinstance(cell, time):
        return cell.isoformat("minutes")
    return str(cell)
