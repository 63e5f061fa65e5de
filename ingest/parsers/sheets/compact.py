"""Moves far cells of an XLSX file near, before it is read.

calamine keeps room for every cell between the first and the last: one stray cell at XFD1000000
asks for more memory than there is, and the process ends. So rows and columns without any cell are
taken out first. A reader of the text misses nothing by it.
"""

import io
import re
from bisect import bisect_left
from collections.abc import Sequence
from zipfile import ZIP_STORED, ZipFile

from ingest.archive import entry

# Set by hand: a sheet is compacted if it spans so many cells, and so many for each that is filled.
_LARGE = 10_000
_SPARSE = 20
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_REFERENCE = rb'\br="([A-Z]{1,3})(\d{1,7})"'
_CELL = re.compile(rb"(<(?:\w+:)?c\s[^>]*?)" + _REFERENCE)
_ROW = re.compile(rb'(<(?:\w+:)?row\s[^>]*?)\br="(\d{1,7})"')
_MERGED = re.compile(rb'(<(?:\w+:)?mergeCell\s[^>]*?\bref=")([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)"')
_SIZE = re.compile(rb"<(?:\w+:)?dimension\s[^>]*>")


def compact(data: bytes) -> bytes:
    """The workbook without rows and columns that hold nothing; itself where no cell is far."""
    with ZipFile(io.BytesIO(data)) as archive:
        sheets = [name for name in archive.namelist() if _SHEET.fullmatch(name)]
        changed = {}
        for name in sheets:
            sheet = entry(archive, name)
            if _may_be_far(sheet) and (nearer := _compact_sheet(sheet)) is not None:
                changed[name] = nearer
        return _replace_parts(archive, changed) if changed else data


def column_number(letters: bytes) -> int:
    """The number of a column from 0: A is 0, XFD is 16383."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _may_be_far(sheet: bytes) -> bool:
    """A quick look: whether the last row is far down, or any column is named by three letters."""
    last = sheet.rfind(b"<row ")
    row = _ROW.match(sheet, last) if last >= 0 else None
    below = bool(row) and int(row.group(2)) > _LARGE if row else True
    return below or bool(re.search(rb'r="[A-Z]{3}\d', sheet))


def _compact_sheet(sheet: bytes) -> bytes | None:
    places = [(column_number(c), int(r)) for _, c, r in _CELL.findall(sheet)]
    if not places:
        return None
    columns = sorted({column for column, _ in places})
    rows = sorted({row for _, row in places})
    spanned = (columns[-1] + 1) * rows[-1]
    if spanned < _LARGE or spanned < _SPARSE * len(places):
        return None

    def cell(match: re.Match[bytes]) -> bytes:
        return b'%br="%b"' % (match[1], _name(match[2], int(match[3]), columns, rows))

    def row(match: re.Match[bytes]) -> bytes:
        return b'%br="%d"' % (match[1], bisect_left(rows, int(match[2])) + 1)

    def rename_range(match: re.Match[bytes]) -> bytes:
        first = _name(match[2], int(match[3]), columns, rows)
        return b'%b%b:%b"' % (match[1], first, _name(match[4], int(match[5]), columns, rows))

    return _SIZE.sub(b"", _MERGED.sub(rename_range, _ROW.sub(row, _CELL.sub(cell, sheet))))


def _name(letters: bytes, row: int, columns: Sequence[int], rows: Sequence[int]) -> bytes:
    column = min(bisect_left(columns, column_number(letters)), len(columns) - 1)
    return b"%b%d" % (_letters(column), min(bisect_left(rows, row), len(rows) - 1) + 1)


def _letters(column: int) -> bytes:
    letters = b""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = bytes((65 + rest,)) + letters
    return letters


def _replace_parts(archive: ZipFile, changed: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_STORED) as copy:
        for name in dict.fromkeys(archive.namelist()):
            copy.writestr(name, changed[name] if name in changed else entry(archive, name))
    return file.getvalue()
