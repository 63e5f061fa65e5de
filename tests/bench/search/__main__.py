"""Search at size, beside its peers: `python -m tests.bench.search [--keep FOLDER]`.

Passages of about 300 characters made of real sentences, random vectors of 512 numbers; questions
have vectors near that of some passage. `docqa index` is the lexical leg alone, `docqa vectors` the
dense one; the searches are whole ones, with refinement and passages read from the records. `open`
is done in a new process. Peers: bm25s on the same terms, a bare FAISS flat index, whose finds are
the truth for `recall` (in the first ten), and Chroma.
"""

import argparse
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from docqa.evaluation.run import fill
from docqa.retrieval import open_searcher
from docqa.retrieval.keyword import KeywordLeg
from docqa.settings import EmbeddingSettings, Settings
from docqa.stores.lexical.index import LexicalIndex
from docqa.stores.records.library import Library
from docqa.stores.vectors.factory import open_store
from docqa.terms import Question
from docqa.types import SearchMode, SearchRequest
from tests.bench.search import meaning, peers
from tests.bench.search.corpus import documents, questions
from tests.bench.search.table import Row, head, show, timed
from tests.bench.vectors import K, recall

PASSAGES_PER_DOCUMENT = 20
OPEN_LEXICAL = """
import sys, time
from pathlib import Path
from docqa.retrieval import open_searcher
from docqa.settings import Settings
from docqa.stores.records.library import Library
import tantivy
began = time.perf_counter()
with Library.open(Path(sys.argv[1])) as library:
    open_searcher(library, Settings()).close()
print(time.perf_counter() - began)
"""
OPEN_VECTORS = """
import sys, time
from pathlib import Path
from docqa.settings import EmbeddingSettings
from docqa.stores import vectors_exact, vectors_faiss
from docqa.stores.records.library import Library
from docqa.stores.vectors.factory import open_store
from docqa.stores.vectors.table import VectorTable
began = time.perf_counter()
with Library.open(Path(sys.argv[1])) as library:
    open_store(library, VectorTable(library).serving(), EmbeddingSettings()).close()
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
    asked = list(dict.fromkeys(questions()))[: options.questions]
    head()
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
    (text,) = library.connection.execute(
        "SELECT sum(length(CAST(text AS BLOB))) FROM texts"
    ).fetchone()
    leg = KeywordLeg(index)

    def search(question: str) -> object:
        leg.refresh()
        return leg.search(Question.read(question), 30)

    opened, times = _opened(OPEN_LEXICAL, library.path), timed(search, asked)
    show(Row(count, "docqa index", times, built, opened, _bytes(lexical) / text))
    searcher = open_searcher(library, Settings())
    whole = timed(lambda question: searcher.search(SearchRequest(question)), asked)
    show(Row(count, "docqa lexical", whole))
    searcher.close()
    if peer:
        peers.bm25s_terms(library, asked, text, library.path.parent / "bm25s")


def _meaning(library: Library, asked: Sequence[str], *, with_chroma: bool) -> None:
    """Dense and hybrid search; building the index of vectors is timed, embedding costs nothing."""
    count, stored = library.counts().passages, meaning.embed(library)
    near = meaning.near_passages(library, stored, asked)
    truth = peers.faiss_flat(library, stored, asked, near)
    faiss = library.path / "faiss"
    began = None if faiss.exists() else time.perf_counter()
    store = open_store(library, stored, EmbeddingSettings())
    built = began and time.perf_counter() - began
    name = "docqa vectors, " + ("FAISS" if faiss.exists() else "exact")
    times = timed(lambda question: store.search(near(question), K), asked)
    found = [[n for n, _ in store.search(near(question), K)] for question in asked]
    opened, share = _opened(OPEN_VECTORS, library.path), recall(found, truth)
    show(Row(count, name, times, built if faiss.exists() else None, opened, recall=share))
    settings = Settings(embedding=EmbeddingSettings(backend="gguf", model="generated"))
    searcher = open_searcher(library, settings)
    meaning.give_meaning(searcher, library, stored, store, near)
    for mode in (SearchMode.DENSE, SearchMode.HYBRID):
        whole = timed(
            lambda question, m=mode: searcher.search(SearchRequest(question, mode=m)), asked
        )
        show(Row(count, f"docqa {mode}", whole))
    searcher.close()
    if with_chroma:
        peers.chroma(library, stored, asked, near, truth)


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _opened(script: str, folder: Path) -> float:
    command = [sys.executable, "-c", script, str(folder)]
    return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


if __name__ == "__main__":
    main()
