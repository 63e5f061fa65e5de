"""Takes documents out of a library, and reads again what was taken out last."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from docqa.engine.ingest import Ingestion, IngestRequest, refresh_indexes, sweep_prompts
from docqa.errors import QueryError, StorageError
from docqa.settings import Settings
from docqa.stores.lexical.files import discard_index
from docqa.stores.records.library import Library
from docqa.stores.reserve import give_up_reserve, keep_reserve
from docqa.terms import fold
from docqa.types import Cancelled, IngestStep


def remove_documents(library: Path, settings: Settings, scope: Sequence[str]) -> list[str]:
    """Take documents out of a library and its indexes; return their paths, as shown.

    It works on a full disk, too: what is derived is deleted, and rebuilt when there is room.
    """
    try:
        return _remove(library, settings, scope)
    except StorageError as error:
        # Where not even SQLite's own small files find room, the library seems read-only.
        if error.code not in ("error.disk_full", "error.read_only") or not os.access(
            library, os.W_OK
        ):
            raise
        discard_index(library)
        give_up_reserve(library)
        return _remove(library, settings, scope, on_full_disk=True)


def _remove(
    library: Path, settings: Settings, scope: Sequence[str], *, on_full_disk: bool = False
) -> list[str]:
    with Library.open(library) as kept, kept.write_lock():
        removed = kept.remove_on_full_disk(scope) if on_full_disk else kept.remove(scope)
        sweep_prompts(kept, settings)
        # Imported here: errors come without waiting for it.
        from docqa.stores.lexical.files import is_unwritable

        try:
            refresh_indexes(kept, settings)
        except StorageError as error:
            # The next search brings the index up to date, as soon as there is room.
            if not is_unwritable(error):
                raise
        keep_reserve(library)
    return removed


def restore_removed(
    folder: Path, settings: Settings, cancelled: Cancelled = lambda: False
) -> Iterator[IngestStep]:
    """Read again the files that were removed last; QueryError where none were."""
    with Library.open(folder) as library:
        removed = library.removed_last()
    if not removed:
        raise QueryError("library.nothing_removed")
    files = tuple(Path(folder, name) for folder, name, _ in removed)
    names = {folder: shown.removesuffix(name).rstrip("/") for folder, name, shown in removed}
    yield from Ingestion(folder, settings, IngestRequest(files, names=names), cancelled)
    with Library.open(folder) as library, library.write_lock():
        library.forget_removed()


def names_several(pattern: str, names: Sequence[str]) -> bool:
    """Whether a name or a part of one, as opposed to a glob or a folder, means several files."""
    wanted = fold(pattern.rsplit("/", 1)[-1])
    return sum(wanted in fold(name.rsplit("/", 1)[-1]) for name in names) > 1
