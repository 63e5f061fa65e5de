"""Keeps a library right: what it holds, what room it takes, its indexes and its vectors."""

from pathlib import Path
from typing import TYPE_CHECKING

from docqa.errors import QueryError, SettingError
from docqa.settings import Settings
from docqa.stores.records.documents import also
from docqa.stores.records.library import Library
from docqa.stores.records.scope import select
from docqa.types import Cancelled, DocumentInfo, ReportProgress

if TYPE_CHECKING:
    from docqa.retrieval.embedding_run import EmbeddingRun

__all__ = [
    "also",
    "embed_anew",
    "list_all",
    "measure_disk",
    "rebuild_indexes",
]


def list_all(library: Library, scope: list[str]) -> list[DocumentInfo]:
    """Documents and failed files by path; a pattern of the scope need match only one of them."""
    failed = library.list_failed()
    if not scope:
        return sorted([*library.documents(), *failed], key=lambda info: info.path)
    places = [(number, info.path, info.path) for number, info in enumerate(failed)]
    chosen = [failed[n] for pattern in scope for n in select(pattern, places)]
    try:
        return sorted([*library.documents(scope), *chosen], key=lambda info: info.path)
    except QueryError:
        if not chosen:
            raise
        return chosen


def measure_disk(folder: Path) -> dict[str, int]:
    """Bytes by file or folder of a library."""
    sizes: dict[str, int] = {}
    for entry in sorted(folder.iterdir()):
        # The log and the index of SQLite's file are part of it.
        name = entry.name.removesuffix("-wal").removesuffix("-shm")
        sizes[name] = sizes.get(name, 0) + _size(entry)
    return sizes


def rebuild_indexes(folder: Path, settings: Settings, report: ReportProgress) -> int:
    """Rebuild what is derived from the stored text; returns how many passages that were."""
    # Imported here: tantivy is not needed to list or check a library.
    from docqa.stores.lexical.index import LexicalIndex
    from docqa.stores.vectors.factory import refresh_index
    from docqa.terms import read_words

    words = read_words(settings.search.user_dictionary)
    with Library.open(folder) as library:
        with LexicalIndex(library, words, report) as index:
            count = index.rebuild()
        refresh_index(library, settings.embedding, report)
    return count


def embed_anew(
    folder: Path, settings: Settings, report: ReportProgress, cancelled: Cancelled
) -> "EmbeddingRun":
    """Embed every passage with the embedder of the settings."""
    # Imported here: they load what embeds.
    from docqa.llm.embeddings.factory import open_embedder
    from docqa.retrieval import embedding_run

    embedder = open_embedder(settings.embedding)
    if embedder is None:
        raise SettingError("library.no_embedder")
    with Library.open(folder) as library, library.write_lock():
        return embedding_run.embed_anew(library, embedder, report, cancelled)


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(_size(entry) for entry in path.iterdir())
    try:
        return path.stat().st_size
    except OSError:
        # A file that another process swept away meanwhile takes no room.
        return 0
