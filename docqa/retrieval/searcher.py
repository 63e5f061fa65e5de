"""Searches a library: by words and by meaning, fused, explained."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from docqa.errors import (
    DocqaError,
    MissingExtra,
    ModelError,
    QueryError,
    ServiceError,
    StorageError,
)
from docqa.retrieval.coverage import Coverage, Gauge, folded
from docqa.retrieval.duplicates import distinct
from docqa.retrieval.join import Leg, fuse, join
from docqa.retrieval.keyword import KeywordLeg
from docqa.retrieval.relevance import comparable
from docqa.settings import Settings
from docqa.stores.lexical import LexicalIndex, Report, surroundings
from docqa.stores.records.library import Library
from docqa.terms import Question, read_synonyms, read_words
from docqa.types import Found, Passage, Progress, SearchMode, SearchRequest, SearchResult, Why
from ingest.splitting.sentences import sentences

if TYPE_CHECKING:
    from docqa.retrieval.dense import DenseLeg
    from docqa.retrieval.nearness import Background
    from docqa.retrieval.rerank import Reranker

# Passages looked at beyond those asked for, so that legs meet and near-duplicates can go.
_POOL = 30
_POOL_PER_RESULT = 3
# Characters within which a document's first sentence is looked for.
_OPENING = 100
# Passages that a reranker reads, where one is set.
_REREAD = 20
# Least share of the meaning where it is sure and words find too little of the question.
_LEADING = 0.5
# What it counts that a passage begins with the article asked for, beside shares of up to 1.
_PLACE = 0.5
# Where passages hold about as much, the opening goes first: it says what its document is about.
# Chosen on every second question of CMRC trial.
_OPENS = 0.02
# What can keep the dense leg from running while words alone still find something.
_DENSE_TROUBLE = (MissingExtra, ModelError, ServiceError, StorageError)


class Legs(Struct, frozen=True):
    """What each leg found, best first, and the passages it found."""

    lexical: Sequence[tuple[int, float]]
    dense: Sequence[tuple[int, float]]
    weight: float
    """Share of the dense leg."""
    coverage: Mapping[int, Coverage]
    passages: Mapping[int, Passage]
    searched: int
    """How many passages there were to find."""
    usual: "Background | None" = None
    """What similarity means for this question; None where the dense leg has no say."""

    def relevance(self, number: int) -> float:
        """How surely a passage is about the question, from 0 to 1."""
        return max(self.worded(number), self.meant(number))

    def worded(self, number: int) -> float:
        """How much of the question's words a passage holds, comparable across libraries."""
        return comparable(self.coverage[number].whole, self.searched)

    def meant(self, number: int) -> float:
        """How surely a passage is near in meaning, from 0 to 1."""
        similarity = dict(self.dense).get(number)
        return 0.0 if self.usual is None or similarity is None else self.usual.share(similarity)


class Searcher:
    """The search over one library; finds on its next call what others have written since."""

    def __init__(self, library: Library, settings: Settings, report: Report | None = None) -> None:
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

    def search(self, request: SearchRequest) -> SearchResult:
        """Ranked passages for a query; QueryError where there is nothing to search for."""
        questions = self._read(request)
        legs = self.legs(request, questions)
        weight = self._weight(legs)
        scores = dict(join(legs.lexical, legs.dense, weight))
        ranked = [legs.passages[number] for number in scores if number in legs.passages]
        rerank = self._reranked(request, ranked)
        ranked.sort(key=lambda passage: -rerank.get(passage.id, -1.0))
        best = islice(distinct(ranked), request.k)
        found = tuple(
            Found(rank, round(scores[p.id], 6), p, _why(p.id, legs, rerank.get(p.id)))
            for rank, p in enumerate(best, 1)
        )
        return SearchResult(
            query=request.query,
            found=found,
            relevance=max((legs.relevance(one.passage.id) for one in found), default=0.0),
            terms=questions[0].terms,
            unknown_terms=self._keyword.unknown(questions[0]),
            weights={t: w for q in questions for t, w in self._keyword.idf(q).items()},
            shares=_shares(legs, weight, reranked=bool(rerank)),
        )

    def legs(self, request: SearchRequest, questions: Sequence[Question] = ()) -> Legs:
        """What each leg finds for a request, before they are joined."""
        questions = questions or self._read(request)
        allowed = self._library.scope_ids(request.scope)
        self._keyword.refresh()
        pool = max(_POOL, request.k * _POOL_PER_RESULT)
        lexical: list[tuple[int, float]] = []
        if request.mode is not SearchMode.DENSE:
            wordings = [self._keyword.search(question, pool, allowed) for question in questions]
            lexical = wordings[0] if len(wordings) == 1 else fuse([Leg(w, 1, 0) for w in wordings])
        dense, weight, usual = self._meaning(request, pool, allowed)
        passages = self._passages(number for number, _ in (*lexical, *dense))
        if lexical and questions[0].places.terms:
            within = frozenset(passage.document_id for passage in passages.values())
            named = self._keyword.search_places(questions[0], pool, within)
            lexical += [(number, 0.0) for number, _ in named if number not in passages]
            passages |= self._passages(number for number, _ in named if number not in passages)
        gauges = [Gauge(self._keyword.telling(question), self._words) for question in questions]
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
        placed = {n: _placed(questions[0], passage) for n, passage in passages.items()}
        ranked = _refined(lexical, coverage, placed)
        return Legs(ranked, dense, weight, coverage, passages, searched, usual)

    def _weight(self, legs: Legs) -> float:
        """Share of the dense leg; it leads where it alone finds what was asked for."""
        enough = self._settings.search.relevance
        words = max((legs.worded(n) for n, _ in legs.lexical), default=0.0)
        if words < enough and legs.dense and legs.meant(legs.dense[0][0]) >= enough:
            return max(legs.weight, _LEADING)
        return legs.weight

    def _read(self, request: SearchRequest) -> list[Question]:
        wordings = (request.query, *request.also)
        questions = [Question.read(wording, self._words, self._synonyms) for wording in wordings]
        questions = [question for question in questions if question.terms]
        if not questions:
            raise QueryError("search.query_empty")
        return questions

    def _passages(self, numbers: Iterable[int]) -> dict[int, Passage]:
        found = self._library.passages(list(dict.fromkeys(numbers)))
        return {passage.id: passage for passage in found}

    def _reranked(self, request: SearchRequest, ranked: Sequence[Passage]) -> dict[int, float]:
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
    ) -> "tuple[list[tuple[int, float]], float, Background | None]":
        """What the dense leg finds, its weight and what is usual; nothing where it has no part."""
        if request.mode is SearchMode.LEXICAL:
            return [], 0.0, None
        needed = request.mode is not SearchMode.AUTO
        try:
            leg = self._open_dense()
            if leg is not None:
                weight = 1.0 if request.mode is SearchMode.DENSE else leg.weight
                hits, usual = leg.compared(request.query, pool, allowed)
                return hits, weight, usual if weight else None
        except _DENSE_TROUBLE as error:
            if needed:
                raise
            self._tell(error)
        if needed:
            raise QueryError("search.no_vectors", name=self._library.name)
        return [], 0.0, None

    def _open_dense(self) -> "DenseLeg | None":
        if self._settings.embedding.backend == "none":
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


def _refined(
    hits: Sequence[tuple[int, float]],
    coverage: Mapping[int, Coverage],
    placed: Mapping[int, float],
) -> list[tuple[int, float]]:
    """Ranked by the index's score and by how much of the question stands in one place.

    BM25 rewards a name said often; an answer stands where the rest of the question is said, too.
    Where 第七条 is asked for, what begins with it goes before what has the other words.
    """
    if not hits:
        return []
    top = hits[0][1]
    scored = [
        (
            number,
            (score / top + coverage[number].whole + coverage[number].close) / 3 + placed[number],
        )
        for number, score in hits
        if number in coverage
    ]
    return sorted(scored, key=lambda found: (-found[1], found[0]))


def _placed(question: Question, passage: Passage) -> float:
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
