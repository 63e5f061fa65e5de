"""The vectors in the records: which embedder made them, for which passage, of which text."""

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from docqa.types import EmbedderIdentity

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from docqa.stores.records.library import Library

# Rows read or deleted at a time: memory and locks stay small however large the library is.
BLOCK = 20_000


class StoredEmbedder(Struct, frozen=True):
    """An embedder whose vectors the library holds; `serving` marks the one searches use."""

    id: int
    identity: EmbedderIdentity
    settings: str
    serving: bool
    weight: float | None


class VectorRows(Struct, frozen=True):
    """Vectors with the passages and documents they belong to; `last` is their newest row id."""

    passages: "NDArray[np.int64]"
    documents: "NDArray[np.int64]"
    vectors: "NDArray[np.float16]"
    last: int


class NewVector(Struct, frozen=True):
    """A vector about to be stored."""

    passage_id: int
    document_id: int
    hash: bytes
    vector: bytes


def text_hash(text: str) -> bytes:
    """What a vector is found again by when the same text comes back."""
    # Imported here: a question answered by words alone need not wait for OpenSSL.
    import hashlib

    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def vector_key(identity: EmbedderIdentity) -> str:
    """What shapes a passage's vector; the prefix of questions does not.

    A moved or renamed folder with the same weights is the same embedder; an endpoint has only its
    model's name.
    """
    name = "" if identity.revision else identity.model
    return _json(replace(identity, model=name, query_prefix=""))


class VectorTable:
    """Reads and writes a library's vectors; callers that write hold the library's lock."""

    def __init__(self, library: "Library") -> None:
        """Work through the library's connection."""
        self._library = library
        self._connection = library.connection

    def serving(self) -> StoredEmbedder | None:
        """The embedder whose vectors searches use."""
        return next((stored for stored in self.embedders() if stored.serving), None)

    def embedders(self) -> list[StoredEmbedder]:
        """Every embedder with vectors here, complete or under way."""
        rows = self._connection.execute(
            "SELECT id, identity, settings, serving, weight FROM embedders ORDER BY id"
        )
        return [
            StoredEmbedder(
                number,
                msgspec.json.decode(identity, type=EmbedderIdentity),
                how,
                bool(serving),
                weight,
            )
            for number, identity, how, serving, weight in rows
        ]

    def find(self, identity: EmbedderIdentity) -> StoredEmbedder | None:
        """The stored embedder that gives the same vectors."""
        key = vector_key(identity)
        return next((s for s in self.embedders() if vector_key(s.identity) == key), None)

    def enter(self, identity: EmbedderIdentity, settings: str) -> StoredEmbedder:
        """Make room for an embedder's vectors; the first one serves at once."""
        if self.find(identity) is None:
            with self._change():
                self._connection.execute(
                    "INSERT INTO embedders (key, identity, settings, serving)"
                    " VALUES (?, ?, ?, NOT EXISTS (SELECT 1 FROM embedders WHERE serving))",
                    (vector_key(identity), _json(identity), settings),
                )
        found = self.find(identity)
        assert found is not None
        return found

    def serve(self, embedder_id: int) -> None:
        """Let searches use this embedder from now on, and drop the vectors of every other."""
        with self._change():
            self._connection.execute("UPDATE embedders SET serving = (id = ?)", (embedder_id,))
        others = "SELECT id FROM vectors WHERE embedder_id <> ? LIMIT ?"
        dropped = BLOCK
        while dropped == BLOCK:
            with self._change():
                dropped = self._connection.execute(
                    f"DELETE FROM vectors WHERE id IN ({others})", (embedder_id, BLOCK)
                ).rowcount
        with self._change():
            self._connection.execute(
                "DELETE FROM spare_vectors WHERE embedder_id <> ?", (embedder_id,)
            )
            self._connection.execute("DELETE FROM embedders WHERE id <> ?", (embedder_id,))

    def set_weight(self, embedder_id: int, weight: float) -> None:
        """Keep the measured weight of the dense leg."""
        with self._change():
            self._connection.execute(
                "UPDATE embedders SET weight = ? WHERE id = ?", (weight, embedder_id)
            )

    def count(self, embedder_id: int) -> int:
        """How many passages this embedder has done."""
        return self._number("SELECT count(*) FROM vectors WHERE embedder_id = ?", embedder_id)

    def count_missing(self, embedder_id: int) -> int:
        """How many passages it has yet to do."""
        return self._number(f"SELECT count(*) FROM {_MISSING}", embedder_id)

    def missing(self, embedder_id: int, after: int, limit: int) -> list[int]:
        """Ids of passages it has yet to do, in order, beyond one id."""
        rows = self._connection.execute(
            f"SELECT p.id FROM {_MISSING} AND p.id > ? ORDER BY p.id LIMIT ?",
            (embedder_id, after, limit),
        )
        return [number for (number,) in rows]

    def find_vectors(self, embedder_id: int, hashes: Collection[bytes]) -> dict[bytes, bytes]:
        """Vectors it has already made of texts with these hashes."""
        found: dict[bytes, bytes] = {}
        for table in ("vectors", "spare_vectors"):
            for number in hashes:
                row = self._connection.execute(
                    f"SELECT vector FROM {table} WHERE hash = ? AND embedder_id = ?",
                    (number, embedder_id),
                ).fetchone()
                if row:
                    found[number] = row[0]
        return found

    def put(self, embedder_id: int, rows: Sequence[NewVector]) -> None:
        """Store vectors, all of them or none; those of passages gone meanwhile are left out."""
        with self._change():
            self._connection.executemany(
                "INSERT OR IGNORE INTO vectors (embedder_id, passage_id, document_id, hash, vector)"
                " SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM passages WHERE id = ?2)",
                [(embedder_id, r.passage_id, r.document_id, r.hash, r.vector) for r in rows],
            )

    def drop_spares(self) -> None:
        """Forget the vectors of removed passages."""
        if self._number("SELECT EXISTS (SELECT 1 FROM spare_vectors)"):
            with self._change():
                self._connection.execute("DELETE FROM spare_vectors")

    def rows_after(self, stored: StoredEmbedder, row: int) -> Iterator[VectorRows]:
        """Vectors that arrived after a row, in blocks."""
        query = (
            "SELECT id, passage_id, document_id, vector FROM vectors"
            " WHERE embedder_id = ? AND id > ? ORDER BY id LIMIT ?"
        )
        while rows := self._connection.execute(query, (stored.id, row, BLOCK)).fetchall():
            row = rows[-1][0]
            yield _pack([r[1:] for r in rows], stored.identity.dimension, row)

    def of_passages(self, stored: StoredEmbedder, passages: Collection[int]) -> VectorRows:
        """The vectors of certain passages."""
        rows = self._connection.execute(
            "SELECT passage_id, document_id, vector FROM vectors WHERE embedder_id = ?"
            " AND passage_id IN (SELECT value FROM json_each(?))",
            (stored.id, json.dumps(list(passages))),
        ).fetchall()
        return _pack(rows, stored.identity.dimension, 0)

    def sample(self, stored: StoredEmbedder, size: int) -> "NDArray[np.float16]":
        """Vectors spread evenly over all that there are."""
        first, last = self._connection.execute(
            "SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM vectors"
        ).fetchone()
        step = max(1, (last - first) // size)
        rows = self._connection.execute(
            "SELECT passage_id, document_id, vector FROM vectors WHERE embedder_id = ?"
            " AND id IN (SELECT value FROM json_each(?))",
            (stored.id, json.dumps(list(range(first, last + 1, step)))),
        ).fetchall()
        return _pack(rows, stored.identity.dimension, 0).vectors

    def mark(self) -> str:
        """What tells these records from all others, and from later ones in the same place."""
        query = "SELECT value FROM state WHERE name = 'vectors'"
        return str(self._connection.execute(query).fetchone()[0])

    def highest_passage(self) -> int:
        """The highest passage id in use."""
        return self._number("SELECT coalesce(max(id), 0) FROM passages")

    def passages_of(self, documents: Collection[int]) -> list[int]:
        """Ids of all passages of certain documents."""
        rows = self._connection.execute(
            "SELECT id FROM passages WHERE document_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(documents)),),
        )
        return [number for (number,) in rows]

    @contextmanager
    def _change(self) -> Iterator[None]:
        """All of it or nothing; readers see by the generation that something changed."""
        writer = self._library.writer
        writer.begin()
        try:
            yield
        except BaseException:
            writer.rollback()
            raise
        writer.commit()

    def _number(self, query: str, *values: object) -> int:
        return int(self._connection.execute(query, values).fetchone()[0])


_MISSING = (
    "passages AS p WHERE NOT EXISTS"
    " (SELECT 1 FROM vectors AS v WHERE v.passage_id = p.id AND v.embedder_id = ?)"
)


def _json(identity: EmbedderIdentity) -> str:
    return msgspec.json.encode(identity, order="sorted").decode()


def _pack(rows: list[tuple[int, int, bytes]], dimension: int, last: int) -> VectorRows:
    import numpy as np

    return VectorRows(
        passages=np.array([row[0] for row in rows], dtype=np.int64),
        documents=np.array([row[1] for row in rows], dtype=np.int64),
        vectors=np.frombuffer(b"".join(row[2] for row in rows), dtype="<f2").reshape(-1, dimension),
        last=last,
    )
