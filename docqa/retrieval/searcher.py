"""Searches a library: by words and by meaning, fused, explained."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING

from docqa.errors import (
    DocqaError,
    MissingExtra,
    ModelError,
    QueryError,
    ServiceError,
    StorageError,
)
from docqa.retrieval.coverage import Coverage, Gauge, folded
from docqa.retrieval.duplicates import drop_repeats
from docqa.retrieval.join import Leg, fuse, join
from docqa.retrieval.keyword import KeywordLeg
from docqa.retrieval.legs import Legs
from docqa.retrieval.relevance import relevance
from docqa.retrieval.signals import measure
from docqa.retrieval.spelling import respell
from docqa.settings import Settings
from docqa.stores.lexical.documents import surroundings
from docqa.stores.lexical.index import LexicalIndex
from docqa.stores.records.library import Library
from docqa.stores.vectors.table import VectorTable
from docqa.terms import Question, read_synonyms, read_words
from docqa.types import (
    Found,
    Passage,
    Progress,
    ReportProgress,
    SearchMode,
    SearchRequest,
    SearchResult,
    Why,
)
from ingest.splitting.sentences import sentences

if TYPE_CHECKING:
    from docqa.retrieval.dense import Comparison, DenseLeg
    from docqa.retrieval.nearness import Meant
    from docqa.retrieval.rerank import Reranker

# Passages looked at beyond those asked for, so that legs meet and near-duplicates can go.
_POOL = 30
_POOL_PER_RESULT = 3
# Characters within which a document's first sentence is looked for.
_OPENING = 100
# Passages that a reranker reads, where one is set.
_REREAD = 20
# What it counts that a passage begins with the article asked for, beside shares of up to 1.
_PLACE = 0.5
# Where passages hold about as much, the opening goes first: it says what its document is about.
# Chosen on every second question of CMRC trial.
_OPENS = 0.02
# What can keep the dense leg from running while words alone still find something.
_DENSE_TROUBLE = (MissingExtra, ModelError, ServiceError, StorageError)


class Searcher:
    """The search over one library; finds on its next call what others have written since."""

    def __init__(
        self, library: Library, settings: Settings, report: ReportProgress | None = None
    ) -> None:
        """Open the lexical index; the dense leg opens with the first search that needs it."""
        self._library = library
        self._settings = settings
        self._report = report
        self._words = read_words(settings.search.user_dictionary)
        self._synonyms = read_synonyms(settings.search.synonyms)
        self._index = LexicalIndex.open(library, self._words, report)
        self._keyword = KeywordLeg(self._index)
        self._dense: DenseLeg | None = None
        self._reranker: Reranker | None = None

    def close(self) -> None:
        """Let go of the indexes."""
        self._index.close()
        if self._reranker:
            self._reranker.close()
        if self._dense:
            self._dense.close()

    def search(self, request: SearchRequest, among: Container[int] | None = None) -> SearchResult:
        """Ranked passages for a query; QueryError where there is nothing to search for.

        With `among` only passages of these numbers count, as if nothing else had been found.
        """
        questions = self._read(request)
        legs = self.legs(request, questions)
        if among is not None:
            legs = legs.among(among)
        scores = dict(join(legs.words, legs.nearness, legs.weight))
        ranked = [legs.passages[number] for number in scores if number in legs.passages]
        rerank = self._rerank(request, ranked)
        ranked.sort(key=lambda passage: -rerank.get(passage.id, -1.0))
        best = islice(drop_repeats(ranked), request.k)
        found = tuple(
            Found(rank, round(scores[p.id], 6), p, _why(p.id, legs, rerank.get(p.id)))
            for rank, p in enumerate(best, 1)
        )
        figures = measure(
            request.query,
            legs,
            [(one.passage.id, one.score) for one in found],
            self._keyword.describe(questions[0]),
        )
        return SearchResult(
            query=request.query,
            found=found,
            relevance=round(relevance(figures), 4) if found else 0.0,
            spelled=respell(request.query, self._keyword.holds),
            figures=figures,
            embedded=legs.embedded,
            terms=questions[0].terms,
            unknown_terms=self._keyword.unknown(questions[0]),
            weights={t: w for q in questions for t, w in self._keyword.idf(q).items()},
            others=questions[0].others,
            shares=_shares(legs, legs.weight, reranked=bool(rerank)),
        )

    def compare(self, question: str, texts: Sequence[str]) -> list[float]:
        """How near texts are in meaning to what answers a question; nothing where not known."""
        return self._by_meaning(lambda leg: leg.compare_texts(question, texts))

    def measure_likeness(self, text: str, others: Sequence[str]) -> list[float]:
        """How much texts say the same as another in meaning; nothing where that is not known."""
        return self._by_meaning(lambda leg: leg.measure_likeness(text, others))

    def _by_meaning(self, measure: "Callable[[DenseLeg], list[float]]") -> list[float]:
        """Only by the packaged embedder: every other puts texts on a scale of its own."""
        if self._dense is None or not self._dense.is_scale_known:
            return []
        try:
            return measure(self._dense)
        except _DENSE_TROUBLE as error:
            self._tell(error)
            return []

    def legs(self, request: SearchRequest, questions: Sequence[Question] = ()) -> Legs:
        """What each leg finds for a request, before they are joined."""
        questions = questions or self._read(request)
        allowed = self._library.scope_ids(request.scope, request.limits)
        self._keyword.refresh()
        pool = max(_POOL, request.k * _POOL_PER_RESULT)
        lexical: list[tuple[int, float]] = []
        scores: dict[int, float] = {}
        if request.mode is not SearchMode.DENSE:
            wordings = [self._keyword.search(question, pool, allowed) for question in questions]
            lexical = wordings[0] if len(wordings) == 1 else fuse([Leg(w, 1, 0) for w in wordings])
            for number, score in chain.from_iterable(wordings):
                scores[number] = max(score, scores.get(number, 0.0))
        meaning = self._meaning(request, pool, allowed)
        dense = meaning.hits if meaning else []
        passages = self._passages(number for number, _ in (*lexical, *dense))
        if lexical and questions[0].places.terms:
            within = frozenset(passage.document_id for passage in passages.values())
            named = self._keyword.search_places(questions[0], pool, within)
            lexical += [(number, 0.0) for number, _ in named if number not in passages]
            passages |= self._passages(number for number, _ in named if number not in passages)
        keyword, kept = self._keyword, self._words
        gauges = [Gauge(keyword.weigh_terms(one), kept, keyword.idf(one), one) for one in questions]
        # The first passage of a document holds its opening anyway.
        documents = {p.document_id for p in passages.values() if p.ordinal}
        openings = {
            n: _first(text) for n, text in self._library.openings(documents, _OPENING).items()
        }
        coverage = {
            p.id: _best(gauge.measure(p, openings.get(p.document_id, "")) for gauge in gauges)
            for p in passages.values()
        }
        searched = self._index.size if allowed is None else self._library.count_passages(allowed)
        placed = {n: _put_articles_first(questions[0], passage) for n, passage in passages.items()}
        words = _weigh_words(lexical, coverage, placed)
        ranked = sorted(((n, words[n]) for n, _ in lexical), key=lambda hit: (-hit[1], hit[0]))
        return Legs(
            lexical=ranked,
            dense=dense,
            weight=self._dense_weight(request),
            coverage=coverage,
            passages=passages,
            searched=searched,
            usual_similarity=meaning.usual_similarity if meaning else 0.0,
            embedded=meaning.embedded if meaning else None,
            is_scale_known=self._dense is not None and self._dense.is_scale_known,
            words=words,
            scores=scores,
            meant=self._measure(meaning, passages),
        )

    def _read(self, request: SearchRequest) -> list[Question]:
        wordings = (respell(one, self._keyword.holds) for one in (request.query, *request.also))
        questions = [Question.read(wording, self._words, self._synonyms) for wording in wordings]
        questions = [question for question in questions if question.terms]
        if not questions:
            raise QueryError("search.query_empty")
        return questions

    def _passages(self, numbers: Iterable[int]) -> dict[int, Passage]:
        found = self._library.passages(list(dict.fromkeys(numbers)))
        return {passage.id: passage for passage in found}

    def _rerank(self, request: SearchRequest, ranked: Sequence[Passage]) -> dict[int, float]:
        """What the reranker gives the first passages, as far as its time reaches."""
        if not self._settings.search.reranker or not ranked:
            return {}
        if self._reranker is None:
            # Imported here: it is off by default.
            from docqa.retrieval.rerank import open_reranker

            self._reranker = open_reranker(self._settings)
        first = ranked[: max(_REREAD, request.k)]
        scores = self._reranker.score(request.query, [passage.text for passage in first])
        given = zip(first, scores, strict=True)
        return {passage.id: score for passage, score in given if score is not None}

    def _meaning(
        self, request: SearchRequest, pool: int, allowed: frozenset[int] | None
    ) -> "Comparison | None":
        """What the dense leg finds and what is usual; None where it has no part."""
        if request.mode is SearchMode.LEXICAL:
            return None
        needed = request.mode is not SearchMode.AUTO
        try:
            leg = self._open_dense()
            if leg is not None:
                return leg.compare(request.query, pool, allowed)
        except _DENSE_TROUBLE as error:
            if needed:
                raise
            self._tell(error)
        if needed:
            raise QueryError("search.no_vectors", name=self._library.name)
        return None

    def _dense_weight(self, request: SearchRequest) -> float:
        if request.mode is SearchMode.DENSE:
            return 1.0
        return self._dense.weight if self._dense and request.mode is not SearchMode.LEXICAL else 0.0

    def _measure(self, meaning: "Comparison | None", passages: Iterable[int]) -> "dict[int, Meant]":
        """How near every passage is that either leg found."""
        if meaning is None or self._dense is None:
            return {}
        return self._dense.measure(meaning, list(passages))

    def _open_dense(self) -> "DenseLeg | None":
        if self._settings.embedding.backend == "none":
            return None
        if VectorTable(self._library).serving() is None:
            return None
        if self._dense and self._dense.is_outdated:
            self._dense.close()
            self._dense = None
        if self._dense is None:
            # Imported here: questions answered by words alone need neither it nor numpy.
            from docqa.retrieval.dense import open_dense

            self._dense = open_dense(self._library, self._settings, self._report)
        return self._dense

    def _tell(self, error: DocqaError) -> None:
        if self._report:
            self._report(Progress(error.code, 0, None, error.facts))
            facts = {"hint": error.hint or ""}
            self._report(Progress("search.words_alone", 0, None, facts))


def _first(text: str) -> str:
    """The first sentence."""
    start, end = next(sentences(text), (0, 0))
    return text[start:end]


def _best(measured: Iterable[Coverage]) -> Coverage:
    """What the wording gets that fits best."""
    return max(measured, key=lambda coverage: coverage.whole)


def _weigh_words(
    hits: Sequence[tuple[int, float]],
    coverage: Mapping[int, Coverage],
    placed: Mapping[int, float],
) -> dict[int, float]:
    """The index's score and how much of the question stands in one place, for every passage.

    BM25 rewards a name said often; an answer stands where the rest of the question is said, too.
    Where 第七条 is asked for, what begins with it goes before what has the other words.
    """
    scores = dict(hits)
    top = max(scores.values(), default=0.0) or 1.0
    return {
        number: (scores.get(number, 0.0) / top + held.whole + held.close) / 3 + placed[number]
        for number, held in coverage.items()
    }


def _put_articles_first(question: Question, passage: Passage) -> float:
    """What it counts where a passage stands: first, or at the article or table asked for."""
    opens = 0.0 if passage.ordinal else _OPENS
    if not question.places.terms:
        return opens
    named = question.places.share(folded(f"{surroundings(passage)}\n{passage.text}"))
    return opens + _PLACE * named


def _why(number: int, legs: Legs, rerank: float | None) -> Why:
    lexical_rank, lexical_score = _place(legs.lexical, number)
    dense_rank, dense_score = _place(legs.dense, number)
    matched = legs.coverage[number].matched
    return Why(lexical_rank, lexical_score, dense_rank, dense_score, rerank, matched)


def _shares(legs: Legs, weight: float, *, reranked: bool) -> dict[str, float]:
    shares = {"lexical": 1 - weight} if legs.lexical else {}
    if legs.dense:
        shares["dense"] = weight
    if reranked:
        shares["rerank"] = 1.0
    return shares


def _place(hits: Sequence[tuple[int, float]], number: int) -> tuple[int | None, float | None]:
    places = (n for n, (found, _) in enumerate(hits, 1) if found == number)
    rank = next(places, None)
    return rank, None if rank is None else round(hits[rank - 1][1], 6)
