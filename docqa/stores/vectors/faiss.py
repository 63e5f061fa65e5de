"""Approximate search with FAISS: an index derived from the records, for large libraries."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Self

import faiss
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from docqa.errors import LibraryLocked, StorageError
from docqa.stores.vectors.faiss_file import FaissFile, FaissState, on_gpu, selector
from docqa.stores.vectors.matrix import Matrix, nearest
from docqa.stores.vectors.table import StoredEmbedder, VectorRows, VectorTable
from docqa.types import Progress, ReportProgress

if TYPE_CHECKING:
    from docqa.settings import EmbeddingSettings
    from docqa.stores.records.library import Library

# Vectors compared in one search, about (tests/bench/vectors.py shows time and recall).
_COMPARED = 150_000
_PROBES_LEAST = 16
# Candidates scored again with the records' own vectors, for each passage asked for.
_CANDIDATES = 4
# A scope of up to so many passages is searched exactly.
_FEW = 2_000
# The index is rebuilt when so many vectors wait outside it or are gone from it.
_BEHIND_SHARE = 0.1
_BEHIND_LEAST = 20_000


class _Scope(Struct, frozen=True):
    """Where to search: generation and allowed documents, their passages, and FAISS's form of it."""

    key: tuple[int, frozenset[int] | None]
    passages: list[int] | None
    selector: Any


class FaissVectors:
    """An index file mapped into memory, and the vectors newer than it, searched exactly."""

    def __init__(
        self, library: "Library", stored: StoredEmbedder, report: ReportProgress | None = None
    ) -> None:
        """Open the index; make it first where it is missing, damaged or far behind."""
        self._library = library
        self._stored = stored
        self._table = VectorTable(library)
        self._file = FaissFile(library.path / "faiss", stored)
        self._report = report
        self._scope = _Scope((-1, None), None, None)
        self._index: Any
        self._gpu: Any
        self._generation: int
        self._open()
        if self._index is None:
            self._rebuild("dense.faiss_damaged" if self._file.was_built() else "")
        elif self._is_behind():
            self._rebuild("dense.faiss_behind")

    @classmethod
    def open(
        cls,
        library: "Library",
        stored: StoredEmbedder,
        settings: "EmbeddingSettings",
        report: ReportProgress | None = None,
    ) -> Self:
        """Open it as all stores are opened."""
        return cls(library, stored, report)

    def catch_up(self) -> None:
        """Take in what changed; where that is much, the index is rebuilt."""
        generation = self._library.generation
        if generation == self._generation:
            return
        self.remove([number for number, _ in self._library.removed_after(self._generation)])
        self._generation = generation
        self._load_newest()
        if self._is_behind():
            self._rebuild("dense.faiss_behind")

    def add(self, rows: VectorRows) -> None:
        """Search these, too."""
        self._newest.add(rows)
        self._last = rows.last

    def remove(self, passages: Collection[int]) -> None:
        """Leave these out of searches from now on."""
        self._gone.update(passages)
        self._newest.remove(passages)

    def search(
        self, vector: NDArray[np.float32], k: int, allowed: frozenset[int] | None = None
    ) -> list[tuple[int, float]]:
        """The nearest passages with their inner products, best first."""
        self.catch_up()
        if self._scope.key != (self._generation, allowed):
            # Kept: questions often come in the same scope as the last.
            self._scope = self._enter(allowed)
        within = self._scope.passages
        if within is not None and len(within) <= _FEW:
            return self._score(vector, k, within)
        near = self._newest.search(vector, k, allowed)
        near += self._score(vector, k, self._candidates(vector, k * _CANDIDATES))
        return sorted(near, key=lambda pair: (-pair[1], pair[0]))[:k]

    def close(self) -> None:
        """Let go of the index and the vectors."""
        self._index = self._gpu = None
        self._newest = Matrix(self._stored.identity.dimension)

    def _open(self) -> None:
        """Begin with the index as it lies on disk, and the vectors that are newer."""
        empty = FaissState(0, 0, self._library.generation, "")
        state, self._index = self._file.open(self._library.generation) or (empty, None)
        self._gpu = on_gpu(self._index) if self._index is not None else None
        self._rows, self._last = state.rows, state.last
        self._generation = self._library.generation
        self._gone = {number for number, _ in self._library.removed_after(state.generation)}
        self._newest = Matrix(self._stored.identity.dimension)
        self._load_newest()

    def _load_newest(self) -> None:
        for rows in self._table.rows_after(self._stored, self._last):
            self.add(rows)

    def _is_behind(self) -> bool:
        limit = max(_BEHIND_LEAST, self._rows * _BEHIND_SHARE)
        return len(self._newest) > limit or len(self._gone) > limit

    def _rebuild(self, reason: str) -> None:
        if not len(self._newest) and not self._rows:
            return
        if self._report and reason:
            self._report(Progress(reason, 0))
        try:
            self._file.build(self._library, self._report)
        except (LibraryLocked, StorageError):
            # Another process is at it, or the disk refuses: searched exactly, slower but right.
            return
        self._open()

    def _enter(self, allowed: frozenset[int] | None) -> "_Scope":
        within = None if allowed is None else self._table.passages_of(allowed)
        wanted = None
        if self._gone or (within is not None and len(within) > _FEW):
            wanted = selector(within, self._gone, self._table.highest_passage())
        return _Scope((self._generation, allowed), within, wanted)

    def _score(
        self, vector: NDArray[np.float32], k: int, passages: Collection[int]
    ) -> list[tuple[int, float]]:
        """The best of these by the records' own vectors."""
        return nearest(self._table.of_passages(self._stored, passages), vector, k)

    def _candidates(self, vector: NDArray[np.float32], count: int) -> list[int]:
        if self._index is None:
            return []
        within, wanted = self._scope.passages, self._scope.selector
        # The GPU's index takes no choice of passages.
        index = self._gpu if wanted is None and self._gpu is not None else self._index
        lists = self._index.nlist
        probes = max(_PROBES_LEAST, lists * _COMPARED // self._rows)
        if within is not None:
            # Few of a list's vectors may be found, so more lists are looked into.
            probes *= max(1, self._rows // len(within))
        # FAISS's stubs know only the C++ signature.
        options = faiss.SearchParametersIVF(sel=wanted, nprobe=min(probes, lists))  # type: ignore[call-arg]
        _, found = index.search(vector.reshape(1, -1), min(count, self._rows), params=options)
        return [int(number) for number in found[0] if number >= 0]
