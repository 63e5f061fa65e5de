"""The lexical index: tantivy over our own terms, derived from the records."""

import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self

from msgspec.structs import replace

from docqa.closing import Closing
from docqa.errors import LibraryLocked, StorageError
from docqa.paths import private_part
from docqa.stores.lexical.fields import open_for_writing, search_query
from docqa.stores.lexical.files import (
    FOLDER,
    damaged_files,
    is_damage,
    is_unwritable,
    meta_checksum,
    naming_lack_of_room,
    removed_passages,
)
from docqa.stores.lexical.state import IndexState, read_state, words_mark, write_state
from docqa.stores.records.library import Library
from docqa.stores.records.lock import write_lock
from docqa.stores.vectors.table import VectorTable
from docqa.terms import NO_WORDS, Words
from docqa.types import Progress, ReportProgress

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

    import tantivy

    from docqa.stores.lexical.update import GoingOn

# Rises when terms or fields change: an index of another scheme is rebuilt.
_SCHEME = 1
_WAIT_SECONDS = 0.05
# What makes an index anew; set by hand: a small one costs a moment, and of a larger one the scores
# differ by less than that from those of a fresh index.
_SMALL, _REMOVED_SHARE = 5000, 0.02
# What a first search reads to check the index: 20 ms at the usual 2 GB/s; set by hand. Of a larger
# index the smallest files are checked, all of it by `docqa doctor` and `docqa reindex --check`.
_CHECKED_BYTES = 32 << 20


class LexicalIndex(Closing):
    """Finds passages by their terms; follows the records, also while another process writes."""

    def __init__(self, library: Library, words: Words, report: ReportProgress | None) -> None:
        """Use `LexicalIndex.open`."""
        self._library = library
        self._words = words
        self._report = report
        self._damaged: str | None = None
        """The folder of an index that must be rebuilt."""
        self._checked = False
        self._root = library.path / FOLDER
        self._aside: TemporaryDirectory[str] | None = None
        self._state: IndexState | None = None
        self._index: tantivy.Index | None = None
        self._searcher: tantivy.Searcher | None = None

    @classmethod
    def open(
        cls, library: Library, words: Words = NO_WORDS, report: ReportProgress | None = None
    ) -> Self:
        """Open a library's index, caught up with it, or built where it is missing or damaged."""
        index = cls(library, words, report)
        index.refresh()
        return index

    def close(self) -> None:
        """Let go of the files."""
        self._index = self._searcher = None
        if self._aside:
            self._aside.cleanup()
            self._aside = None

    @property
    def size(self) -> int:
        """Passages in the index."""
        return self._searcher.num_docs if self._searcher else 0

    def document_frequency(self, term: str) -> int:
        """How many passages hold a term."""
        return self._searcher.doc_freq("terms", term) if self._searcher else 0

    @property
    def is_level(self) -> bool:
        """Whether it holds all there is; asking does not open it."""
        state = self._keep()
        return state is not None and state.generation == self._library.generation

    def refresh(self) -> None:
        """See what any process committed since; cheap where nothing was."""
        if self._state and self._searcher and self._state.generation == self._library.generation:
            return
        self._load()
        if self._state is None or self._state.generation < self._library.generation:
            self._catch_up_or_go_on()

    def search(
        self, weights: Mapping[str, float], limit: int, allowed: frozenset[int] | None = None
    ) -> list[tuple[int, float]]:
        """(passage id, BM25 score), best first, of documents in `allowed` (None: of all)."""
        if not weights or allowed == frozenset():
            return []
        try:
            return self._hits(weights, limit, allowed)
        except BaseException as error:
            if not is_damage(error):
                raise
        self._damaged = self._state.folder if self._state else None
        self._rebuild_or_go_on()
        return self._hits(weights, limit, allowed)

    def faults(self) -> list[str]:
        """Names of files that are not as they were written; all of them are read for it."""
        state = self._keep()
        if state is None:
            # None yet, or one that the next search rebuilds anyway.
            return []
        found = damaged_files(self._root / state.folder)
        return found or ([] if self._names_are_sound(state) else ["meta.json"])

    def _hits(
        self, weights: Mapping[str, float], limit: int, allowed: frozenset[int] | None
    ) -> list[tuple[int, float]]:
        if self._searcher is None or self._index is None:
            return []
        query = search_query(self._index.schema, weights, allowed)
        hits = self._searcher.search(query, limit, count=False).hits
        ids = self._searcher.fast_field_values("id", [address for _, address in hits])
        scored = [
            (int(number or 0), float(score)) for number, (score, _) in zip(ids, hits, strict=True)
        ]
        return sorted(scored, key=lambda found: (-found[1], found[0]))

    def catch_up(self, going_on: "GoingOn" = lambda: False) -> int:
        """Bring the index to the records' state; returns how many passages were added.

        While `going_on`, more is expected and waited for. Where another process is bringing it up
        to date, nothing is done.
        """
        return self._catch_up_if_free(going_on) or 0

    def _catch_up_if_free(self, going_on: "GoingOn") -> int | None:
        """Catch up; None where another process is doing so."""
        try:
            with naming_lack_of_room(self._root), write_lock(private_part(self._root)):
                return self._catch_up(going_on)
        except LibraryLocked:
            return None

    def rebuild(self) -> int:
        """Rebuild the index from the records."""
        with naming_lack_of_room(self._root), write_lock(private_part(self._root)):
            (self._root / "state.json").unlink(missing_ok=True)
            return self._catch_up(lambda: False)

    def _rebuild_or_go_on(self) -> None:
        """Rebuild it, elsewhere if it must."""
        try:
            self.rebuild()
        except LibraryLocked:  # another process has seen the damage too
            self._catch_up_or_wait()
        except StorageError as error:
            if not is_unwritable(error):
                raise
            self._build_aside()

    def _catch_up_or_go_on(self) -> None:
        """Catch up; where nothing can be written, search what there is or build it elsewhere."""
        try:
            self._catch_up_or_wait()
        except StorageError as error:
            if not is_unwritable(error):
                raise
            self._load()
            if self._state and self._searcher:
                self._tell("search.index_behind")
                return
            self._build_aside()

    def _catch_up_or_wait(self) -> None:
        """Catch up; where another process makes the first index there is, wait for it."""
        is_told = False
        while self._catch_up_if_free(lambda: False) is None:
            self._load()
            if self._state and self._state.generation:
                # Level with an earlier state of the records: that serves meanwhile.
                return
            if not is_told:
                self._tell("search.indexing")
                is_told = True
            time.sleep(_WAIT_SECONDS)

    def _build_aside(self) -> None:
        """Build the index in a folder that goes with this process."""
        self._aside = _temporary_folder()
        self._root = Path(self._aside.name)
        self._tell("search.index_aside")
        self.rebuild()

    def _keep(self) -> IndexState | None:
        """What the state file says; None where it is missing, damaged or outdated."""
        state = read_state(self._root)
        if state is None:
            return None
        # Records put back from a copy may be behind the index.
        ahead = state.generation > self._library.generation
        if ahead or replace(state, last=0, generation=0, meta=0) != self._fresh(state.folder):
            return None
        return state

    def _load(self) -> None:
        """Open what the state file names, if it serves."""
        self._state = self._keep()
        self._index = self._searcher = None
        if self._state and not self._checked:
            # Once: what this process writes afterwards it need not doubt.
            self._checked = True
            if self._is_damaged(self._state):
                self._damaged = self._state.folder
        if self._state and self._state.folder == self._damaged:
            self._state = None
        if self._state:
            self._open(self._state)

    def _open(self, state: IndexState) -> None:
        import tantivy

        try:
            self._index = tantivy.Index.open(str(self._folder_to_open(state)))
            self._searcher = self._index.searcher()
        except BaseException as error:
            if not is_damage(error):
                raise
            self._state = self._index = self._searcher = None
            self._damaged = state.folder

    def _folder_to_open(self, state: IndexState) -> Path:
        """The index's folder; where that is read-only, one of links to its files.

        tantivy locks a file in the folder that it reads.
        """
        folder = self._root / state.folder
        if not self._library.read_only or self._aside:
            return folder
        self._aside = _temporary_folder()
        for file in folder.iterdir():
            if file.suffix != ".lock":
                _link(file, Path(self._aside.name) / file.name)
        return Path(self._aside.name)

    def _is_damaged(self, state: IndexState) -> bool:
        """Whether the checksums of the index say so, as far as a search may wait for them."""
        folder = self._root / state.folder
        # Looked at twice: another process that writes makes other files of these meanwhile.
        for _ in range(2):
            if not damaged_files(folder, _CHECKED_BYTES) and self._names_are_sound(state):
                return False
        return self._keep() == state

    def _names_are_sound(self, state: IndexState) -> bool:
        if state.generation != self._library.generation:
            # A run that was killed has written more than it said.
            return True
        # 0: it was still being written to.
        return state.meta in (0, meta_checksum(self._root / state.folder))

    def _catch_up(self, going_on: "GoingOn") -> int:
        self._load()
        state = self._state or self._new()
        if state.generation == self._library.generation and not going_on():
            return 0
        added = self._write_and_load(state, going_on)
        removed, counted = removed_passages(self._root / state.folder)
        # Until tantivy merges them away, removed passages count as to how rare a word is.
        if removed and (counted <= _SMALL or removed > _REMOVED_SHARE * counted):
            self._write_and_load(self._new(), lambda: False)
        self._sweep()
        return added

    def _write_and_load(self, state: IndexState, going_on: "GoingOn") -> int:
        folder = self._root / state.folder
        # Imported here: most searches write nothing.
        from docqa.stores.lexical.update import IndexUpdate

        update = IndexUpdate(self._library, self._words, self._root, state, self._tell)
        reached = update.run(open_for_writing(folder), going_on)
        write_state(self._root, replace(reached, meta=meta_checksum(folder)))
        self._load()
        return update.added

    def _new(self) -> IndexState:
        """A fresh folder; the old one serves its readers until it is swept away."""
        folder = f"{time.time_ns():x}"
        private_part(self._root / folder)
        if self._damaged:
            self._tell("search.index_damaged")
            self._damaged = None
        return self._fresh(folder)

    def _fresh(self, folder: str) -> IndexState:
        mark = VectorTable(self._library).mark()
        return IndexState(folder, mark, _SCHEME, words_mark(self._words))

    def _sweep(self) -> None:
        for entry in self._root.iterdir():
            if entry.is_dir() and self._state and entry.name != self._state.folder:
                shutil.rmtree(entry, ignore_errors=True)

    def _tell(self, message: str, done: int = 0, total: int | None = None) -> None:
        if self._report:
            self._report(Progress(message, done, total))


def _link(file: Path, place: Path) -> None:
    try:
        place.symlink_to(file)
    except OSError:
        # Windows lets only some users make links.
        shutil.copyfile(file, place)


def _temporary_folder() -> "TemporaryDirectory[str]":
    # Imported here: nearly every library can be written.
    from tempfile import TemporaryDirectory

    return TemporaryDirectory(prefix="docqa-")
