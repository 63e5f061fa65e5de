"""Vectors in memory, searched exactly."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from docqa.stores.vectors.table import VectorRows

_FIRST_ROWS = 1024


class Matrix:
    """A growing matrix with the passage and document of each row."""

    def __init__(self, dimension: int) -> None:
        """Begin empty."""
        self._vectors = np.empty((0, dimension), dtype=np.float32)
        self._passages = np.empty(0, dtype=np.int64)
        self._documents = np.empty(0, dtype=np.int64)
        self._alive = np.empty(0, dtype=bool)
        self._rows = 0

    def __len__(self) -> int:
        """Rows, removed ones included."""
        return self._rows

    def add(self, rows: "VectorRows") -> None:
        """Append rows."""
        end = self._rows + len(rows.passages)
        if end > len(self._alive):
            self._grow(max(end, _FIRST_ROWS, len(self._alive) * 3 // 2))
        place = slice(self._rows, end)
        self._vectors[place] = rows.vectors
        self._passages[place] = rows.passages
        self._documents[place] = rows.documents
        self._alive[place] = True
        self._rows = end

    def remove(self, passages: Iterable[int]) -> None:
        """Leave passages out of every search from now on."""
        gone = np.fromiter(passages, dtype=np.int64)
        if len(gone):
            self._alive[: self._rows] &= ~np.isin(self._passages[: self._rows], gone)

    def search(
        self, vector: NDArray[np.float32], k: int, allowed: frozenset[int] | None
    ) -> list[tuple[int, float]]:
        """The k passages nearest by inner product, among the allowed documents."""
        chosen = np.flatnonzero(self._choose(allowed))
        if not len(chosen):
            return []
        if len(chosen) * 4 > self._rows:
            scores = _products(self._vectors[: self._rows], vector)[chosen]
        else:
            scores = _products(self._vectors[chosen], vector)
        return best(self._passages[chosen], scores, k)

    def _choose(self, allowed: frozenset[int] | None) -> NDArray[np.bool_]:
        alive = self._alive[: self._rows]
        if allowed is None:
            return alive
        wanted = np.fromiter(allowed, dtype=np.int64, count=len(allowed))
        return alive & np.isin(self._documents[: self._rows], wanted)

    def _grow(self, rows: int) -> None:
        vectors = np.empty((rows, self._vectors.shape[1]), dtype=np.float32)
        vectors[: self._rows] = self._vectors[: self._rows]
        self._vectors = vectors
        # Copies: nothing else refers to these arrays.
        self._passages = np.resize(self._passages, rows)
        self._documents = np.resize(self._documents, rows)
        self._alive = np.resize(self._alive, rows)


def nearest(rows: "VectorRows", vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
    """The best of some rows, best first."""
    return best(rows.passages, _products(rows.vectors.astype(np.float32), vector), k)


def _products(vectors: NDArray[np.float32], vector: NDArray[np.float32]) -> NDArray[np.float32]:
    # Half the time of `@`, whose threads moreover wait for each other on a busy machine.
    products: NDArray[np.float32] = np.einsum("ij,j->i", vectors, vector)
    return products


def best(
    passages: NDArray[np.int64], scores: NDArray[np.float32], k: int
) -> list[tuple[int, float]]:
    """The k highest scores, best first; equal ones in the order of their passages."""
    if len(scores) > k:
        top = np.argpartition(scores, -k)[-k:]
        passages, scores = passages[top], scores[top]
    order = np.lexsort((passages, -scores))
    return [(int(passages[at]), float(scores[at])) for at in order]
