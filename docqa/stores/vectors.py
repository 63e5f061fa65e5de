"""Vector stores behind one Protocol, and the factory that opens the one the settings name."""

import importlib.util
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Protocol, TypeAlias

from docqa.extras import missing
from docqa.stores.vectors_table import StoredEmbedder, VectorRows, VectorTable
from docqa.types import Progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from docqa.settings import EmbeddingSettings, Settings
    from docqa.stores.library import Library

Report: TypeAlias = Callable[[Progress], None]
"""Hears what a store does when it takes long, such as building its index anew."""


class VectorStore(Protocol):
    """Searches the vectors of one embedder; the catalogue stays the truth."""

    def catch_up(self) -> None:
        """Take in what the catalogue gained and lost since the last look."""
        ...

    def add(self, rows: VectorRows) -> None:
        """Search these, too."""
        ...

    def remove(self, passages: Collection[int]) -> None:
        """Search these no more."""
        ...

    def search(
        self, vector: "NDArray[np.float32]", k: int, allowed: frozenset[int] | None = None
    ) -> list[tuple[int, float]]:
        """The nearest passages with their inner products, among the allowed documents."""
        ...

    def close(self) -> None:
        """Let go of memory, files and connections."""
        ...


def open_vectors(
    library: "Library", settings: "Settings", report: Report | None = None
) -> VectorStore | None:
    """The store over the vectors that searches use; None where no embedder is set or has run."""
    embedding = settings.embedding
    stored = VectorTable(library).serving() if embedding.backend != "none" else None
    return open_store(library, stored, embedding, report) if stored else None


def open_store(
    library: "Library",
    stored: StoredEmbedder,
    settings: "EmbeddingSettings",
    report: Report | None = None,
) -> VectorStore:
    """The store that the settings choose, over one embedder's vectors."""
    kind = _kind(library, settings)
    # Imported here: each store costs another library, from 0.1 to 2 seconds.
    if kind == "faiss":
        if not _installed("faiss"):
            raise missing("faiss", "FAISS")
        from docqa.stores.vectors_faiss import FaissVectors

        return FaissVectors(library, stored, report)
    if kind == "chroma":
        if not _installed("chromadb"):
            raise missing("chroma", "Chroma")
        from docqa.stores.vectors_chroma import ChromaVectors

        return ChromaVectors(library, stored, settings.chroma_url, report)
    from docqa.stores.vectors_exact import ExactVectors

    return ExactVectors(library, stored)


def refresh_index(
    library: "Library", settings: "EmbeddingSettings", report: Report | None = None
) -> None:
    """Bring an index outside the catalogue up to date, so that the next search need not wait."""
    stored = VectorTable(library).serving() if settings.backend != "none" else None
    if stored and _kind(library, settings) != "exact":
        store = open_store(library, stored, settings, report)
        store.catch_up()
        store.close()


def _kind(library: "Library", settings: "EmbeddingSettings") -> str:
    if settings.store != "auto":
        return settings.store
    # Without FAISS the exact search goes on, only slower.
    large = library.counts().passages > settings.faiss_above
    return "faiss" if large and _installed("faiss") else "exact"


def _installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None
