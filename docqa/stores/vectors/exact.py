"""Exact search over the records' vectors: the default, and the measure of all others."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Self

from docqa.stores.vectors.matrix import Matrix
from docqa.stores.vectors.table import StoredEmbedder, VectorRows, VectorTable
from docqa.types import ReportProgress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from docqa.settings import EmbeddingSettings
    from docqa.stores.records.library import Library


class ExactVectors:
    """Holds the vectors in memory; sees what other processes write on its next search."""

    def __init__(self, library: "Library", stored: StoredEmbedder) -> None:
        """Load the vectors of this embedder."""
        self._library = library
        self._stored = stored
        self._table = VectorTable(library)
        self._matrix = Matrix(stored.identity.dimension)
        self._generation = library.generation
        self._last = 0
        self._load()

    @classmethod
    def open(
        cls,
        library: "Library",
        stored: StoredEmbedder,
        settings: "EmbeddingSettings",
        report: ReportProgress | None = None,
    ) -> Self:
        """Open it as all stores are opened."""
        return cls(library, stored)

    def catch_up(self) -> None:
        """Take in what changed since the last search."""
        generation = self._library.generation
        if generation == self._generation:
            return
        self.remove([number for number, _ in self._library.removed_after(self._generation)])
        self._generation = generation
        self._load()

    def add(self, rows: VectorRows) -> None:
        """Search these, too."""
        self._matrix.add(rows)
        self._last = rows.last

    def remove(self, passages: Collection[int]) -> None:
        """Leave these out of searches from now on."""
        self._matrix.remove(passages)

    def search(
        self, vector: "NDArray[np.float32]", k: int, allowed: frozenset[int] | None = None
    ) -> list[tuple[int, float]]:
        """The nearest passages with their inner products, best first."""
        self.catch_up()
        return self._matrix.search(vector, k, allowed)

    def close(self) -> None:
        """Let go of the vectors."""
        self._matrix = Matrix(self._stored.identity.dimension)

    def _load(self) -> None:
        for rows in self._table.rows_after(self._stored, self._last):
            self.add(rows)
