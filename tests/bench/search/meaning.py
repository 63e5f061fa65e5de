"""Generated vectors for a library's passages, and the stores and peers that search them."""

from collections.abc import Callable
from itertools import islice
from zlib import crc32

import numpy as np

from docqa.llm.embeddings import Embedder
from docqa.retrieval import Searcher
from docqa.retrieval.dense import DenseLeg
from docqa.settings import EmbeddingSettings
from docqa.stores.library import Library
from docqa.stores.vectors import open_store
from docqa.stores.vectors_table import StoredEmbedder, VectorTable
from docqa.types import EmbedderIdentity
from tests.bench.vectors import BLOCK, DIMENSION, K, block, flat_index, put

KIND = "random"


class Generated(Embedder):
    """Gives every text some direction of its own, at no cost: only the search is measured."""

    def __init__(self) -> None:
        super().__init__(EmbeddingSettings())

    @property
    def identity(self) -> EmbedderIdentity:
        return EmbedderIdentity("bench", KIND, KIND, DIMENSION)

    def _vectors(self, texts: list[str]) -> np.ndarray:
        return np.vstack([block(crc32(text.encode()), 1, KIND) for text in texts])


def embed(library: Library) -> StoredEmbedder:
    """A vector for every passage that has none yet."""
    table = VectorTable(library)
    stored = table.enter(Generated().identity, "{}")
    if table.count_missing(stored.id):
        places = iter(library.connection.execute("SELECT id, document_id FROM passages").fetchall())
        number = 0
        while some := list(islice(places, BLOCK)):
            put(table, stored, number, some, KIND)
            number += 1
    return stored


def give_meaning(searcher: Searcher, library: Library, stored: StoredEmbedder) -> None:
    """Let a searcher ask these vectors, as if their embedder were set."""
    store = open_store(library, stored, EmbeddingSettings())
    searcher._dense = DenseLeg(library, stored, Generated(), store, 0.5)


def faiss_flat(library: Library, stored: StoredEmbedder) -> Callable[[str], object]:
    """The peer: FAISS alone, without passages."""
    index, embedder = flat_index(VectorTable(library).rows_after(stored, 0)), Generated()
    return lambda question: index.search(embedder.embed_question(question)[None], K)


def chroma(library: Library, stored: StoredEmbedder) -> Callable[[str], object]:
    """The peer: Chroma in this process."""
    store = open_store(library, stored, EmbeddingSettings(store="chroma"))
    embedder = Generated()
    return lambda question: store.search(embedder.embed_question(question), K)
