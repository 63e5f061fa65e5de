"""Asks every question of a set for an answer, by any engine, and scores what comes."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from docqa import prompts
from docqa.answer.checking.marks import without_marks
from docqa.answer.language import language_of
from docqa.answer.reader.rating import Rater
from docqa.answer.retrieve import Search, Steps
from docqa.errors import QueryError
from docqa.evaluation.dataset import Dataset, Item
from docqa.evaluation.run import document_id, holds_answer, is_within
from docqa.evaluation.score import exact_match, f1
from docqa.llm import engine_kind, open_model
from docqa.retrieval import Searcher, open_searcher
from docqa.settings import Settings
from docqa.stores.records.library import Library
from docqa.types import (
    Answer,
    AnswerStatus,
    AskRequest,
    ContextPacked,
    Done,
    EngineKind,
    Event,
    SearchRequest,
    SearchResult,
    never,
)

if TYPE_CHECKING:
    from docqa.llm.model import Model

# From this F1 on an answer is the gold answer in other words; set by hand.
_SAME = 0.6
# Passages looked through for near ones to swap in.
_NEAR = 40


Spans: TypeAlias = tuple[tuple[str, int, int], ...]


class AnswerOutcome(Struct, frozen=True):
    """What became of one question: one line of a report."""

    id: str
    question: str
    golds: tuple[str, ...]
    answerable: bool
    """Whether a right passage was there to answer from."""
    answer: str
    status: str
    contained: bool
    """Whether the engine's own words hold a gold answer."""
    shown: bool
    """Whether anything shown does, the quote beside a doubtful answer included."""
    exact: bool
    f1: float
    cited_right: bool
    """Whether a supported citation points into the right document."""
    citations: int
    citations_right: int
    claims: int
    """Sentences that claim something."""
    claims_cited: int
    flagged: bool
    """Whether a sentence is contradicted or unsupported."""
    verdicts: tuple[str, ...] = ()
    confidence: float | None = None
    prompt_tokens: int = 0
    answer_tokens: int = 0
    seconds: float = 0.0
    first_word: float | None = None
    expected_wait: float | None = None
    passages: Spans = ()
    """What the engine read, numbered from 1: document, start and end of each."""

    @property
    def is_right(self) -> bool:
        """Whether the engine's words hold or are the gold answer."""
        return self.contained or self.f1 >= _SAME

    @property
    def is_refused(self) -> bool:
        """Whether the question ended as not in the documents."""
        return self.status == AnswerStatus.NOT_FOUND.value


METRICS: Mapping[str, tuple[Callable[[AnswerOutcome], bool], Callable[[AnswerOutcome], float]]] = {
    "contained": (lambda o: o.answerable, lambda o: float(o.contained)),
    "shown": (lambda o: o.answerable, lambda o: float(o.shown)),
    "em": (lambda o: o.answerable, lambda o: float(o.exact)),
    "f1": (lambda o: o.answerable, lambda o: o.f1),
    "cited_right": (
        lambda o: o.answerable and o.is_right and not o.is_refused,
        lambda o: float(o.cited_right),
    ),
    "citation_precision": (
        lambda o: o.answerable and o.citations > 0,
        lambda o: o.citations_right / o.citations,
    ),
    "citation_recall": (
        lambda o: o.answerable and o.claims > 0,
        lambda o: o.claims_cited / o.claims,
    ),
    "right_flagged": (lambda o: o.answerable and o.is_right, lambda o: float(o.flagged)),
    "wrong_not_flagged": (
        lambda o: not o.is_right and not o.is_refused and o.claims > 0,
        lambda o: float(not o.flagged),
    ),
    "refused_rightly": (lambda o: not o.answerable, lambda o: float(o.is_refused)),
    "doubted_rightly": (
        lambda o: not o.answerable,
        lambda o: float(o.status != AnswerStatus.ANSWERED.value),
    ),
    "refused_wrongly": (lambda o: o.answerable, lambda o: float(o.is_refused)),
    "prompt_tokens": (lambda _: True, lambda o: float(o.prompt_tokens)),
    "answer_tokens": (lambda _: True, lambda o: float(o.answer_tokens)),
    "seconds": (lambda _: True, lambda o: o.seconds),
}
"""Name -> which questions it is measured on, and the measure of one."""


def values_of(outcomes: Sequence[AnswerOutcome]) -> dict[str, dict[str, float]]:
    """Every measure: question id -> value, for the questions that it is measured on."""
    return {
        name: {outcome.id: measure(outcome) for outcome in outcomes if applies(outcome)}
        for name, (applies, measure) in METRICS.items()
    }


def means_of(outcomes: Sequence[AnswerOutcome]) -> dict[str, float | None]:
    """The mean of every measure; None where no question told anything about it."""
    return {
        name: round(fmean(values.values()), 4) if values else None
        for name, values in values_of(outcomes).items()
    }


def answer_questions(
    dataset: Dataset,
    library: Library,
    settings: Settings,
    *,
    noise: float = 0.0,
    skip: frozenset[str] = frozenset(),
) -> Iterator[AnswerOutcome]:
    """Outcomes of the questions that are not to be skipped; the model is loaded once.

    `noise` is the share of the passages found that near ones of other documents replace; at 1 the
    right ones go as well, and every question should be refused.
    """
    names = {info.path: info.id for info in library.documents()}
    searcher = open_searcher(library, settings)
    engine = _Engine(library, settings, Rater(settings, searcher.compare))
    try:
        for item in dataset.items:
            if item_id(item) in skip:
                continue
            search = _noisy(searcher, item, dataset, names, noise)
            try:
                answer, passages = engine.answer(item.question, search)
            except QueryError as error:
                # A question set may hold a question of punctuation: nothing is found for it.
                if error.code != "search.query_empty":
                    raise
                continue
            outcome = score_answer(item, answer, dataset, answerable=_answerable(item, noise))
            yield replace(outcome, passages=passages)
    finally:
        searcher.close()
        engine.close()


def item_id(item: Item) -> str:
    """The set's own id of a question, or one made of its words."""
    return item.id or hashlib.sha256(item.question.encode()).hexdigest()[:12]


def score_answer(
    item: Item, answer: Answer, dataset: Dataset, *, answerable: bool
) -> AnswerOutcome:
    """Score one answer against its gold answers and its right document."""
    golds = tuple(gold.text for gold in item.golds)
    said = engine_words(answer)
    right = [_is_right_document(one.document, item, dataset) for one in answer.citations]
    supported = [one.supported for one in answer.citations]
    claims = [sentence for sentence in answer.sentences if sentence.verdict]
    refused = answer.status is AnswerStatus.NOT_FOUND
    return AnswerOutcome(
        id=item_id(item),
        question=item.question,
        golds=golds,
        answerable=answerable,
        answer=answer.text,
        status=answer.status.value,
        contained=not refused and any(is_within(gold, said) for gold in golds),
        shown=any(is_within(gold, without_marks(answer.text)) for gold in golds),
        exact=exact_match(said, golds),
        f1=round(0.0 if refused else f1(said, golds), 4),
        cited_right=any(a and b for a, b in zip(right, supported, strict=True)),
        citations=len(right),
        citations_right=sum(right),
        claims=len(claims),
        claims_cited=sum(bool(sentence.cites) for sentence in claims),
        flagged=any(not sentence.supported for sentence in claims),
        verdicts=tuple(str(sentence.verdict) for sentence in claims),
        confidence=answer.confidence,
        prompt_tokens=answer.usage.prompt_tokens,
        answer_tokens=answer.usage.answer_tokens,
        seconds=answer.seconds.get("total", 0.0),
        first_word=answer.seconds.get("first_word"),
        expected_wait=answer.budget.expected_wait if answer.budget else None,
    )


def engine_words(answer: Answer) -> str:
    """What the engine itself said: no marks, no quote beside it; the first quote of quotes."""
    if answer.engine.kind is EngineKind.QUOTES:
        sentence = answer.sentences[0] if answer.sentences else None
        return without_marks(answer.text[sentence.start : sentence.end] if sentence else "")
    lead = prompts.load("nearest", language_of(answer.question)).template
    return without_marks(answer.text.partition(lead)[0]).strip()


class _Engine:
    """Opens once what writes the answers."""

    def __init__(self, library: Library, settings: Settings, rater: Rater) -> None:
        self._library, self._settings, self._rater = library, settings, rater
        self._kind = engine_kind(settings)
        self._model: Model | None = None

    def answer(self, question: str, search: Search) -> tuple[Answer, Spans]:
        """The finished answer to one question, and what it was made from."""
        spans: Spans = ()
        for event in self._events(AskRequest(question, save=False), search):
            if isinstance(event, ContextPacked):
                spans = tuple((p.document, p.start, p.end) for p in event.passages)
            if isinstance(event, Done):
                return event.answer, spans
        raise AssertionError

    def close(self) -> None:
        """Free the model."""
        if self._model is not None:
            self._model.close()

    def _events(self, request: AskRequest, search: Search) -> Iterator[Event]:
        if self._kind is EngineKind.QUOTES:
            from docqa.answer.quoting.quoter import Extractive

            quotes = self._settings.answer.quotes
            steps = Steps(search, self._settings)
            engine = Extractive(self._library, steps, quotes, self._rater.rate)
            return engine.events(request, (), never)
        # Imported here: LangChain costs 0.2 s that quotes do without.
        from docqa.answer.writing.steps import Work
        from docqa.answer.writing.writer import Generative

        work = Work(self._library, search, self._settings, self._open, request, (), never)
        rate = self._rater.rate
        return Generative(work, self._library, never, lambda: self._open().info, rate).events()

    def _open(self) -> "Model":
        if self._model is None:
            self._model = open_model(self._settings)
        return self._model


def _noisy(
    searcher: Searcher, item: Item, dataset: Dataset, names: Mapping[str, int], noise: float
) -> Search:
    """The search with a share of its passages swapped for near ones that do not answer.

    What is handed over is searched once more by itself, so that it is judged for what it is.
    """
    if not noise:
        return searcher.search

    def find(request: SearchRequest) -> SearchResult:
        found = searcher.search(replace(request, k=_NEAR)).found
        right = [one for one in found if holds_answer(one, item, dataset, names)]
        wanted = document_id(item, names)
        near = [
            one
            for one in found
            if one not in right
            and one.passage.document_id != wanted
            and not any(is_within(gold.text, one.passage.text) for gold in item.golds)
        ]
        swapped = round(noise * request.k)
        best = sorted(found[: request.k], key=lambda one: one not in right)
        kept = [] if noise >= 1 else best[: request.k - swapped]
        fresh = [one for one in near if one not in kept][: request.k - len(kept)]
        return searcher.search(request, {one.passage.id for one in (*kept, *fresh)})

    return find


def _answerable(item: Item, noise: float) -> bool:
    return noise < 1 and (bool(item.golds) or item.document is not None)


def _is_right_document(document: str, item: Item, dataset: Dataset) -> bool:
    if item.document is not None:
        return document.endswith(item.document)
    context = dataset.contexts.get(document, "")
    return any(is_within(gold.text, context) for gold in item.golds)
