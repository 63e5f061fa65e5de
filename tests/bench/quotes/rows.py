"""Questions with gold answers and what the search finds for them, kept between runs.

Searching takes minutes, ranking seconds: with DOCQA_BENCH_CACHE naming a folder, what was found is
kept there, so that a change of the ranking is measured at once. Remove the folder after a change
of the search or of the splitting. Everything is found once by words alone and once with meaning,
too, by the packaged embedder.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cache, partial
from hashlib import md5
from pathlib import Path
from tempfile import TemporaryDirectory
from zlib import crc32

import msgspec
from msgspec.structs import replace

from docqa.errors import QueryError
from docqa.evaluation.run import fill
from docqa.retrieval import Searcher, open_searcher
from docqa.retrieval.embedding_run import embed_new
from docqa.settings import EmbeddingSettings, Settings
from docqa.stores.records.library import Library
from docqa.types import SearchRequest, SearchResult
from ingest.read import read_file
from ingest.splitting.split import split
from ingest.types import ReadOptions
from tests.bench.quotes.business import write_business
from tests.bench.refusal import ASKED, FOLDERS
from tests.support.outside import DATA

PUBLIC = {"cmrc": "cmrc2018_trial.json", "drcd": "drcd_dev.json", "xquad": "xquad_zh.json"}
STRANGERS, BLIND = "strangers", "blind"
OWN = ("samples", "invented", "business", "lay", "everyday", STRANGERS, BLIND, "manuals")
# Sets that are in one half as a whole.
_WHOLE = {STRANGERS: 0, BLIND: 1}
# Sets of which every library holds a part: of ten documents on average, as people have them.
_LIBRARIES = {STRANGERS: 24}
ALL = (*PUBLIC, *OWN)
WORDS = Settings(embedding=EmbeddingSettings(backend="none"))
MEANING = Settings(embedding=EmbeddingSettings(backend="packaged"))
# A library and its search, closed and removed at the end.
Opened = AbstractContextManager[tuple[Library, Searcher]]


class Row(msgspec.Struct, frozen=True):
    """A question, the strings of which one has to be quoted, and what was found."""

    question: str
    gold: list[str]
    half: int
    """0 for choosing, 1 for reporting; all questions of one paragraph are in one half."""
    result: SearchResult
    kind: str = ""


def choosing(name: str, *, meaning: bool = False) -> list[Row]:
    """The half of a set that may be looked at."""
    return [row for row in rows_of(name, meaning=meaning) if row.half == 0]


def reporting(name: str, *, meaning: bool = False) -> list[Row]:
    """The half of a set that figures are reported on."""
    return [row for row in rows_of(name, meaning=meaning) if row.half == 1]


def rows_of(name: str, *, meaning: bool = False) -> list[Row]:
    """The questions of a set that have an answer, searched in a library of all its documents."""
    settings = MEANING if meaning else WORDS
    make = _public if name in PUBLIC else _own
    return kept(f"{name}-meaning" if meaning else name, lambda: list(make(name, settings)))


def kept(name: str, make: Callable[[], list[Row]]) -> list[Row]:
    """What was made before, where a folder for it is named."""
    folder = os.environ.get("DOCQA_BENCH_CACHE")
    if not folder:
        return make()
    file = Path(folder) / f"{name}.msgpack"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(msgspec.msgpack.encode(make()))
    return msgspec.msgpack.decode(file.read_bytes(), type=list[Row])


def half_of(name: str) -> int:
    """0 or 1, the same in every run."""
    return md5(name.encode()).digest()[0] % 2


def half_of_own(name: str, question: str) -> int:
    """The half that a question of one of our own sets is in."""
    return _WHOLE.get(name, half_of(question))


def half_of_paragraph(paragraph: dict) -> int:
    """The half that all questions of a paragraph of a public set are in."""
    return half_of(str(paragraph.get("id") or paragraph["qas"][0]["id"]))


def read_paragraphs(name: str) -> list[dict]:
    """The paragraphs of a public set, as they are written there."""
    articles = json.loads((DATA / PUBLIC[name]).read_text(encoding="utf-8"))["data"]
    return [paragraph for article in articles for paragraph in article["paragraphs"]]


def read_lines(name: str) -> list[list[str]]:
    """The fields of each line of one of our own sets; a heading is one field."""
    return read_fields(ASKED / f"{name}.tsv")


def read_fields(file: Path) -> list[list[str]]:
    """The fields of each line of a file like those of our own sets."""
    return [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()]


def read_asked(name: str) -> list[list[str]]:
    """Our own questions that have an answer: kind, question, answers."""
    return [fields for fields in read_lines(name) if len(fields) == 3]


def read_near(name: str) -> list[str]:
    """Our own questions that no document answers, on a subject that the documents have."""
    return [fields[1] for fields in read_lines(name) if fields[0] == "near"]


@cache
def read_documents(name: str) -> Mapping[str, str]:
    """The document that each question of a set is about, where the set says so in headings."""
    documents, document = {}, ""
    for first, *others in read_lines(name):
        if others:
            documents[others[0]] = document
        else:
            document = first.removeprefix("# ")
    return documents


def _public(name: str, settings: Settings) -> Iterator[Row]:
    with open_public(name, settings) as (_, searcher):
        for paragraph in read_paragraphs(name):
            half = half_of_paragraph(paragraph)
            for qa in paragraph["qas"]:
                try:
                    result = searcher.search(SearchRequest(qa["question"]))
                except QueryError:
                    continue
                yield Row(qa["question"], [a["text"] for a in qa["answers"]], half, result)


def _own(name: str, settings: Settings) -> Iterator[Row]:
    """Our own questions, each asked of a library that holds what it is about."""
    with TemporaryDirectory() as folder:
        for paths in libraries_of(name, Path(folder)):
            with open_own(paths, settings) as (_, searcher):
                for kind, question, gold in read_asked(name):
                    if not is_about(name, question, paths):
                        continue
                    try:
                        result = searcher.search(SearchRequest(question))
                    except QueryError:
                        continue
                    half = half_of_own(name, question)
                    yield Row(question, gold.split("//"), half, result, kind)


def open_public(name: str, settings: Settings) -> Opened:
    """A library of all paragraphs of a public set, named by their number, and its search."""
    texts = {f"{n}.txt": one["context"] for n, one in enumerate(read_paragraphs(name))}
    apart = replace(settings, ingest=replace(settings.ingest, overlap_sentences=0))
    return open_filled(partial(fill, texts=texts, settings=apart), settings)


def open_own(paths: Iterable[Path], settings: Settings) -> Opened:
    """A library of some documents, and its search."""
    return open_filled(partial(add_documents, paths=paths), settings)


@contextmanager
def open_filled(
    fill: Callable[[Library], None], settings: Settings
) -> Iterator[tuple[Library, Searcher]]:
    """A library that something fills, embedded, and its search."""
    with TemporaryDirectory() as folder, Library.open(Path(folder) / "l", create=True) as library:
        fill(library)
        embed_new(library, settings)
        searcher = open_searcher(library, settings)
        yield library, searcher
        searcher.close()


def add_documents(library: Library, paths: Iterable[Path]) -> None:
    """Put documents into a library."""
    with library.write_lock():
        for path in paths:
            read = read_file(path, ReadOptions())
            library.add_document(path.name, read, split(read, 300))


def libraries_of(name: str, folder: Path) -> list[list[Path]]:
    """The documents of a set, those of each of its libraries together."""
    paths = documents_of(name, folder)
    count = _LIBRARIES.get(name, 1)
    return [[one for one in paths if crc32(one.name.encode()) % count == n] for n in range(count)]


def is_about(name: str, question: str, paths: Iterable[Path]) -> bool:
    """Whether a question of a set is about one of some documents, as far as the set says."""
    document = read_documents(name)[question]
    return not document or document in {path.name for path in paths}


def documents_of(name: str, folder: Path) -> list[Path]:
    """The documents that the questions of a set are about."""
    if name == "business":
        return write_business(folder)
    if name == "manuals":
        return sorted(Path(os.environ["DOCQA_BENCH_MANUALS"]).rglob("*.html"))
    return sorted(FOLDERS.get(name, ASKED / name).iterdir())
