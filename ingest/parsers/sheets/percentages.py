"""Which cells of an XLSX sheet are shown as percentages: calamine gives the bare number."""

import io
import posixpath
import re
from zipfile import ZipFile

from lxml import etree

from ingest.archive import entry
from ingest.errors import FileUnreadable
from ingest.parsers.sheets.compact import column_number
from ingest.parsers.xml import parse_xml

_BUILT_IN = {"9": 0, "10": 2}  # the formats 0% and 0.00%, which no file defines
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_DECIMALS = re.compile(r"\.([0#?]+)")

Places = dict[tuple[int, int], int]


class Percentages:
    """Looks into the container once a sheet is asked for, and only where a format is one."""

    def __init__(self, data: bytes) -> None:
        """Read the styles; a container that keeps them elsewhere has none."""
        self._archive = ZipFile(io.BytesIO(data))
        self._sheets: dict[str, str] = {}
        self._styles = self._percent_styles()
        if self._styles:
            self._sheets = self._parts()

    def of_sheet(self, name: str) -> Places:
        """Decimals of each percentage by its row and column, from 0."""
        part = self._sheets.get(name)
        if part is None or part not in self._archive.namelist():
            return {}
        styles = b"|".join(style.encode() for style in self._styles)
        cells = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})" s="(' + styles + rb')"')
        return {
            (int(row) - 1, column_number(letters)): self._styles[style.decode()]
            for letters, row, style in cells.findall(entry(self._archive, part))
        }

    def _percent_styles(self) -> dict[str, int]:
        root = self._root("xl/styles.xml")
        if root is None:
            return {}
        decimals = dict(_BUILT_IN)
        for form in root.iter("{*}numFmt"):
            code = _QUOTED.sub("", form.get("formatCode") or "").split(";")[0]
            if "%" in code:
                places = _DECIMALS.search(code)
                decimals[form.get("numFmtId") or ""] = len(places.group(1)) if places else 0
        used = root.find("{*}cellXfs")
        formats = [item.get("numFmtId") or "" for item in used] if used is not None else []
        return {str(n): decimals[form] for n, form in enumerate(formats) if form in decimals}

    def _parts(self) -> dict[str, str]:
        """The part that holds each sheet, by the sheet's name."""
        book, links = self._root("xl/workbook.xml"), self._root("xl/_rels/workbook.xml.rels")
        if book is None or links is None:
            return {}
        targets = {link.get("Id"): link.get("Target") or "" for link in links}
        return {
            sheet.get("name") or "": posixpath.join("/xl", targets.get(sheet.get(_RELATION), ""))[
                1:
            ]
            for sheet in book.iter("{*}sheet")
        }

    def _root(self, name: str) -> etree._Element | None:
        if name not in self._archive.namelist():
            return None
        try:
            return parse_xml(entry(self._archive, name))
        except FileUnreadable:
            return None  # what is broken here costs no more than the signs


def write_percentage(value: float, decimals: int) -> str:
    """A share as it is shown: 12.45%."""
    return f"{value:.{decimals}%}"
