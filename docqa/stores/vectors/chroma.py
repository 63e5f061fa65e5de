"""Chroma as the vector store, in the library's folder or on a server; it can always be refilled."""

import hashlib
from collections.abc import Collection as Group
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from docqa.errors import ServiceError, StorageError
from docqa.paths import private_part
from docqa.privacy import switch_off_telemetry
from docqa.stores.vectors.matrix import nearest
from docqa.stores.vectors.table import StoredEmbedder, VectorRows, VectorTable
from docqa.types import Progress, ReportProgress

if TYPE_CHECKING:
    import httpx
    import numpy as np
    from chromadb import Collection
    from chromadb.api import ClientAPI
    from numpy.typing import NDArray

    from docqa.settings import EmbeddingSettings
    from docqa.stores.records.library import Library

# Chroma refuses larger batches, and a server's requests stay small.
_BATCH = 2_000
# A scope of up to so many passages is searched in the records, exactly.
_FEW = 2_000
_SECONDS = 60.0


class ChromaVectors:
    """One collection for each library and embedder, brought up to date from the records."""

    def __init__(
        self,
        library: "Library",
        stored: StoredEmbedder,
        url: str = "",
        report: ReportProgress | None = None,
    ) -> None:
        """Open the collection in the library's folder, or on the server at this URL."""
        self._library = library
        self._stored = stored
        self._table = VectorTable(library)
        self._where = url or str(library.path / "chroma")
        self._is_server = bool(url)
        self._report = report
        self._last = self._generation = 0
        with self._phrase():
            self._client = _connect(url, self._where)
            self._open()
            self.catch_up()

    @classmethod
    def open(
        cls,
        library: "Library",
        stored: StoredEmbedder,
        settings: "EmbeddingSettings",
        report: ReportProgress | None = None,
    ) -> Self:
        """Open it as all stores are opened."""
        return cls(library, stored, settings.chroma_url, report)

    def catch_up(self) -> None:
        """Give Chroma what the records gained, and take from it what is gone."""
        generation = self._library.generation
        if generation == self._generation:
            return
        with self._phrase():
            gone = self._library.removed_after(self._generation)
            self.remove([number for number, _ in gone])
            self._add_newer()
            self._generation = generation
            self._collection.modify(metadata={"last": self._last, "generation": generation})

    def add(self, rows: VectorRows) -> None:
        """Put vectors in; those that are there already stay one."""
        for start in range(0, len(rows.passages), _BATCH):
            part = slice(start, start + _BATCH)
            self._collection.upsert(
                ids=[str(number) for number in rows.passages[part]],
                embeddings=rows.vectors[part].astype("float32"),
                metadatas=[{"document": int(number)} for number in rows.documents[part]],
            )
        self._last = rows.last

    def remove(self, passages: Group[int]) -> None:
        """Take vectors out."""
        ids = [str(number) for number in passages]
        for start in range(0, len(ids), _BATCH):
            self._collection.delete(ids=ids[start : start + _BATCH])

    def search(
        self, vector: "NDArray[np.float32]", k: int, allowed: frozenset[int] | None = None
    ) -> list[tuple[int, float]]:
        """The nearest passages with their inner products, best first."""
        self.catch_up()
        where: Any = None
        if allowed is not None:
            within = self._table.passages_of(allowed)
            if len(within) <= _FEW:
                return nearest(self._table.of_passages(self._stored, within), vector, k)
            where = {"document": {"$in": sorted(allowed)}}
        with self._phrase():
            found = self._collection.query(
                query_embeddings=vector.reshape(1, -1),
                n_results=k,
                where=where,
                include=["distances"],
            )
        distances = (found["distances"] or [[]])[0]
        pairs = zip(found["ids"][0], distances, strict=True)
        # Chroma's distance of an inner product is 1 minus it.
        return [(int(number), 1.0 - float(distance)) for number, distance in pairs]

    def close(self) -> None:
        """Close the connection."""
        for session in _sessions(self._client):
            session.close()
        self._client.close()  # type: ignore[attr-defined]  # the interface names no close

    def _open(self) -> None:
        """Find the collection, or begin an empty one."""
        # By the records' own mark: a new library must not meet the vectors of an older one.
        place = f"{self._table.mark()} {self._library.path.resolve()}"
        start = f"docqa-{hashlib.sha256(place.encode()).hexdigest()[:24]}-"
        name = f"{start}{self._stored.id}"
        self._collection = self._collection_of(name)
        if not self._note("last"):
            self._drop_others(start, name)
        if self._note("generation") > self._library.generation:
            # The library was put back to an earlier state.
            self._client.delete_collection(name)
            self._collection = self._collection_of(name)
        self._last, self._generation = self._note("last"), self._note("generation")

    def _collection_of(self, name: str) -> "Collection":
        return self._client.get_or_create_collection(
            name,
            # Always None: the default would fetch a model from the network.
            embedding_function=None,
            configuration={"hnsw": {"space": "ip"}},
        )

    def _drop_others(self, start: str, name: str) -> None:
        """Drop what an embedder left that this one has taken over from."""
        for collection in self._client.list_collections():
            if collection.name.startswith(start) and collection.name != name:
                self._client.delete_collection(collection.name)

    def _note(self, fact: str) -> int:
        noted = (self._collection.metadata or {}).get(fact)
        return noted if isinstance(noted, int) else 0

    def _add_newer(self) -> None:
        total = self._table.count(self._stored.id) - self._collection.count()
        done = 0
        for rows in self._table.rows_after(self._stored, self._last):
            self.add(rows)
            done += len(rows.passages)
            if self._report:
                self._report(Progress("dense.chroma_filling", done, max(done, total)))

    @contextmanager
    def _phrase(self) -> Iterator[None]:
        """Put Chroma's errors into words, a missing server among them."""
        import httpx
        from chromadb.errors import ChromaError

        try:
            yield
        except (ChromaError, httpx.HTTPError, ValueError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            if self._is_server:
                raise ServiceError("dense.chroma", url=self._where, reason=reason) from error
            raise StorageError("dense.chroma_folder", path=self._where, reason=reason) from error


def _connect(url: str, folder: str) -> "ClientAPI":
    switch_off_telemetry()
    import chromadb
    from chromadb.config import Settings

    silent = Settings(anonymized_telemetry=False)
    if not url:
        private_part(Path(folder))
        return chromadb.PersistentClient(path=folder, settings=silent)
    address = urlsplit(url if "://" in url else f"http://{url}")
    secure = address.scheme == "https"
    port = address.port or (443 if secure else 8000)
    host = address.hostname or ""
    client = chromadb.HttpClient(host=host, port=port, ssl=secure, settings=silent)
    for session in _sessions(client):
        session.timeout = _SECONDS
    return client


def _sessions(client: "ClientAPI") -> "list[httpx.Client]":
    """Its connections: Chroma's client waits on them for ever, and leaves them open when closed."""
    parts = (client, getattr(client, "_admin_client", None))
    servers = [getattr(part, "_server", None) for part in parts]
    return [server._session for server in servers if server and hasattr(server, "_session")]
