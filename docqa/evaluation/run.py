"""Runs a question set against a library and scores what is found and quoted."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

from msgspec import Struct

from docqa.answer.judge import judge
from docqa.answer.quoting.ranking import choose, growth_for
from docqa.answer.reader.rating import Rater
from docqa.errors import QueryError
from docqa.evaluation.dataset import Dataset, Item
from docqa.evaluation.score import exact_match, f1
from docqa.evaluation.statistics import recall, reciprocal
from docqa.llm.embeddings.backend import choose_backend
from docqa.retrieval import Searcher, open_searcher
from docqa.settings import Settings
from docqa.stores.records.library import Library
from docqa.terms import normal
from docqa.types import (
    Found,
    Passage,
    Progress,
    ReportProgress,
    SearchMode,
    SearchRequest,
    SearchResult,
)
from ingest.splitting.split import split
from ingest.types import BlockKind, Extract, Section

# Passages looked at per question: enough for ten documents even where one holds several.
_DEPTH = 20
_QUOTES = 3
_BATCH = 500

METRICS: Mapping[str, tuple[str, Callable[[int | None], float]]] = {
    "recall@1": ("document", recall(1)),
    "recall@5": ("document", recall(5)),
    "recall@10": ("document", recall(10)),
    "mrr@10": ("document", reciprocal(10)),
    "passage_recall@1": ("passage", recall(1)),
    "passage_recall@5": ("passage", recall(5)),
    "passage_mrr@10": ("passage", reciprocal(10)),
    "answer_in_top1": ("quote", recall(1)),
    "answer_in_top3": ("quote", recall(3)),
}


class SearchOutcome(Struct, frozen=True):
    """What became of one question: ranks of the first right document, passage and quote."""

    answerable: bool
    document: int | None
    passage: int | None
    quote: int | None
    exact: float
    f1: float
    refused: bool


class Evaluation(Struct, frozen=True):
    """All outcomes of one run."""

    dataset: str
    documents: int
    passages: int
    outcomes: tuple[SearchOutcome, ...]
    seconds: float

    def values(self) -> dict[str, dict[str, float]]:
        """Every measure: number of the question -> value, where the question has an answer."""
        numbered = [(str(number), outcome) for number, outcome in enumerate(self.outcomes)]
        answerable = [(number, outcome) for number, outcome in numbered if outcome.answerable]
        values = {
            name: {number: score(getattr(outcome, rank)) for number, outcome in answerable}
            for name, (rank, score) in METRICS.items()
        }
        values["em"] = {number: outcome.exact for number, outcome in answerable}
        values["f1"] = {number: outcome.f1 for number, outcome in answerable}
        if len(answerable) < len(numbered):
            values["refused"] = {n: float(o.refused) for n, o in numbered if not o.answerable}
        return values

    def as_json(self) -> dict[str, object]:
        """The figures as `docqa eval --json` prints them; shares lie between 0 and 1."""
        values = {name: list(of.values()) for name, of in self.values().items()}
        means = {name: round(fmean(one), 4) if one else 0.0 for name, one in values.items()}
        return {
            "dataset": self.dataset,
            "questions": len(self.outcomes),
            "documents": self.documents,
            "passages": self.passages,
            **means,
            "seconds_per_question": round(self.seconds / max(1, len(self.outcomes)), 5),
        }


def evaluate(
    dataset: Dataset,
    library: Library,
    settings: Settings,
    report: ReportProgress | None = None,
) -> Evaluation:
    """Ask every question of a library; its documents may be the dataset's own contexts."""
    searcher = open_searcher(library, settings)
    names = {info.path: info.id for info in library.documents()}
    rater = Rater(settings, searcher.compare)
    outcomes = []
    began = time.perf_counter()
    for number, item in enumerate(dataset.items, 1):
        outcomes.append(_ask(item, dataset, searcher, rater, names, settings))
        if report:
            report(Progress("eval.asking", number, len(dataset.items)))
    seconds = time.perf_counter() - began
    searcher.close()
    counts = library.counts()
    return Evaluation(dataset.name, counts.documents, counts.passages, tuple(outcomes), seconds)


@contextmanager
def library_of(
    dataset: Dataset, settings: Settings, report: ReportProgress | None = None
) -> Iterator[Library]:
    """A library that lives as long as it is used: every context one document."""
    with (
        TemporaryDirectory(prefix="docqa-eval-") as folder,
        Library.open(Path(folder) / "library", create=True) as library,
    ):
        fill(library, dataset.contexts, settings)
        if choose_backend(settings.embedding) != "none":
            # Imported here: measuring the words alone needs neither numpy nor LangChain.
            from docqa.retrieval.embedding_run import embed_new

            embed_new(library, settings, report)
        yield library


def fill(library: Library, texts: Mapping[str, str], settings: Settings) -> None:
    """Add texts as documents, cut as an ingest would cut them."""
    size, overlap = settings.ingest.passage_characters, settings.ingest.overlap_sentences
    with library.write_lock():
        for number, (name, text) in enumerate(texts.items()):
            if number % _BATCH == 0:
                library.writer.begin()
            section = Section(0, len(text), BlockKind.PARAGRAPH, None, ())
            extract = Extract(text, (section,) if text else ())
            library.add_document(name, extract, split(extract, size, overlap))
            if number % _BATCH == _BATCH - 1:
                library.writer.commit()
        if library.writer.pending:
            library.writer.commit()


def _ask(
    item: Item,
    dataset: Dataset,
    searcher: Searcher,
    rater: Rater,
    names: Mapping[str, int],
    settings: Settings,
) -> SearchOutcome:
    request = SearchRequest(item.question, _DEPTH, SearchMode(settings.search.mode))
    try:
        result = searcher.search(request)
    except QueryError as error:
        # A question set may hold an empty question: nothing is found for it.
        if error.code != "search.query_empty":
            raise
        result = SearchResult(item.question, (), relevance=0.0)
    rated = rater.rate(item.question, result)
    quotes = choose(rated, _QUOTES, growth_for(item.question))
    refused = not judge(item.question, result, settings).is_found
    golds = [gold.text for gold in item.golds]
    said = "" if refused or not quotes else quotes[0].text
    right = [holds_answer(found, item, dataset, names) for found in result.found]
    wanted = _choose(item, names, result.found, right)
    documents = list(dict.fromkeys(found.passage.document_id for found in result.found))
    return SearchOutcome(
        answerable=bool(item.golds) or item.document is not None,
        document=_rank(number in wanted for number in documents),
        passage=_rank(right),
        quote=_rank(any(is_within(gold, quote.text) for gold in golds) for quote in quotes),
        exact=float(exact_match(said, golds)),
        f1=f1(said, golds),
        refused=refused,
    )


def holds_answer(found: Found, item: Item, dataset: Dataset, names: Mapping[str, int]) -> bool:
    """Whether a passage holds a right answer, at its place where that is known."""
    passage, number = found.passage, document_id(item, names)
    context = dataset.contexts.get(item.document or "")
    if number is not None and passage.document_id != number:
        return False
    if context is not None and number is None and not _within(passage, context):
        return False
    spans = [(g.start, g.start + len(g.text)) for g in item.golds if g.start is not None]
    if context is not None and number is not None and spans:
        return any(passage.start <= start and end <= passage.end for start, end in spans)
    return any(is_within(gold.text, passage.text) for gold in item.golds)


def document_id(item: Item, names: Mapping[str, int]) -> int | None:
    """The number of the document that is named as the right one, if one is."""
    if item.document is None:
        return None
    ends = (number for path, number in names.items() if path.endswith(item.document))
    return names.get(item.document, next(ends, None))


def _choose(
    item: Item, names: Mapping[str, int], found: Sequence[Found], right: Sequence[bool]
) -> set[int]:
    """The right documents: the one named, else those with a passage that holds the answer."""
    number = document_id(item, names)
    if number is not None:
        return {number}
    return {one.passage.document_id for one, holds in zip(found, right, strict=True) if holds}


def _within(passage: Passage, context: str) -> bool:
    """Whether a passage of a foreign library is (part of) a context, or holds it."""
    one, other = _bare(passage.text), _bare(context)
    return one in other or other in one


def is_within(gold: str, text: str) -> bool:
    """Whether a text holds a gold answer, however its numbers and letters are written."""
    return bool(gold) and _bare(gold) in _bare(text)


def _bare(text: str) -> str:
    return "".join(normal(text).split())


def _rank(rights: Iterator[bool] | Sequence[bool]) -> int | None:
    return next((rank for rank, right in enumerate(rights, 1) if right), None)
