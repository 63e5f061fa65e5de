"""Opens the vector store that the settings choose."""

import importlib.util
from typing import TYPE_CHECKING

from docqa.extras import missing
from docqa.stores.vectors.store import Report, VectorStore
from docqa.stores.vectors.table import StoredEmbedder, VectorTable

if TYPE_CHECKING:
    from docqa.settings import EmbeddingSettings
    from docqa.stores.records.library import Library


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
        from docqa.stores.vectors.faiss import FaissVectors

        return FaissVectors(library, stored, report)
    if kind == "chroma":
        if not _installed("chromadb"):
            raise missing("chroma", "Chroma")
        from docqa.stores.vectors.chroma import ChromaVectors

        return ChromaVectors(library, stored, settings.chroma_url, report)
    from docqa.stores.vectors.exact import ExactVectors

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
