"""Generated vectors for a library's passages, and questions near some of them."""

from collections.abc import Callable, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from docqa.llm.embeddings.embedder import Embedder
from docqa.retrieval import Searcher
from docqa.retrieval.dense import DenseLeg
from docqa.settings import EmbeddingSettings
from docqa.stores.records.library import Library
from docqa.stores.vectors.store import VectorStore
from docqa.stores.vectors.table import StoredEmbedder, VectorTable
from docqa.types import EmbedderIdentity
from tests.bench.vectors import BLOCK, DIMENSION, put

KIND = "random"
IDENTITY = EmbedderIdentity("bench", KIND, KIND, DIMENSION)

Near = Callable[[str], NDArray[np.float32]]


class Generated(Embedder):
    """Knows the vectors of the questions already, at no cost: only the search is measured."""

    def __init__(self, near: Near) -> None:
        super().__init__(EmbeddingSettings())
        self._near = near

    @property
    def identity(self) -> EmbedderIdentity:
        return IDENTITY

    def _vectors(self, texts: list[str]) -> NDArray[np.float32]:
        return np.vstack([self._near(text) for text in texts])


def embed(library: Library) -> StoredEmbedder:
    """A vector for every passage that has none yet."""
    table = VectorTable(library)
    stored = table.enter(IDENTITY, "{}")
    if table.count_missing(stored.id):
        places = iter(library.connection.execute("SELECT id, document_id FROM passages").fetchall())
        number = 0
        while some := list(islice(places, BLOCK)):
            put(table, stored, number, some, KIND)
            number += 1
    return stored


def near_passages(library: Library, stored: StoredEmbedder, asked: Sequence[str]) -> Near:
    """For each question a vector near that of some passage, as a passage that answers has."""
    highest = VectorTable(library).highest_passage()
    draw = np.random.default_rng(5)
    passages = draw.choice(np.arange(1, highest + 1), len(asked), replace=False).tolist()
    rows = VectorTable(library).of_passages(stored, passages).vectors.astype(np.float32)
    rows += 0.5 * draw.standard_normal(rows.shape, dtype=np.float32) / DIMENSION**0.5
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return dict(zip(asked, rows, strict=True)).__getitem__


def give_meaning(
    searcher: Searcher, library: Library, stored: StoredEmbedder, store: VectorStore, near: Near
) -> None:
    """Let a searcher ask these vectors, as if their embedder were set."""
    searcher._dense = DenseLeg(library, stored, Generated(near), store, 0.5)
