"""Checksums of rows: triggers keep them, a check compares them. A flipped bit shows.

What a table's seals cover belongs to the released migration that made them: to cover more, drop
the triggers in a new migration and create them again.
"""

from collections.abc import Iterator
from sqlite3 import Connection

from msgspec import Struct

_SHOWN = 5


class Sealed(Struct, frozen=True):
    """A table whose rows are sealed: what a row is known by, and the columns that count."""

    table: str
    key: str
    columns: tuple[str, ...]

    def begin(self, connection: Connection) -> None:
        """Seal what is there, and from now on every row that is written."""
        connection.execute(f"INSERT INTO seals SELECT {self._row()} FROM {self.table}")
        columns = ", ".join(self.columns)
        for event in ("INSERT", f"UPDATE OF {columns}"):
            name = f"seal_{self.table}_{event[:6].lower()}"
            connection.execute(
                f"CREATE TRIGGER {name} AFTER {event} ON {self.table} BEGIN"
                f" INSERT OR REPLACE INTO seals VALUES ({self._row('new.')}); END"
            )
        connection.execute(
            f"CREATE TRIGGER seal_{self.table}_delete AFTER DELETE ON {self.table} BEGIN"
            f" DELETE FROM seals WHERE kind = '{self.table}' AND key = {self._key('old.')}; END"
        )

    def faults(self, connection: Connection) -> Iterator[str]:
        """Keys of rows that are not as they were written, or are gone."""
        changed = (
            f"SELECT key_here FROM (SELECT {self._key()} AS key_here,"
            f" docqa_seal({self._cast()}) AS seal_here FROM {self.table}) LEFT JOIN seals"
            f" ON kind = '{self.table}' AND key = key_here WHERE seal IS NOT seal_here"
        )
        gone = (
            f"SELECT key FROM seals WHERE kind = '{self.table}'"
            f" AND NOT EXISTS (SELECT 1 FROM {self.table} WHERE {self._key()} = seals.key)"
        )
        for query in (changed, gone):
            for (key,) in connection.execute(f"{query} LIMIT {_SHOWN}"):
                yield str(key)

    def _row(self, of: str = "") -> str:
        return f"'{self.table}', {self._key(of)}, docqa_seal({self._cast(of)})"

    def _key(self, of: str = "") -> str:
        return " || '/' || ".join(f"{of}{part}" for part in self.key.split())

    def _cast(self, of: str = "") -> str:
        # As bytes: a flipped bit may have left no text that could be decoded.
        return ", ".join(f"CAST({of}{column} AS BLOB)" for column in self.columns)


class SealedPassages:
    """The passages of a document, sealed together: one seal each would slow down every ingest."""

    table = "passages"

    def begin(self, connection: Connection) -> None:
        """Seal those of every document that is there; `seal_passages` seals those to come."""
        documents = connection.execute("SELECT id FROM documents").fetchall()
        for (document_id,) in documents:
            seal_passages(connection, document_id)
        connection.execute(
            "CREATE TRIGGER seal_passages_delete AFTER DELETE ON documents BEGIN"
            " DELETE FROM seals WHERE kind = 'passages' AND key = old.id; END"
        )

    def faults(self, connection: Connection) -> Iterator[str]:
        """Ids of documents whose passages are not as they were written."""
        query = (
            f"SELECT id FROM documents AS d LEFT JOIN seals ON kind = 'passages' AND key = d.id"
            f" WHERE seal IS NOT ({_PASSAGES.format('d.id')}) LIMIT {_SHOWN}"
        )
        for (key,) in connection.execute(query):
            yield str(key)


_PASSAGES = (
    "SELECT docqa_seal(CAST(group_concat(id || ' ' || ordinal || ' ' || start || ' ' || \"end\""
    " || ' ' || coalesce(page, '') || ' ' || heading, ';') AS BLOB))"
    " FROM (SELECT * FROM passages WHERE document_id = {} ORDER BY ordinal)"
)


def seal_passages(connection: Connection, document_id: int) -> None:
    """Seal the passages of a document that has just been written."""
    connection.execute(
        f"INSERT OR REPLACE INTO seals VALUES ('passages', ?1, ({_PASSAGES.format('?1')}))",
        (document_id,),
    )


SEALED: tuple[Sealed | SealedPassages, ...] = (
    Sealed(
        "documents",
        "id",
        (
            "sha256",
            "recipe",
            "title",
            "status",
            "characters",
            "passages",
            "pages",
            "unreadable_pages",
            "encoding",
            "facts",
        ),
    ),
    Sealed(
        "paths",
        "id",
        ("folder", "name", "shown", "document_id", "size", "mtime", "recipe", "reason", "facts"),
    ),
    Sealed("texts", "document_id piece", ("text",)),
    Sealed("headings", "document_id number", ("path",)),
    Sealed("outlines", "document_id", ("sections", "pages")),
    SealedPassages(),
    Sealed("embedders", "id", ("key", "identity", "settings", "weight")),
    Sealed("vectors", "id", ("embedder_id", "passage_id", "document_id", "hash", "vector")),
    Sealed("sessions", "id", ("title",)),
    Sealed("turns", "session number", ("question", "answer", "sources", "folded")),
    Sealed("summaries", "key", ("text",)),
)
