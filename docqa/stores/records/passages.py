"""Reads passages: by id, by document, or in the order they were added."""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from sqlite3 import Connection
from typing import Any, TypeAlias

from docqa.stores.records.texts import Texts
from docqa.types import Passage
from ingest.splitting.packed import unpack_pages

# The path as shown is looked up per row: a document has one or two, and they share an index page.
_SELECT = """
    SELECT p.id, p.document_id, p.ordinal, p.start, p."end", p.page, h.path,
        (SELECT min(shown) FROM paths WHERE document_id = p.document_id)
    FROM passages AS p
    JOIN headings AS h ON h.document_id = p.document_id AND h.number = p.heading
"""
_AT_A_TIME = 500
# As PageReport packs it; most documents have no printed numbers, and need no further look.
_PRINTED = b"\xa7printed\xc3"
_DOCUMENTS_AT_HAND = 64

_Row: TypeAlias = tuple[Any, ...]


class Passages:
    """The passages of one library; a passage's text is the slice that its positions name."""

    def __init__(self, connection: Connection, texts: Texts) -> None:
        """Read through this connection."""
        self._connection = connection
        self._texts = texts
        # A document never changes: what replaces it has another id.
        self._labels_of = lru_cache(_DOCUMENTS_AT_HAND)(self._read_labels)

    def by_ids(self, ids: Sequence[int]) -> list[Passage]:
        """Passages in the order asked; those that no longer exist are left out."""
        found: dict[int, Passage] = {}
        for first in range(0, len(ids), _AT_A_TIME):
            some = ids[first : first + _AT_A_TIME]
            marks = ",".join("?" * len(some))
            rows = self._connection.execute(f"{_SELECT} WHERE p.id IN ({marks})", some).fetchall()
            texts = self._texts.slices([(row[1], row[3], row[4]) for row in rows])
            found.update(
                (row[0], self._passage(row, text)) for row, text in zip(rows, texts, strict=True)
            )
        return [found[number] for number in ids if number in found]

    def of_document(self, document_id: int, first: int, last: int | None) -> list[Passage]:
        """Passages of a document whose ordinals lie between first and last, both included."""
        rows = self._connection.execute(
            f"{_SELECT} WHERE p.document_id = ? AND p.ordinal >= ? AND p.ordinal <= ?"
            " ORDER BY p.ordinal",
            (document_id, first, 2**62 if last is None else last),
        )
        return list(self._build(rows))

    def at(self, document_id: int, start: int) -> Passage | None:
        """The passage of a document that starts at this character."""
        row = self._connection.execute(
            f"{_SELECT} WHERE p.document_id = ? AND p.start = ?", (document_id, start)
        ).fetchone()
        return next(self._build([row])) if row else None

    def holding(self, document_id: int, at: int) -> Passage | None:
        """The first passage of a document that holds this character."""
        row = self._connection.execute(
            f'{_SELECT} WHERE p.document_id = ? AND p.start <= ? AND p."end" > ?'
            " ORDER BY p.start LIMIT 1",
            (document_id, at, at),
        ).fetchone()
        return next(self._build([row])) if row else None

    def after(self, passage_id: int, limit: int) -> Iterator[Passage]:
        """The next passages by id."""
        rows = self._connection.execute(
            f"{_SELECT} WHERE p.id > ? ORDER BY p.id LIMIT ?", (passage_id, limit)
        )
        return self._build(rows)

    def _build(self, rows: Iterable[_Row]) -> Iterator[Passage]:
        for row in rows:
            yield self._passage(row, self._texts.slice(row[1], row[3], row[4]))

    def page_label(self, document_id: int, page: int | None) -> str | None:
        """The number printed on a page, where it is not that of the sheet."""
        return self._labels_of(document_id).get(page) if page is not None else None

    def _read_labels(self, document_id: int) -> dict[int, str]:
        row = self._connection.execute(
            "SELECT pages FROM outlines WHERE document_id = ?", (document_id,)
        ).fetchone()
        if row is None or _PRINTED not in row[0]:
            return {}
        return {p.number: p.label for p in unpack_pages(row[0]) if p.printed and p.label}

    def _passage(self, row: _Row, text: str) -> Passage:
        number, document_id, ordinal, start, end, page, heading, shown = row
        return Passage(
            id=number,
            document_id=document_id,
            document=shown,
            ordinal=ordinal,
            start=start,
            end=end,
            text=text,
            page=page,
            heading=_heading(heading),
            page_label=self.page_label(document_id, page),
        )


def _heading(packed: str) -> tuple[str, ...]:
    # Most passages of plain text have none, and JSON costs more than this look.
    return () if packed == "[]" else tuple(json.loads(packed))
