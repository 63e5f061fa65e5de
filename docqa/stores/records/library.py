"""A library: one folder whose SQLite records are the truth about documents and passages."""

import json
import os
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from msgspec import Struct

from docqa.closing import Closing
from docqa.errors import LibraryDamaged, StorageError, UnknownLibrary
from docqa.messages import say
from docqa.paths import libraries, private_dir
from docqa.stores.records.connection import Connection, connect, copy_of
from docqa.stores.records.documents import Documents
from docqa.stores.records.lock import write_lock
from docqa.stores.records.migrations import is_current, migrate
from docqa.stores.records.passages import Passages
from docqa.stores.records.texts import Texts
from docqa.stores.records.writer import Writer
from docqa.types import UNLIMITED, DocumentInfo, DocumentLimits, Passage
from ingest.sink import Place
from ingest.splitting.packed import pack, unpack_pages, unpack_sections
from ingest.types import Extract, PageReport, Section
from ingest.types import PassageSpan as CutPassage

if TYPE_CHECKING:
    from docqa.stores.records.limits import Dated

RECORDS = "library.sqlite"
_VACUUM_PAGES = 2000  # 8 MB; set by hand


class Counts(Struct, frozen=True):
    """How much a library holds."""

    documents: int
    passages: int
    characters: int


class Library(Closing):
    """Reads and writes one library; several may be open at once, in one process or in many."""

    def __init__(self, path: Path, connection: Connection) -> None:
        """Use `Library.open`; this wires the parts to an open connection."""
        self.path = path
        self.name = path.name
        self.connection = connection
        self.writer = Writer(connection)
        self._texts = Texts(connection)
        self._documents = Documents(connection)
        self._passages = Passages(connection, self._texts)

    @classmethod
    def open(cls, path: Path, *, create: bool = False, to_write: bool = False) -> Self:
        """Open the library in this folder, or make it; UnknownLibrary where there is none.

        Where nothing can be written it is opened for reading, unless it is opened `to_write`.
        """
        records = path / RECORDS
        if create:
            private_dir(path)
        elif not records.is_file():
            raise UnknownLibrary(name=path.name, known=", ".join(libraries()) or "-")
        if _is_emptied(records):
            raise LibraryDamaged(name=path.name, reason=say("library.fault_emptied"))
        try:
            connection = connect(records, to_write=to_write)
        except sqlite3.DatabaseError as error:
            raise _storage_error(error, path) from error
        try:
            return cls(path, _migrate_file(connection, path.name))
        except sqlite3.DatabaseError as error:
            connection.close()
            raise _storage_error(error, path) from error
        except BaseException:
            connection.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    @property
    def read_only(self) -> bool:
        """Whether it lies where nothing can be written."""
        return self.connection.read_only

    @property
    def generation(self) -> int:
        """A number that rises with every committed change, by any process."""
        (value,) = self.connection.execute(
            "SELECT value FROM state WHERE name = 'generation'"
        ).fetchone()
        return int(value)

    def write_lock(self) -> AbstractContextManager[None]:
        """Be the only writer; LibraryLocked names the other."""
        return write_lock(self.path)

    def counts(self) -> Counts:
        """How many documents, passages and characters are kept."""
        row = self.connection.execute(
            "SELECT count(*), coalesce(sum(passages), 0), coalesce(sum(characters), 0)"
            " FROM documents"
        ).fetchone()
        return Counts(*row)

    def count_passages(self, documents: Collection[int]) -> int:
        """How many passages certain documents have."""
        row = self.connection.execute(
            "SELECT coalesce(sum(passages), 0) FROM documents"
            " WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(documents)),),
        ).fetchone()
        return int(row[0])

    def documents(self, scope: Sequence[str] = ()) -> list[DocumentInfo]:
        """Documents by path; `scope` holds globs, paths, or ends of paths."""
        return self._documents.list_documents(scope)

    def content_of(self, document_id: int) -> str:
        """A key of what a document holds and how it was read; empty where it is gone."""
        return self._documents.content(document_id)

    def list_failed(self) -> list[DocumentInfo]:
        """Files that could not be read at all, with the reason."""
        return self._documents.list_failed()

    def document(self, path: str) -> DocumentInfo:
        """The document at a path; QueryError where none or several are meant."""
        return self._documents.one(path)

    def document_by_number(self, number: int) -> DocumentInfo | None:
        """The document with this id, if there is one."""
        return self._documents.by_number(number)

    def places(self, document_id: int) -> list[str]:
        """Where the files of a document lie on disk."""
        return self._documents.places(document_id)

    def location_of(self, path: str) -> str | None:
        """Where the document shown by exactly this name lies, if there is one."""
        return self._documents.location_of(path)

    def state_of(self, path: str) -> str | None:
        """`changed` or `gone` where a document's files are not as they were read, else None."""
        return self._documents.state_of(path)

    def changed_files(self, most: int) -> dict[str, str]:
        """Files that are `changed` or `gone` since they were read, by their place on disk."""
        return self._documents.states(most)

    def embedded_share(self) -> float | None:
        """The part of the passages that searches by meaning see; None where nothing is embedded."""
        row = self.connection.execute(
            "SELECT count(*) FROM vectors WHERE embedder_id ="
            " (SELECT id FROM embedders WHERE serving = 1)"
        ).fetchone()
        return row[0] / (self.counts().passages or 1) if row[0] else None

    def holds(self, path: Path) -> bool:
        """Whether a file, or any below a folder, at this place on disk is known."""
        return self._documents.holds(os.path.abspath(path))  # noqa: PTH100

    def scope_ids(
        self, scope: Sequence[str], limits: DocumentLimits = UNLIMITED
    ) -> frozenset[int] | None:
        """Ids of the documents in a scope and within limits; None where all are."""
        ids = self._documents.ids(scope)
        if not limits:
            return ids
        dated = self.find_dates(limits)
        return frozenset(dated) if ids is None else ids & frozenset(dated)

    def find_dates(self, limits: DocumentLimits = UNLIMITED) -> "dict[int, Dated]":
        """The documents within limits, by id, with when they are from and how that is known."""
        # Imported here: only a limit needs the tables that fold text (saves 15 ms).
        from docqa.stores.records.limits import OPENING, within

        rows = self._documents.files()
        openings = self.openings([row[0] for row in rows], OPENING)
        return within(limits, [(n, name, openings[n], said, at) for n, name, said, at in rows])

    def text(self, document_id: int, start: int = 0, end: int | None = None) -> str:
        """A slice of a document's extracted text."""
        if end is None:
            row = self.connection.execute(
                "SELECT characters FROM documents WHERE id = ?", (document_id,)
            ).fetchone()
            end = row[0] if row else 0
        return self._texts.slice(document_id, start, end)

    def openings(self, documents: Collection[int], length: int) -> dict[int, str]:
        """The first characters of certain documents."""
        ids = list(documents)
        return dict(zip(ids, self._texts.slices([(n, 0, length) for n in ids]), strict=True))

    def sections(self, document_id: int) -> list[Section]:
        """The blocks of a document, in order."""
        row = self.connection.execute(
            "SELECT sections FROM outlines WHERE document_id = ?", (document_id,)
        ).fetchone()
        return unpack_sections(row[0], self._headings(document_id)) if row else []

    def pages(self, document_id: int) -> tuple[PageReport, ...]:
        """How well each page of a document was read."""
        row = self.connection.execute(
            "SELECT pages FROM outlines WHERE document_id = ?", (document_id,)
        ).fetchone()
        return unpack_pages(row[0]) if row else ()

    def page_label(self, document_id: int, page: int | None) -> str | None:
        """The number printed on a page of a document, where it is not that of the sheet."""
        return self._passages.page_label(document_id, page)

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """Passages in the order asked; those that no longer exist are left out."""
        return self._passages.by_ids(ids)

    def passages_of(
        self, document_id: int, first: int = 0, last: int | None = None
    ) -> list[Passage]:
        """Passages of a document by ordinal, first and last included."""
        return self._passages.of_document(document_id, first, last)

    def passage_at(self, document_id: int, start: int) -> Passage | None:
        """The passage of a document that starts at this character."""
        return self._passages.at(document_id, start)

    def passage_holding(self, document_id: int, at: int) -> Passage | None:
        """The first passage of a document that holds this character."""
        return self._passages.holding(document_id, at)

    def passages_after(self, passage_id: int, limit: int) -> Iterator[Passage]:
        """Passages by rising id; ids are never used again."""
        return self._passages.after(passage_id, limit)

    def removed_after(self, generation: int) -> list[tuple[int, int]]:
        """(passage id, generation) of the passages removed since a generation."""
        rows = self.connection.execute(
            "SELECT first, last, generation FROM removals WHERE generation > ? ORDER BY generation",
            (generation,),
        )
        return [(n, since) for first, last, since in rows for n in range(first, last + 1)]

    def add_document(self, path: str, extract: Extract, passages: Sequence[CutPassage]) -> int:
        """Keep a document that was read elsewhere; `path` need not exist. Returns its id."""
        # Imported here: questions and ingests do not need it, and it loads all of OpenSSL.
        import hashlib

        place = Place(*os.path.split(os.path.abspath(path)), shown=path)  # noqa: PTH100
        digest = hashlib.sha256(extract.text.encode("utf-8", "surrogatepass")).hexdigest()
        return self.writer.put(place, pack(extract, passages), digest, recipe="")

    def remove(self, scope: Sequence[str]) -> list[str]:
        """Drop the documents and failed files in a scope; return the paths, as shown."""
        # What is deleted is overwritten: the text is gone, not only out of sight.
        self.connection.execute("PRAGMA secure_delete = ON").fetchall()
        removed = self._remove(scope)
        self._give_back_room(_VACUUM_PAGES)
        return removed

    def remove_on_full_disk(self, scope: Sequence[str]) -> list[str]:
        """The same with hardly any room: what is freed is not overwritten at first."""
        self.connection.execute("PRAGMA secure_delete = OFF").fetchall()
        # The log is taken over only when the file has become smaller: before it would have to grow.
        self.connection.execute("PRAGMA wal_autocheckpoint = 0").fetchall()
        removed = self._remove(scope)
        with suppress(StorageError, sqlite3.OperationalError):
            self._give_back_room(0)
            # What was not overwritten goes with this, if there is room and nobody reads just now.
            self.connection.execute("VACUUM")
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return removed

    def _remove(self, scope: Sequence[str]) -> list[str]:
        removed = self._documents.in_scope(scope)
        self.writer.begin()
        try:
            for folder, name, _ in removed:
                self.writer.forget(folder, name)
            # Vectors of removed passages wait for the same text to come back: not of these.
            self.connection.execute("DELETE FROM spare_vectors")
            self.connection.execute(
                "INSERT OR REPLACE INTO state VALUES ('removed', ?)", (json.dumps(removed),)
            )
        except BaseException:
            self.writer.rollback()
            raise
        self.writer.commit()
        return [shown for _, _, shown in removed]

    def _give_back_room(self, at_a_time: int) -> None:
        """Give the disk back what removed documents took; `at_a_time` pages, 0 for all."""
        left = -1
        # A little at a time: what is moved stands in SQLite's log until it is taken over.
        while left != (left := self._free_pages()) and left:
            self.connection.execute(f"PRAGMA incremental_vacuum({at_a_time})").fetchall()
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _free_pages(self) -> int:
        return int(self.connection.execute("PRAGMA freelist_count").fetchone()[0])

    def removed_last(self) -> list[tuple[str, str, str]]:
        """Folder, name and shown name of the files that `remove` took out last."""
        row = self.connection.execute("SELECT value FROM state WHERE name = 'removed'").fetchone()
        return [(folder, name, shown) for folder, name, shown in json.loads(row[0])] if row else []

    def forget_removed(self) -> None:
        """Forget what was taken out last."""
        self.connection.execute("DELETE FROM state WHERE name = 'removed'")

    def _headings(self, document_id: int) -> list[tuple[str, ...]]:
        rows = self.connection.execute(
            "SELECT path FROM headings WHERE document_id = ? ORDER BY number", (document_id,)
        )
        return [tuple(json.loads(path)) for (path,) in rows]


def _migrate_file(connection: Connection, name: str) -> Connection:
    """The connection with its tables up to date; an old file that only can be read is copied."""
    if connection.read_only and not is_current(connection):
        connection = copy_of(connection)
    migrate(connection, name)
    if connection.read_only:
        connection.execute("PRAGMA query_only = ON")
    return connection


def _is_emptied(records: Path) -> bool:
    """Whether the file holds nothing though an index was made of it."""
    index = records.with_name("lexical") / "state.json"
    return records.is_file() and records.stat().st_size == 0 and index.is_file()


def _storage_error(error: sqlite3.DatabaseError, path: Path) -> StorageError:
    if isinstance(error, sqlite3.OperationalError):
        return StorageError(path=path, reason=str(error))
    return LibraryDamaged(name=path.name, reason=str(error))
