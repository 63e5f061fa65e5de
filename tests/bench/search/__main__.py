"""Search at size, beside its peers: `python -m tests.bench.search [--keep FOLDER]`.

Passages of about 300 characters made of real sentences, random vectors of 512 numbers. `index` is
the lexical leg alone; the searches are whole ones, with refinement and passages read from the
catalogue. Peers are bm25s on the same terms, a bare FAISS flat index, and Chroma.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from docqa.answer.evaluation import fill
from docqa.retrieval import open_searcher
from docqa.retrieval.keyword import KeywordLeg
from docqa.settings import EmbeddingSettings, Settings
from docqa.stores.lexical import LexicalIndex
from docqa.stores.library import Library
from docqa.terms import Question, cut
from docqa.types import SearchMode, SearchRequest
from tests.bench.search import meaning
from tests.bench.search.corpus import documents, questions

PASSAGES_PER_DOCUMENT = 20
BATCH = 2000
OPEN = """
import sys, time
from pathlib import Path
from docqa.retrieval import open_searcher
from docqa.settings import Settings
from docqa.stores.library import Library
import tantivy
began = time.perf_counter()
with Library.open(Path(sys.argv[1])) as library:
    open_searcher(library, Settings()).close()
print(time.perf_counter() - began)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--peer-most", type=int, default=100_000, help="bm25s only up to this")
    parser.add_argument("--chroma-most", type=int, default=10_000, help="Chroma only up to this")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep libraries, reuse them")
    options = parser.parse_args()
    asked = questions()[: options.questions]
    columns = ("build s", "open ms", "p50 ms", "p95 ms", "B/B text")
    print(f"{'passages':>9}  {'engine':24}" + "".join(f"{name:>9}" for name in columns))
    for count in options.passages:
        with _folder(options.keep, count) as folder, _library(folder, count) as library:
            _lexical(library, asked, peer=count <= options.peer_most)
            _meaning(library, asked, with_chroma=count <= options.chroma_most)


@contextmanager
def _folder(kept: Path | None, count: int) -> Iterator[Path]:
    if kept:
        (kept / str(count)).mkdir(parents=True, exist_ok=True)
        yield kept / str(count)
        return
    with TemporaryDirectory() as folder:
        yield Path(folder)


def _library(folder: Path, count: int) -> Library:
    """The library of so many passages; one that is there is taken as it is, once finished."""
    place, finished = folder / "library", folder / "finished"
    if not finished.exists():
        shutil.rmtree(place, ignore_errors=True)
        with Library.open(place, create=True) as library:
            texts = documents(count // PASSAGES_PER_DOCUMENT)
            fill(library, {f"{n}.txt": text for n, text in enumerate(texts)}, Settings())
        finished.touch()
    return Library.open(place)


def _lexical(library: Library, asked: Sequence[str], *, peer: bool) -> None:
    lexical = library.path / "lexical"
    began = None if lexical.exists() else time.perf_counter()
    index = LexicalIndex.open(library)
    built = began and time.perf_counter() - began
    count = library.counts().passages
    text = sum(len(p.text.encode()) for p in _passages(library))
    size = sum(f.stat().st_size for f in lexical.rglob("*") if f.is_file())
    opened = _opened_in_a_new_process(library.path)
    leg = KeywordLeg(index)

    def search(question: str) -> object:
        leg.refresh()
        return leg.search(Question.read(question), 30)

    _print(count, "docqa index", built, opened, _timed(search, asked), size / text)
    searcher = open_searcher(library, Settings())
    whole = _timed(lambda question: searcher.search(SearchRequest(question)), asked)
    _print(count, "docqa lexical", None, None, whole, None)
    searcher.close()
    if peer:
        _bm25s(library, asked, text, library.path.parent / "bm25s")


def _meaning(library: Library, asked: Sequence[str], *, with_chroma: bool) -> None:
    """Dense and hybrid search; building the index of vectors is timed, embedding costs nothing."""
    count, stored = library.counts().passages, meaning.embed(library)
    settings = Settings(embedding=EmbeddingSettings(backend="gguf", model="generated"))
    searcher = open_searcher(library, settings)
    began = time.perf_counter()
    meaning.give_meaning(searcher, library, stored)
    built: float | None = time.perf_counter() - began
    for mode in (SearchMode.DENSE, SearchMode.HYBRID):
        times = _timed(
            lambda question, m=mode: searcher.search(SearchRequest(question, mode=m)), asked
        )
        _print(count, f"docqa {mode}", built, None, times, None)
        built = None
    searcher.close()
    peers = {"FAISS flat": meaning.faiss_flat}
    if with_chroma:
        peers["Chroma"] = meaning.chroma
    for name, peer in peers.items():
        began = time.perf_counter()
        search = peer(library, stored)
        built = time.perf_counter() - began
        _print(count, name, built, None, _timed(search, asked), None)


def _passages(library: Library):
    last = 0
    while batch := list(library.passages_after(last, BATCH)):
        yield from batch
        last = batch[-1].id


def _bm25s(library: Library, asked: Sequence[str], text: int, folder: Path) -> None:
    """The peer, given our terms; it holds its index in memory and builds it anew for a change."""
    import bm25s

    began = time.perf_counter()
    index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    index.index([cut(passage.text) for passage in _passages(library)], show_progress=False)
    built = time.perf_counter() - began
    index.save(folder)
    size = sum(f.stat().st_size for f in folder.iterdir())
    began = time.perf_counter()
    index = bm25s.BM25.load(folder, mmap=True)
    opened = time.perf_counter() - began

    def search(question: str) -> object:
        terms = list(Question.read(question).terms)
        return index.retrieve([terms], k=30, show_progress=False, n_threads=1)

    _print(
        library.counts().passages,
        "bm25s, same terms",
        built,
        opened,
        _timed(search, asked),
        size / text,
    )


def _opened_in_a_new_process(folder: Path) -> float:
    command = [sys.executable, "-c", OPEN, str(folder)]
    return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def _timed(search: Callable[[str], object], asked: Sequence[str]) -> list[float]:
    for question in asked[:10]:
        search(question)
    times = []
    for question in asked:
        began = time.perf_counter()
        search(question)
        times.append(1000 * (time.perf_counter() - began))
    return times


def _print(
    passages: int,
    name: str,
    built: float | None,
    opened: float | None,
    times: list[float],
    share: float | None,
) -> None:
    p95 = statistics.quantiles(times, n=20)[-1]
    cells = [built, opened and opened * 1000, statistics.median(times), p95, share]
    columns = "".join(f"{cell:9.2f}" if cell is not None else f"{'':9}" for cell in cells)
    print(f"{passages:9,}  {name:24}{columns}", flush=True)


if __name__ == "__main__":
    main()
