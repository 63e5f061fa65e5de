"""What docqa's search is measured beside: bm25s, a bare FAISS flat index, Chroma."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docqa.settings import EmbeddingSettings
from docqa.stores.records.library import Library
from docqa.stores.vectors.factory import open_store
from docqa.stores.vectors.table import StoredEmbedder, VectorTable
from docqa.terms import Question, cut
from docqa.types import Passage
from tests.bench.search.meaning import Near
from tests.bench.search.table import Row, show, timed
from tests.bench.vectors import K, flat_index, recall

_BATCH = 2000


def bm25s_terms(library: Library, asked: Sequence[str], text: int, folder: Path) -> None:
    """Given our terms; it holds its index in memory and builds it anew for a change."""
    import bm25s

    built = None
    if not folder.exists():
        began = time.perf_counter()
        index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        index.index([cut(passage.text) for passage in _passages(library)], show_progress=False)
        built = time.perf_counter() - began
        index.save(folder)
    began = time.perf_counter()
    index = bm25s.BM25.load(folder, mmap=True)
    opened = time.perf_counter() - began

    def search(question: str) -> object:
        terms = list(Question.read(question).terms)
        return index.retrieve([terms], k=30, show_progress=False, n_threads=1)

    times, size = timed(search, asked), sum(f.stat().st_size for f in folder.iterdir())
    count = library.counts().passages
    show(Row(count, "bm25s, same terms", times, built, opened, size / text))


def faiss_flat(
    library: Library, stored: StoredEmbedder, asked: Sequence[str], near: Near
) -> list[list[int]]:
    """FAISS alone, without passages, from memory; what it finds is the truth."""
    began = time.perf_counter()
    blocks = list(VectorTable(library).rows_after(stored, 0))
    passages: NDArray[np.int64] = np.concatenate([block.passages for block in blocks])
    index = flat_index(blocks)
    built = time.perf_counter() - began
    del blocks

    def search(question: str) -> list[int]:
        return [int(passages[row]) for row in index.search(near(question)[None], K)[1][0]]

    show(Row(len(passages), "FAISS flat", timed(search, asked), built, recall=1.0))
    return [search(question) for question in asked]


def chroma(
    library: Library,
    stored: StoredEmbedder,
    asked: Sequence[str],
    near: Near,
    truth: list[list[int]],
) -> None:
    """Chroma in this process."""
    is_new = not (library.path / "chroma").exists()
    began = time.perf_counter()
    store = open_store(library, stored, EmbeddingSettings(store="chroma"))
    took = time.perf_counter() - began
    times = timed(lambda question: store.search(near(question), K), asked)
    found = [[n for n, _ in store.search(near(question), K)] for question in asked]
    store.close()
    built, opened = (took, None) if is_new else (None, took)
    count = library.counts().passages
    show(Row(count, "Chroma", times, built, opened, recall=recall(found, truth)))


def _passages(library: Library) -> Iterator[Passage]:
    last = 0
    while batch := list(library.passages_after(last, _BATCH)):
        yield from batch
        last = batch[-1].id
