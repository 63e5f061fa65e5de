"""Extracted text, kept in pieces of equal length so that any slice costs the same."""

import json
from collections import OrderedDict
from collections.abc import Sequence
from sqlite3 import Connection

PIECE = 2048
_CACHED_PIECES = 64
# SQLite cuts what it reads, so that whole pieces need not become strings first.
_SLICES = f"""
    WITH wanted AS (
        SELECT key AS number, value ->> 0 AS document, value ->> 1 AS first, value ->> 2 AS last
        FROM json_each(?)
    )
    SELECT number, substr(
        text, max(first - piece * {PIECE}, 0) + 1, last - max(first, piece * {PIECE})
    )
    FROM wanted JOIN texts ON document_id = document
        AND piece BETWEEN first / {PIECE} AND (last - 1) / {PIECE}
    ORDER BY number, piece
"""


class Texts:
    """Reads slices of documents' text; remembers the last pieces it touched."""

    def __init__(self, connection: Connection) -> None:
        """Read through this connection."""
        self._connection = connection
        self._pieces: OrderedDict[tuple[int, int], str] = OrderedDict()

    def slice(self, document_id: int, start: int, end: int) -> str:
        """Characters from start to end of a document's text."""
        first, last = start // PIECE, max(start, end - 1) // PIECE
        if last - first > _CACHED_PIECES // 2:
            text = self._join(document_id, first, last)
        else:
            text = "".join(self._piece(document_id, n) for n in range(first, last + 1))
        return text[start - first * PIECE : end - first * PIECE]

    def slices(self, wanted: Sequence[tuple[int, int, int]]) -> list[str]:
        """Many slices at once, as (document id, start, end): one query."""
        found = [""] * len(wanted)
        for number, part in self._connection.execute(_SLICES, (json.dumps(wanted),)):
            found[number] += part
        for number, (document_id, start, end) in enumerate(wanted):
            # SQLite takes a NUL for the end of a text; what lies beyond its real end is short, too.
            if len(found[number]) != end - start:
                found[number] = self.slice(document_id, start, end)
        return found

    def _piece(self, document_id: int, number: int) -> str:
        key = (document_id, number)
        if key in self._pieces:
            self._pieces.move_to_end(key)
            return self._pieces[key]
        row = self._connection.execute(
            "SELECT text FROM texts WHERE document_id = ? AND piece = ?", key
        ).fetchone()
        piece: str = row[0] if row else ""
        self._pieces[key] = piece
        if len(self._pieces) > _CACHED_PIECES:
            self._pieces.popitem(last=False)
        return piece

    def _join(self, document_id: int, first: int, last: int) -> str:
        rows = self._connection.execute(
            "SELECT text FROM texts WHERE document_id = ? AND piece BETWEEN ? AND ? ORDER BY piece",
            (document_id, first, last),
        )
        return "".join(piece for (piece,) in rows)


def pieces(text: str) -> list[str]:
    """The text cut as it is stored."""
    return [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
