"""Takes what an ingest reads into a library, committing often but not for each file."""

import time
from collections.abc import Iterable, Mapping

from docqa.stores.records.library import Library
from docqa.stores.records.paths import decode_path, encode_path
from ingest.sink import Known, Place
from ingest.splitting.packed import PackedDocument

_COMMIT_SECONDS = 0.25
_COMMIT_CHARACTERS = 8_000_000
_FEW = 8
_SLASHES = "/\\"
_KNOWN = """
    SELECT p.name, p.size, p.mtime, coalesce(d.recipe, p.recipe), coalesce(d.sha256, ''),
        p.reason, p.facts, d.encoding, coalesce(d.pages, 0),
        coalesce(d.unreadable_pages, '[]'), coalesce(d.passages, 0), coalesce(d.characters, 0)
    FROM paths AS p LEFT JOIN documents AS d ON d.id = p.document_id
    WHERE p.folder = ?
"""


class Intake:
    """The sink of an ingest: one library, whose write lock the caller holds."""

    def __init__(self, library: Library) -> None:
        """Write into this library."""
        self._library = library
        self._writer = library.writer
        self._since = 0.0
        self._characters = 0

    def find_known(self, folder: str) -> Mapping[str, Known]:
        """The files of a folder that are kept, or that failed, by name."""
        return self._look_up(_KNOWN, folder)

    def folders(self, root: str) -> Iterable[str]:
        """Folders at or below this one that hold known files."""
        rows = self._library.connection.execute("SELECT DISTINCT folder FROM paths").fetchall()
        below = root.rstrip(_SLASHES)
        return [
            folder
            for folder in (decode_path(row[0]) for row in rows)
            if folder == root
            or (folder.startswith(below) and folder[len(below) : len(below) + 1] in _SLASHES)
        ]

    def contents(self, size: int, recipe: str) -> tuple[str, ...]:
        """Hashes of kept files of this size; none where they are too many to help."""
        rows = self._library.connection.execute(
            "SELECT DISTINCT d.sha256 FROM paths AS p JOIN documents AS d ON d.id = p.document_id"
            " WHERE p.size = ? AND d.recipe = ? LIMIT ?",
            (size, recipe, _FEW + 1),
        ).fetchall()
        return tuple(sha256 for (sha256,) in rows) if len(rows) <= _FEW else ()

    def put(self, place: Place, document: PackedDocument, sha256: str, recipe: str) -> None:
        """Keep what was read at a place, replacing what was there."""
        self._open()
        self._writer.put(place, document, sha256, recipe)
        self._characters += len(document.text)
        self._commit_when_due()

    def refer(self, place: Place, sha256: str, recipe: str) -> Known | None:
        """Let a place refer to content that is kept; None if it is no longer kept."""
        document_id = self._writer.find(sha256, recipe)
        if document_id is None:
            return None
        self._open()
        self._writer.refer(place, document_id)
        self._commit_when_due()
        return self._look_up(f"{_KNOWN} AND p.name = ?", place.folder, place.name)[place.name]

    def fail(
        self, place: Place, recipe: str, reason: str, facts: Mapping[str, object], *, forget: bool
    ) -> None:
        """Remember that a file could not be read; `forget` drops what was there before."""
        if forget or not self._is_kept(place):
            self._open()
            self._writer.fail(place, recipe, reason, facts)
            self._commit_when_due()

    def remove(self, folder: str, name: str) -> None:
        """Drop what was kept of a file."""
        self._open()
        self._writer.forget(folder, name)
        self._commit_when_due()

    def commit(self) -> None:
        """Make everything lasting that was done."""
        if self._writer.pending:
            self._writer.commit()

    def rollback(self) -> None:
        """Undo what was not committed."""
        if self._writer.pending:
            self._writer.rollback()

    def _open(self) -> None:
        if not self._writer.pending:
            self._writer.begin()
            self._since = time.monotonic()
            self._characters = 0

    def _commit_when_due(self) -> None:
        is_due = time.monotonic() - self._since > _COMMIT_SECONDS
        if is_due or self._characters > _COMMIT_CHARACTERS:
            self.commit()

    def _look_up(self, query: str, *place: str) -> dict[str, Known]:
        rows = self._library.connection.execute(query, tuple(map(encode_path, place)))
        return {decode_path(row[0]): Known._make(row[1:]) for row in rows}

    def _is_kept(self, place: Place) -> bool:
        row = self._library.connection.execute(
            "SELECT 1 FROM paths WHERE folder = ? AND name = ? AND document_id IS NOT NULL",
            (encode_path(place.folder), encode_path(place.name)),
        ).fetchone()
        return row is not None
