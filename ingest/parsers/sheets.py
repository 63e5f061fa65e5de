"""Spreadsheets (XLSX, XLSB, XLS, ODS): a page per sheet, rows under their header."""

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import python_calamine as calamine

from ingest.archive import check_archive
from ingest.errors import FileUnreadable, TooLarge
from ingest.parsers.tables import table_blocks
from ingest.source import Source
from ingest.types import Block, BlockKind, PageReport, Parsed

_MOST_CELLS = 50_000_000
_LARGEST_MERGE = 10_000

Cell = int | float | str | bool | time | date | datetime | timedelta


def parse(source: Source) -> Parsed:
    """Read a spreadsheet."""
    if source.data.startswith(b"PK"):
        check_archive(source)
    try:
        workbook = calamine.load_workbook(io.BytesIO(source.data))
        blocks: list[Block] = []
        reports: list[PageReport] = []
        for number, meta in enumerate(workbook.sheets_metadata, 1):
            found = list(_sheet(workbook, meta, number))
            length = sum(len(block.text) for block in found)
            reports.append(PageReport(number, length, 1.0, True, label=meta.name))
            if found:
                blocks += Block(meta.name, BlockKind.HEADING, 1, number), *found
    except calamine.PasswordError as error:
        raise FileUnreadable("encrypted") from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise FileUnreadable("damaged") from error
    return Parsed(tuple(blocks), tuple(reports))


def _sheet(
    workbook: calamine.CalamineWorkbook, meta: calamine.SheetMetadata, number: int
) -> Iterator[Block]:
    if meta.typ is not calamine.SheetTypeEnum.WorkSheet:
        return
    sheet = workbook.get_sheet_by_name(meta.name)
    cells = sheet.height * sheet.width
    if cells > _MOST_CELLS:
        raise TooLarge("sheet_cells", cells=cells, limit=_MOST_CELLS)
    merged = _merged(sheet)
    rows: Iterator[list[str]] = ([written(cell) for cell in row] for row in sheet.iter_rows())
    if merged:
        rows = _filled(list(rows), sheet.start or (0, 0), merged)
    yield from table_blocks(rows, number)


def _merged(sheet: calamine.CalamineSheet) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    try:
        return list(sheet.merged_cell_ranges or ())
    except calamine.CalamineError:
        return []  # formats that keep no merged cells


def _filled(
    rows: list[list[str]],
    start: tuple[int, int],
    merged: list[tuple[tuple[int, int], tuple[int, int]]],
) -> Iterator[list[str]]:
    """Give every row of a merged cell its words, so that each row reads on its own."""
    for (top, left), (bottom, _) in merged:
        if not 0 < bottom - top < _LARGEST_MERGE:
            continue
        first, column = top - start[0], left - start[1]
        if first < 0 or column < 0:
            continue
        for row in range(first + 1, min(bottom - start[0] + 1, len(rows))):
            if column < len(rows[row]):
                rows[row][column] = rows[row][column] or rows[first][column]
    return iter(rows)


def written(cell: Cell) -> str:
    """A cell as its reader would write it."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
    if isinstance(cell, datetime):
        day = cell.date().isoformat()
        return day if cell.time() == time() else f"{day} {cell.time().isoformat('minutes')}"
    if isinstance(cell, time):
        return cell.isoformat("minutes")
    return str(cell)
