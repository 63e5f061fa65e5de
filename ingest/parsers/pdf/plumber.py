"""The second extractor: pdfplumber, slower, for pages that PDFium garbles and for tables."""

import io
import logging
from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import Struct

from ingest.pages.fragments import Fragment, adjoins, append

Answer = TypeVar("Answer")
# What a page that is damaged makes it stumble over.
_FAULTS = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)


class Table(Struct, frozen=True):
    """A table at its place on the page, the origin below left."""

    left: float
    bottom: float
    right: float
    top: float
    rows: list[list[str]]

    def holds(self, fragment: Fragment) -> bool:
        """Whether a fragment stands within the table."""
        across = (fragment.left + fragment.right) / 2
        return self.left <= across <= self.right and self.bottom <= fragment.middle <= self.top

    def fragment(self) -> Fragment:
        """The whole table as one fragment."""
        text = "\n".join(" | ".join(row) for row in self.rows)
        return Fragment(text, self.left, self.bottom, self.right, self.top, 0.0, self.rows)


class Plumber:
    """Opens the file only when a page is asked for."""

    def __init__(self, data: bytes, password: str | None = None) -> None:
        """Keep the file's bytes."""
        self._data = data
        self._password = password
        self._document: Any = None

    def fragments(self, index: int) -> list[Fragment]:
        """The fragments of a page, none where this extractor fails too."""
        return self._ask(index, _fragments)

    def tables(self, index: int) -> list[Table]:
        """The tables of a page."""
        return self._ask(index, _tables)

    def _ask(self, index: int, ask: Callable[[Any], list[Answer]]) -> list[Answer]:
        import pdfplumber
        from pdfplumber.utils.exceptions import PdfminerException

        # It complains in the log about every oddity of a page.
        logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
        try:
            if self._document is None:
                self._document = pdfplumber.open(io.BytesIO(self._data), password=self._password)
            page = self._document.pages[index]
            answers = ask(page)
            page.close()
        except (PdfminerException, *_FAULTS):
            return []
        return answers


def _fragments(page: Any) -> list[Fragment]:
    found: list[Fragment] = []
    for word in page.extract_words(extra_attrs=["size"]):
        bottom, top = float(page.height - word["bottom"]), float(page.height - word["top"])
        left, right = float(word["x0"]), float(word["x1"])
        piece = Fragment(word["text"], left, bottom, right, top, float(word["size"]))
        if found and adjoins(found[-1], piece):
            append(found[-1], piece)
        else:
            found.append(piece)
    return found


def _tables(page: Any) -> list[Table]:
    found = []
    for table in page.find_tables():
        rows = [[cell or "" for cell in row] for row in table.extract()]
        left, top, right, bottom = map(float, table.bbox)
        if len(rows) > 1 and len(rows[0]) > 1:
            found.append(Table(left, page.height - bottom, right, page.height - top, rows))
    return found
