"""What the search knows of every candidate, for the fitting of the join and of the judgement.

python -m tests.bench.meaning.collect --out FOLDER [--libraries FOLDER] [--most N] [SET ...]

Each set becomes a library (kept under --libraries, with vectors of the embedder), every question is
asked of it three times: as it is; with all that answers it taken away (`removed`: the same subject
stays); and of another set's library (`foreign`). A line of JSON for each. `cmrc_10` asks libraries
of ten of the set's documents each, since what a figure means depends on the library's size.
Questions that the reader was trained on are left out where it reads.
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from zlib import crc32

from msgspec import Struct

from docqa.answer.judge import describe_first, measure_first
from docqa.answer.quoting.ranking import Rate, choose, growth_for
from docqa.answer.reader.rating import Rater
from docqa.errors import QueryError
from docqa.evaluation.dataset import read_dataset
from docqa.evaluation.run import fill
from docqa.retrieval import Searcher, open_searcher
from docqa.retrieval.embedding_run import embed_new
from docqa.settings import EmbeddingSettings, Settings
from docqa.stores.records.library import Library
from docqa.terms import cut, normal
from docqa.types import Passage, SearchRequest
from tests.bench.quotes.rows import (
    STRANGERS,
    is_about,
    libraries_of,
    open_filled,
    open_own,
    read_lines,
)
from tests.bench.reader.kept_back import read_trained
from tests.bench.refusal import FOLDERS, half
from tests.support.outside import DATA

FILES = {
    "cmrc": "cmrc2018_trial.json",
    "drcd": "drcd_dev.json",
    "xquad": "xquad_zh.json",
    "stard": "stard_even.json",
}
# Documents of a library -> how many such libraries a set gives, and questions asked of each.
PARTS = {10: (8, 12), 60: (3, 40)}
# Of which library the questions of a set are asked as foreign ones.
FOREIGN = {"cmrc": "stard", "drcd": "cmrc", "xquad": "drcd", "stard": "xquad"}

# Of the strangers' questions every eighth is enough.
EVERY = {STRANGERS: 8}


class Asked(Struct, frozen=True):
    """A question, the documents that answer it, and the answers where they are known."""

    question: str
    documents: frozenset[str]
    golds: tuple[str, ...] = ()

    @property
    def half(self) -> int:
        """0 to choose on, 1 to report."""
        return crc32(self.question.encode()) & 1


def read_set(name: str) -> tuple[Mapping[str, str], list[Asked]]:
    """The documents of a set and its questions."""
    path = DATA / FILES[name]
    if name == "stard":
        data = json.loads(path.read_text(encoding="utf-8"))
        names = [article["name"] for article in data["articles"]]
        texts = {f"{article['name']}.txt": article["text"] for article in data["articles"]}
        asked = [
            Asked(one["question"], frozenset(f"{names[at]}.txt" for at in one["articles"]))
            for one in data["questions"]
        ]
        return texts, asked
    dataset = read_dataset(path)
    asked = [
        Asked(item.question, frozenset([item.document or ""]), tuple(g.text for g in item.golds))
        for item in dataset.items
    ]
    return dataset.contexts, asked


def open_library(name: str, folder: Path, settings: Settings) -> Library:
    """The library of a set, embedded; made where it is not there."""
    other = "_universal" if settings.embedding.backend == "universal" else ""
    path = folder / f"lib_{name}{other}"
    is_new = not path.exists()
    library = Library.open(path, create=True)
    if is_new:
        fill(library, read_set(name)[0], settings)
    embed_new(library, settings)
    return library


def is_new(asked: Asked, settings: Settings) -> bool:
    """Whether the reader was not trained on a question; words alone read nothing."""
    return settings.embedding.backend == "none" or asked.question not in read_trained()


class Without:
    """Takes documents out of a search as if the library had never held them."""

    def __init__(self, searcher: Searcher) -> None:
        self.searcher = searcher
        library, keyword = searcher._library, searcher._keyword
        self._documents = {info.path: info.id for info in library.documents()}
        self._scope, self._count = library.scope_ids, keyword._count
        self._terms: dict[int, list[set[str]]] = {}
        self.gone: frozenset[int] = frozenset()
        library.scope_ids = lambda *scope: self._allowed()  # type: ignore[method-assign]
        keyword._count = self._counted  # type: ignore[method-assign]

    def take(self, names: Iterable[str]) -> None:
        self.gone = self.ids(names)

    def ids(self, names: Iterable[str]) -> frozenset[int]:
        return frozenset(self._documents[name] for name in names if name in self._documents)

    def _allowed(self) -> frozenset[int] | None:
        return frozenset(self._documents.values()) - self.gone if self.gone else None

    def _counted(self, term: str) -> int:
        held = sum(term in terms for number in self.gone for terms in self._passages(number))
        return max(0, self._count(term) - held)

    def _passages(self, number: int) -> list[set[str]]:
        if number not in self._terms:
            passages = self.searcher._library.passages_of(number, 0, 1000)
            self._terms[number] = [set(cut(passage.text)) for passage in passages]
        return self._terms[number]


def holds(passage: Passage, asked: Asked, right: frozenset[int]) -> bool:
    """Whether a passage is of a right document and holds an answer, where answers are known."""
    if passage.document_id not in right:
        return False
    text = "".join(normal(passage.text).split())
    return not asked.golds or any("".join(normal(g).split()) in text for g in asked.golds)


def rows(
    name: str, folder: Path, questions: Iterable[tuple[str, Asked]], settings: Settings
) -> Iterator[dict]:
    """A row for each question, asked of the library of a set; (set it is from, question)."""
    with open_library(name, folder, settings) as library:
        searcher = open_searcher(library, settings)
        without = Without(searcher)
        for origin, asked in questions:
            kinds = ("asked", "removed") if origin == name else ("foreign",)
            for kind in kinds:
                yield from ask_one(without, name, origin, kind, asked)
        searcher.close()


def ask_one(without: "Without", name: str, origin: str, kind: str, asked: Asked) -> Iterator[dict]:
    """The row of a question from one set, asked of the library of another or the same."""
    without.take(asked.documents if kind == "removed" else ())
    right = without.ids(asked.documents) if kind == "asked" else frozenset()
    try:
        figures = describe(without.searcher, asked, right)
    except QueryError:
        return
    labels = {"set": origin, "library": name, "kind": kind, "half": asked.half}
    yield {**labels, "question": asked.question, **figures}


def read_own(name: str) -> Iterator[tuple[str, Asked]]:
    """Our own questions with their kinds."""
    for kind, *rest in read_lines(name):
        if not rest:
            continue
        question, *golds = rest
        yield (
            kind,
            Asked(question, frozenset(), tuple("//".join(golds).split("//")) if golds else ()),
        )


def own_rows(settings: Settings) -> Iterator[dict]:
    """Our own questions on small libraries: in other words, foreign, or near what is there."""
    for name, folder in FOLDERS.items():
        with open_own(sorted(folder.iterdir()), settings) as (own, searcher):
            for kind, asked in read_own(name):
                if not is_new(asked, settings):
                    continue
                every = frozenset(info.id for info in own.documents() if asked.golds)
                yield {
                    "set": "own",
                    "library": "own",
                    "kind": {"far": "foreign", "near": "removed"}.get(kind, "asked"),
                    **{"half": half(asked.question), "question": asked.question},
                    **describe(searcher, asked, every),
                }


def folder_rows(name: str, foreign: Iterable[Asked], settings: Settings) -> Iterator[dict]:
    """A reader's questions on a folder of short documents, and those on something else."""
    libraries = libraries_of(name, Path())
    others = list(foreign)
    for number, paths in enumerate(libraries):
        questions = [
            asked
            for _, asked in read_own(name)
            if is_new(asked, settings)
            and is_about(name, asked.question, paths)
            and crc32(asked.question.encode()) % EVERY.get(name, 1) == 0
        ]
        its = others[number :: len(libraries)]
        yield from library_rows(name, paths, questions, its, settings)


def library_rows(
    name: str,
    paths: Iterable[Path],
    questions: Iterable[Asked],
    foreign: Iterable[Asked],
    settings: Settings,
) -> Iterator[dict]:
    """Questions on the documents of a library as they are and without the answer, and foreign."""
    with open_own(paths, settings) as (own, searcher):
        without = Without(searcher)
        texts = {info.path: own.text(info.id) for info in own.documents()}
        for kind, asked in [
            *(("asked", asked) for asked in questions if asked.golds),
            *(("removed", asked) for asked in questions),
            *(("foreign", asked) for asked in foreign),
        ]:
            holding = [name for name, text in texts.items() if any(g in text for g in asked.golds)]
            without.take(holding if kind == "removed" else ())
            right = without.ids(holding) if kind == "asked" else frozenset()
            yield {
                "set": name,
                "library": name,
                "kind": kind,
                **{"half": half(asked.question), "question": asked.question},
                **describe(searcher, asked, right),
            }


def lay_rows(settings: Settings) -> Iterator[dict]:
    """A reader's questions on twenty short documents; foreign are those on the invented ones."""
    return folder_rows("lay", (one for _, one in read_own("invented") if one.golds), settings)


def strangers_rows(settings: Settings) -> Iterator[dict]:
    """Strangers' questions on documents of many kinds; foreign are some of CMRC."""
    return folder_rows(STRANGERS, some(read_set("cmrc")[1], 150), settings)


def part_rows(name: str, count: int, settings: Settings) -> Iterator[dict]:
    """A set's questions asked of small libraries of its documents, and foreign ones."""
    texts, questions = read_set(name)
    questions = [one for one in questions if is_new(one, settings)]
    (origin,) = [one for one, library in FOREIGN.items() if library == name]
    foreign = some(read_set(origin)[1], 1000)
    ordered = sorted(texts, key=lambda one: crc32(one.encode()))
    parts, most = PARTS[count]
    for part in range(parts):
        names = ordered[part * count : (part + 1) * count]
        own = [one for one in questions if one.documents & set(names)]
        held = {one: texts[one] for one in names}
        with open_filled(partial(fill, texts=held, settings=settings), settings) as (_, searcher):
            without = Without(searcher)
            strangers = foreign[part * most : (part + 1) * most]
            for asked in some(own, most):
                for kind in ("asked", "removed"):
                    yield from ask_one(without, name, name, kind, asked)
            for asked in strangers:
                yield from ask_one(without, name, origin, "foreign", asked)


OWN = {"own": own_rows, "lay": lay_rows, STRANGERS: strangers_rows}


def describe(searcher, asked, right) -> dict:
    """The figures of one search, of the first quote, and of every candidate."""
    seen = []
    searcher.legs = lambda *args: seen.append(Searcher.legs(searcher, *args)) or seen[-1]
    result = searcher.search(SearchRequest(asked.question, k=10))
    (legs,) = seen
    rated = rate_of(searcher)(asked.question, result)
    quotes = choose(rated, 3, growth_for(asked.question))
    facts = {
        "figures": {name: round(value, 4) for name, value in result.figures.items()},
        "first": measure_quotes(asked.question, quotes, rated),
        "first_right": any(one.passage.document_id in right for one in result.found[:1]),
        "ranks": [one.rank for one in result.found if one.passage.document_id in right],
        "rights": len(right),
        "quotes": [quote.text for quote in quotes],
        "quote_right": [_is_answer(quote, asked, right) for quote in quotes],
    }
    return facts | {"candidates": list(_candidates(legs, asked, right)), "searched": legs.searched}


@cache
def rate_of(searcher: Searcher) -> Rate:
    """How spans are rated beside a search."""
    return Rater(searcher._settings, searcher.compare).rate


def measure_quotes(question, quotes, rated) -> dict:
    if not quotes:
        return {}
    shown = dict(measure_first(question, describe_first(quotes, rated)))
    second = quotes[1].likely if len(quotes) > 1 else 0.0
    return shown | {"second": second, "rank": quotes[0].rank}


def _is_answer(quote, asked, right) -> bool:
    if quote.passage.document_id not in right:
        return False
    text = "".join(normal(quote.text).split())
    return not asked.golds or any("".join(normal(g).split()) in text for g in asked.golds)


def _candidates(legs, asked, right) -> Iterator[dict]:
    for number, passage in legs.passages.items():
        coverage = legs.coverage[number]
        yield {
            "bm25": round(legs.scores.get(number, 0.0), 3),
            "whole": round(coverage.whole, 4),
            "close": round(coverage.close, 4),
            "characters": round(coverage.characters, 4),
            "similarity": round(legs.meant[number].similarity, 4) if number in legs.meant else 0.0,
            "nearness": round(legs.nearness.get(number, 0.0), 4),
            "first": passage.ordinal == 0,
            "right": passage.document_id in right,
            "holds": holds(passage, asked, right),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=[*FILES, *OWN])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--libraries", type=Path)
    parser.add_argument("--words", action="store_true", help="without the embedder")
    parser.add_argument("--universal", action="store_true", help="with the other embedder")
    parser.add_argument("--most", type=int, default=10_000, help="questions of a set")
    options = parser.parse_args()
    folder = options.libraries or options.out
    backend = "none" if options.words else "universal" if options.universal else "packaged"
    settings = Settings(embedding=EmbeddingSettings(backend=backend))
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.sets:
        if name in OWN:
            write(options.out / f"{name}.jsonl", OWN[name](settings))
            continue
        if "_" in name:
            whole, count = name.split("_")
            write(options.out / f"{name}.jsonl", part_rows(whole, int(count), settings))
            continue
        its = [one for one in read_set(name)[1] if is_new(one, settings)]
        asked = [(name, one) for one in some(its, options.most)]
        origins = [origin for origin, library in FOREIGN.items() if library == name]
        for origin in origins:
            foreign = some(read_set(origin)[1], options.most // 2)
            asked += [(origin, one) for one in foreign]
        write(options.out / f"{name}.jsonl", rows(name, folder, asked, settings))


def write(path: Path, found: Iterable[dict]) -> None:
    with path.open("w", encoding="utf-8") as out:
        for row in found:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def some(questions: list[Asked], most: int) -> list[Asked]:
    """Spread over the set, the same in every run."""
    return sorted(questions, key=lambda one: crc32(one.question.encode()[::-1]))[:most]


if __name__ == "__main__":
    main()
