"""Brings an index to the records' state, also while an ingest still adds to them."""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from msgspec.structs import replace

from docqa.stores.allocator import give_back_freed
from docqa.stores.lexical.documents import index_documents
from docqa.stores.lexical.state import IndexState, write_state
from docqa.stores.records.library import Library
from docqa.terms import Words
from docqa.types import Passage

if TYPE_CHECKING:
    import tantivy

# So many passages are indexed in a moment: by one thread, and without saying so.
_SMALL = 5000
_WAIT_SECONDS = 0.05
_BATCH = 200
_COMMIT = 5000
_HEAP_PER_THREAD = 50_000_000
# Beside an ingest little more than the least there is, so that its memory stays flat.
_HEAP_WHILE_INGESTING = 16_000_000

GoingOn: TypeAlias = Callable[[], bool]
"""Whether the records still grow."""


class Tell(Protocol):
    """Takes a message and how far the work is."""

    def __call__(self, message: str, done: int = 0, total: int | None = None) -> None:
        """Pass it on to whoever listens."""


class IndexUpdate:
    """One run of writing: what the records have gained and lost since the index's state."""

    def __init__(
        self, library: Library, words: Words, root: Path, state: IndexState, tell: Tell
    ) -> None:
        """Prepare; `root` is where the state is kept."""
        self._library, self._words, self._root, self._tell = library, words, root, tell
        self._state = state
        self._last = state.last
        self.added = 0
        """Passages written so far."""
        self._found = 0
        """How many of them searches find already."""

    def run(self, index: "tantivy.Index", going_on: GoingOn) -> IndexState:
        """Write until nothing is missing and nothing more is expected."""
        (missing,) = self._library.connection.execute(
            "SELECT count(*) FROM passages WHERE id > ?", (self._last,)
        ).fetchone()
        writer = self._open_writer(index, missing, going_on())
        while True:
            expected = going_on()
            # Read before the passages, so that none of its changes is missed.
            generation = self._library.generation
            if batch := list(self._library.passages_after(self._last, _BATCH)):
                self._add(writer, batch, missing)
            elif expected:
                self._let_find(writer, generation)
                time.sleep(_WAIT_SECONDS)
            else:
                break
        self._commit(writer, generation)
        writer.wait_merging_threads()
        return self._state

    def _open_writer(
        self, index: "tantivy.Index", missing: int, expected: bool
    ) -> "tantivy.IndexWriter":
        import tantivy

        threads = 1 if missing < _SMALL else min(2, os.cpu_count() or 1)
        heap = _HEAP_WHILE_INGESTING if expected else _HEAP_PER_THREAD
        # tantivy takes and frees its heap a megabyte at a time.
        give_back_freed()
        writer = index.writer(heap * threads, threads)
        # A run that was killed after its commit left passages that the state does not know of.
        beyond = tantivy.Query.range_query(
            index.schema, "id", tantivy.FieldType.Integer, self._last, None, include_lower=False
        )
        writer.delete_documents_by_query(beyond)
        return writer

    def _add(self, writer: "tantivy.IndexWriter", batch: Sequence[Passage], missing: int) -> None:
        for document in index_documents(batch, self._words):
            writer.add_document(document)
        self._last = batch[-1].id
        self.added += len(batch)
        if missing > _SMALL:
            self._tell("search.indexing", self.added, max(missing, self.added))
        if self.added - self._found >= _COMMIT:
            # Found from now on, kept if the run is stopped, out of memory.
            writer.commit()
            write_state(self._root, replace(self._state, last=self._last))
            self._found = self.added

    def _let_find(self, writer: "tantivy.IndexWriter", generation: int) -> None:
        """Commit what was added; seldom, as every commit makes files, but at once the first."""
        if self.added > 2 * self._found:
            self._commit(writer, generation)
            write_state(self._root, self._state)
            self._found = self.added

    def _commit(self, writer: "tantivy.IndexWriter", generation: int) -> None:
        """From now on searches find what was added, and not what was removed."""
        for number, _ in self._library.removed_after(self._state.generation):
            writer.delete_documents_by_term("id", number)
        writer.commit()
        self._state = replace(self._state, last=self._last, generation=generation, meta=0)
