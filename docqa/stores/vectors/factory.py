"""Opens the vector store that the settings choose."""

from typing import TYPE_CHECKING

from docqa.extras import missing
from docqa.registries.stores import STORES
from docqa.stores.vectors.store import VectorStore
from docqa.stores.vectors.table import StoredEmbedder, VectorTable
from docqa.types import ReportProgress

if TYPE_CHECKING:
    from docqa.settings import EmbeddingSettings
    from docqa.stores.records.library import Library


def open_store(
    library: "Library",
    stored: StoredEmbedder,
    settings: "EmbeddingSettings",
    report: ReportProgress | None = None,
) -> VectorStore:
    """The store that the settings choose, over one embedder's vectors."""
    entry = STORES[_kind(library, settings)]
    if not entry.is_installed:
        raise missing(entry.extra, entry.label)
    store: VectorStore = entry.load()(library, stored, settings, report)
    return store


def refresh_index(
    library: "Library", settings: "EmbeddingSettings", report: ReportProgress | None = None
) -> None:
    """Bring an index outside the records up to date, so that the next search need not wait."""
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
    return "faiss" if large and STORES["faiss"].is_installed else "exact"
