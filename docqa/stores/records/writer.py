"""Writes documents into the records: each whole or not at all."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from sqlite3 import Connection

from docqa.paths import printable
from docqa.stores.records.names import name_file
from docqa.stores.records.paths import encode_path
from docqa.stores.records.seals import seal_passages
from docqa.stores.records.texts import pieces
from ingest.sink import Place
from ingest.splitting.packed import PackedDocument

_ADD_PATH = """
    INSERT INTO paths
        (document_id, size, mtime, recipe, reason, facts, updated, folder, name, shown)
    VALUES (?,?,?,?,?,?,?,?,?,?)
"""
_ROWS = 50
# Made once: `json.dumps` with options makes one for every call. Facts may quote names that are no
# text, which only ASCII can hold.
_ascii = json.JSONEncoder(default=str).encode
_text = json.JSONEncoder(ensure_ascii=False).encode


class Writer:
    """The one writer of a library; each call is done whole or not at all."""

    def __init__(self, connection: Connection) -> None:
        """Write through this connection."""
        self._connection = connection
        self._generation: int | None = None

    @property
    def pending(self) -> bool:
        """Whether there are changes that are not committed yet."""
        return self._generation is not None

    def begin(self) -> None:
        """Gather changes, to be committed together."""
        self._connection.execute("BEGIN IMMEDIATE")
        (self._generation,) = self._connection.execute(
            "UPDATE state SET value = value + 1 WHERE name = 'generation' RETURNING value"
        ).fetchone()

    def commit(self) -> None:
        """Make the gathered changes lasting."""
        self._generation = None
        try:
            self._connection.execute("COMMIT")
        except BaseException:
            self.rollback()
            raise

    def rollback(self) -> None:
        """Undo the gathered changes."""
        self._generation = None
        # Where the disk is full, SQLite has already undone them by itself.
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def find(self, sha256: str, recipe: str) -> int | None:
        """The document of this content read in this way, if it is kept."""
        row = self._connection.execute(
            "SELECT id FROM documents WHERE sha256 = ? AND recipe = ?", (sha256, recipe)
        ).fetchone()
        return row[0] if row else None

    def put(self, place: Place, document: PackedDocument, sha256: str, recipe: str) -> int:
        """Keep what was read at a place, replacing what was there; return its id."""
        with self._whole():
            document_id = self._document(document, sha256, recipe)
            self._point(place, document_id)
        return document_id

    def refer(self, place: Place, document_id: int) -> None:
        """Let a place refer to a document that is kept already."""
        with self._whole():
            self._point(place, document_id)

    def fail(self, place: Place, recipe: str, reason: str, facts: Mapping[str, object]) -> None:
        """Remember that the file at a place could not be read, and forget what was there."""
        with self._whole():
            self._point(place, None, recipe, reason, facts)

    def forget(self, folder: str, name: str) -> bool:
        """Drop a place, and its document when no other place has it; False if it was unknown."""
        with self._whole():
            row = self._connection.execute(
                "DELETE FROM paths WHERE folder = ? AND name = ? RETURNING document_id",
                (encode_path(folder), encode_path(name)),
            ).fetchone()
            if row and row[0] is not None:
                self._drop_if_orphan(row[0])
        return row is not None

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """A step of the gathered changes, or a change of its own."""
        if self.pending:
            self._connection.execute("SAVEPOINT step")
            try:
                yield
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK TO step")
                    self._connection.execute("RELEASE step")
                raise
            self._connection.execute("RELEASE step")
            return
        self.begin()
        try:
            yield
        except BaseException:
            self.rollback()
            raise
        self.commit()

    def _document(self, document: PackedDocument, sha256: str, recipe: str) -> int:
        """The id of the document, which is kept from now on, if it was not already."""
        facts = {
            "confidence": document.confidence,
            "notes": document.notes,
            "dated": document.dated,
        }
        cursor = self._connection.execute(
            "INSERT INTO documents (sha256, recipe, title, status, characters, passages, pages,"
            " unreadable_pages, encoding, facts, updated) VALUES (?,?,?,?,?,?,?,?,?,?,?)"
            " ON CONFLICT DO NOTHING",
            (
                sha256,
                recipe,
                document.title,
                "partial" if document.unreadable_pages else "read",
                len(document.text),
                len(document.passages),
                document.page_count,
                _ascii(document.unreadable_pages),
                document.encoding,
                _ascii({name: value for name, value in facts.items() if value}),
                time.time(),
            ),
        )
        is_new = bool(cursor.rowcount)
        number = cursor.lastrowid if is_new else self.find(sha256, recipe)
        assert number is not None
        if is_new:
            self._insert_parts(number, document)
        return number

    def _insert_parts(self, number: int, document: PackedDocument) -> None:
        run, run_many = self._connection.execute, self._connection.executemany
        run_many(
            "INSERT INTO texts VALUES (?,?,?)",
            ((number, n, piece) for n, piece in enumerate(pieces(document.text))),
        )
        run_many(
            "INSERT INTO headings VALUES (?,?,?)",
            ((number, n, _text(path)) for n, path in enumerate(document.headings)),
        )
        run("INSERT INTO outlines VALUES (?,?,?)", (number, document.sections, document.pages))
        self._insert_passages(number, document)
        seal_passages(self._connection, number)

    def _insert_passages(self, number: int, document: PackedDocument) -> None:
        # Many rows a statement: after each another thread may take its turn.
        for first in range(0, len(document.passages), _ROWS):
            rows = document.passages[first : first + _ROWS]
            values = ",".join(["(?,?,?,?,?,?)"] * len(rows))
            self._connection.execute(
                'INSERT INTO passages (document_id, ordinal, start, "end", page, heading)'
                f" VALUES {values}",
                [value for n, row in enumerate(rows, first) for value in (number, n, *row)],
            )

    def _point(
        self,
        place: Place,
        document_id: int | None,
        recipe: str = "",
        reason: str | None = None,
        facts: Mapping[str, object] | None = None,
    ) -> None:
        key = (encode_path(place.folder), encode_path(place.name))
        packed = _ascii(facts or {})
        row = (document_id, place.size, place.mtime, recipe, reason, packed, time.time())
        added = self._connection.execute(
            f"{_ADD_PATH} ON CONFLICT DO NOTHING", (*row, *key, printable(place.shown))
        )
        if added.rowcount:
            return
        old = self._connection.execute(
            "SELECT document_id FROM paths WHERE folder = ? AND name = ?", key
        ).fetchone()
        if old is None:
            # Another file is shown by the same name: folders before it tell this one apart.
            longer = printable(name_file(self._connection, place.folder, place.name))
            self._connection.execute(_ADD_PATH, (*row, *key, longer))
            return
        self._connection.execute(
            "UPDATE paths SET document_id = ?, size = ?, mtime = ?, recipe = ?, reason = ?,"
            " facts = ?, updated = ? WHERE folder = ? AND name = ?",
            (*row, *key),
        )
        if old[0] is not None and old[0] != document_id:
            self._drop_if_orphan(old[0])

    def _drop_if_orphan(self, document_id: int) -> None:
        still_used = "SELECT 1 FROM paths WHERE document_id = ? LIMIT 1"
        if self._connection.execute(still_used, (document_id,)).fetchone():
            return
        first, last = self._connection.execute(
            "SELECT min(id), max(id) FROM passages WHERE document_id = ?", (document_id,)
        ).fetchone()
        if first is not None:
            self._connection.execute(
                "INSERT INTO removals VALUES (?,?,?,?)",
                (self._generation, document_id, first, last),
            )
        self._connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))
