"""Vector search at size: docqa's stores beside a bare FAISS flat index and Chroma.

python -m tests.bench.vectors [--sizes 10000 100000 1000000] [--kind random|clustered] [--chroma N]
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import faiss
import numpy as np

from docqa.settings import EmbeddingSettings
from docqa.stores.records.library import Library
from docqa.stores.vectors.factory import open_store
from docqa.stores.vectors.table import NewVector, StoredEmbedder, VectorRows, VectorTable
from docqa.types import EmbedderIdentity

DIMENSION = 512
BLOCK = 20_000
PER_DOCUMENT = 100
QUESTIONS = 100
K = 10

Search = Callable[[np.ndarray], list[tuple[int, float]]]


def block(number: int, rows: int, kind: str) -> np.ndarray:
    """Rows of unit length: random directions, or around 2,000 centres as real texts are."""
    random = np.random.default_rng(number + 1)
    rows_ = random.standard_normal((rows, DIMENSION), dtype=np.float32)
    if kind == "clustered":
        centres = np.random.default_rng(0).standard_normal((2000, DIMENSION), dtype=np.float32)
        rows_ = 0.8 * rows_ + centres[random.integers(0, len(centres), rows)]
    return rows_ / np.linalg.norm(rows_, axis=1, keepdims=True)


def fill(library: Library, size: int, kind: str) -> StoredEmbedder:
    """A library of `size` passages without text, and a vector for each."""
    table = VectorTable(library)
    stored = table.enter(EmbedderIdentity("bench", kind, kind, DIMENSION), "{}")
    for start in range(0, size, BLOCK):
        rows = min(BLOCK, size - start)
        ids = range(start + 1, start + rows + 1)
        add_passages(library, ids)
        places = [(n, (n - 1) // PER_DOCUMENT + 1) for n in ids]
        put(table, stored, start // BLOCK, places, kind)
    return stored


def put(
    table: VectorTable,
    stored: StoredEmbedder,
    number: int,
    places: list[tuple[int, int]],
    kind: str,
) -> None:
    """The vectors of a block for these (passage, document) ids."""
    vectors = block(number, len(places), kind).astype("<f2")
    rows = [
        NewVector(n, document, n.to_bytes(16, "big"), vector.tobytes())
        for (n, document), vector in zip(places, vectors, strict=True)
    ]
    table.put(stored.id, rows)


def add_passages(library: Library, ids: range) -> None:
    """Passages and their documents, straight into the tables."""
    documents = range((ids[0] - 1) // PER_DOCUMENT + 1, (ids[-1] - 1) // PER_DOCUMENT + 2)
    library.writer.begin()
    library.connection.executemany(
        "INSERT INTO documents (id, sha256, recipe, status, characters, passages, pages,"
        " unreadable_pages, facts, updated) VALUES (?, ?, '', 'read', 0, ?, 0, '[]', '{}', 0)",
        [(n, str(n), PER_DOCUMENT) for n in documents],
    )
    library.connection.executemany(
        'INSERT INTO passages (id, document_id, ordinal, start, "end", heading)'
        " VALUES (?, ?, ?, 0, 0, 0)",
        [(n, (n - 1) // PER_DOCUMENT + 1, (n - 1) % PER_DOCUMENT) for n in ids],
    )
    library.writer.commit()


def questions(size: int, kind: str) -> np.ndarray:
    """Vectors near stored ones."""
    near = block(0, min(size, BLOCK), kind)[:QUESTIONS]
    noise = np.random.default_rng(99).standard_normal(near.shape, dtype=np.float32)
    near = near + 0.5 * noise / DIMENSION**0.5
    return near / np.linalg.norm(near, axis=1, keepdims=True)


def measure(search: Search, asked: np.ndarray) -> tuple[float, float, list[list[int]]]:
    """Median and 95th percentile in milliseconds, and what was found."""
    times, found = [], []
    for vector in asked:
        began = time.perf_counter()
        found.append([n for n, _ in search(vector)])
        times.append(1000 * (time.perf_counter() - began))
    return float(np.median(times)), float(np.percentile(times, 95)), found


def recall(found: list[list[int]], truth: list[list[int]]) -> float:
    """Share of the true nearest that were found."""
    return float(
        np.mean([len(set(f) & set(t)) / len(t) for f, t in zip(found, truth, strict=True)])
    )


def row(name: str, size: int, p50: float, p95: float, more: tuple[float, ...] = ()) -> None:
    """One line of the table; `more` is recall, seconds to build and seconds to open."""
    figures = "".join(f"{number:>9.3f}" for number in more)
    print(f"{size:>9,} {name:<20}{p50:>9.1f}{p95:>9.1f}{figures}")


def flat_index(vectors_of: Iterable[VectorRows]) -> faiss.IndexFlatIP:
    """A bare FAISS flat index."""
    index = faiss.IndexFlatIP(DIMENSION)
    for rows in vectors_of:
        index.add(rows.vectors.astype(np.float32))
    return index


def flat(vectors_of: Iterable[VectorRows], size: int, asked: np.ndarray) -> list[list[int]]:
    """The peer: a bare FAISS flat index; what it finds is the truth."""
    began = time.perf_counter()
    index = flat_index(vectors_of)
    build = time.perf_counter() - began
    p50, p95, found = measure(
        lambda vector: [(int(n) + 1, 0.0) for n in index.search(vector[None], K)[1][0]], asked
    )
    row("FAISS flat (peer)", size, p50, p95, (1, build, 0))
    return found


def run(size: int, kind: str, with_chroma: bool) -> None:
    """All stores at one size."""
    asked = questions(size, kind)
    with (
        tempfile.TemporaryDirectory() as folder,
        Library.open(Path(folder), create=True) as library,
    ):
        began = time.perf_counter()
        stored = fill(library, size, kind)
        print(f"{size:>9,} filled in {time.perf_counter() - began:.0f} s")
        truth = flat(VectorTable(library).rows_after(stored, 0), size, asked)
        kinds = ["exact", "faiss"] + (["chroma"] if with_chroma else [])
        for name in kinds:
            one(library, stored, name, size, asked, truth)


def one(
    library: Library,
    stored: StoredEmbedder,
    name: str,
    size: int,
    asked: np.ndarray,
    truth: list[list[int]],
) -> None:
    """One store: built, opened anew, asked, asked within a tenth of the documents."""
    settings = EmbeddingSettings(store=name)
    began = time.perf_counter()
    open_store(library, stored, settings).close()
    build = time.perf_counter() - began
    began = time.perf_counter()
    store = open_store(library, stored, settings)
    opened = time.perf_counter() - began
    p50, p95, found = measure(lambda vector: store.search(vector, K), asked)
    row(name, size, p50, p95, (recall(found, truth), build, opened))
    for share in (100, 10, 2):
        allowed = frozenset(range(1, size // PER_DOCUMENT + 1, share))
        p50, p95, _ = measure(lambda vector, a=allowed: store.search(vector, K, a), asked[:20])
        row(f"  1/{share} in scope", size, p50, p95)
    store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--kind", choices=("random", "clustered"), default="random")
    parser.add_argument("--chroma", type=int, default=10_000, help="largest size given to Chroma")
    options = parser.parse_args()
    print(f"{options.kind} vectors of {DIMENSION} numbers, k={K}")
    heads = ("p50 ms", "p95 ms", "recall", "build s", "open s")
    print(f"{'passages':>9} {'store':<20}" + "".join(f"{head:>9}" for head in heads))
    for size in options.sizes:
        run(size, options.kind, size <= options.chroma)


if __name__ == "__main__":
    main()
