"""Finds out how much the dense leg may say: the weight of an embedder, measured on a library."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from statistics import fmean
from typing import TYPE_CHECKING

from msgspec import Struct

from docqa.errors import QueryError
from docqa.evaluation.dataset import Item
from docqa.evaluation.statistics import Interval, difference, reciprocal
from docqa.retrieval.join import join
from docqa.retrieval.legs import Legs
from docqa.retrieval.searcher import Searcher
from docqa.types import Passage, Progress, SearchMode, SearchRequest
from ingest.splitting.sentences import sentences

if TYPE_CHECKING:
    from docqa.stores.records.library import Library
    from docqa.types import ReportProgress

_WEIGHTS = tuple(step / 20 for step in range(20))
_RANKS = 10
# Shorter sentences ask nothing, longer ones are no questions.
_SHORTEST, _LONGEST = 12, 120
_FEWEST = 20
# What an embedder gets that helps, though not surely: it breaks ties and does not overrule.
_LITTLE = 0.1
# What an embedder must add to the mean reciprocal rank to be more than chance's last digit.
_NOTICEABLE = 0.005


class CalibrationQuestion(Struct, frozen=True):
    """A question, which passages answer it, and one that must not be counted."""

    question: str
    is_right: Callable[[Passage], bool]
    source: int | None = None


class Calibration(Struct, frozen=True):
    """The weight that was found, and what it is worth."""

    weight: float
    questions: int
    scores: tuple[tuple[float, float], ...]
    """Mean reciprocal rank at each weight tried."""
    gain: Interval
    """What the dense leg adds at this weight to the words alone."""


def calibrate(
    searcher: Searcher,
    trials: Sequence[CalibrationQuestion],
    report: "ReportProgress | None" = None,
) -> Calibration:
    """Try every weight on every question; QueryError where there are too few of them."""
    columns: dict[float, list[float]] = {weight: [] for weight in _WEIGHTS}
    for number, trial in enumerate(trials, 1):
        request = SearchRequest(trial.question, k=_RANKS, mode=SearchMode.HYBRID)
        try:
            legs = searcher.legs(request)
        except QueryError as error:
            # A question of nothing but question words says nothing about weights.
            if error.code != "search.query_empty":
                raise
            continue
        for weight, column in columns.items():
            column.append(reciprocal(_RANKS)(_rank(legs, weight, trial)))
        if report:
            report(_step(number, len(trials)))
    asked = len(columns[0.0])
    if asked < _FEWEST:
        raise QueryError("dense.too_few_questions", questions=asked, needed=_FEWEST)
    weight = least_weight(columns)
    gain = difference(columns[weight], columns[0.0])
    means = tuple((tried, fmean(column)) for tried, column in columns.items())
    return Calibration(weight, asked, means, gain)


def least_weight(columns: Mapping[float, Sequence[float]]) -> float:
    """The least weight that is not surely worse than the best one, by the score of each question.

    An embedder that helps, though not surely, keeps the cautious weight: 0 would silence it.
    """
    means = {weight: fmean(column) for weight, column in columns.items()}
    best = columns[max(means, key=lambda weight: means[weight])]
    weight = next(w for w, column in columns.items() if difference(best, column).low <= 0)
    if not weight and means[_LITTLE] - means[0.0] >= _NOTICEABLE:
        return _LITTLE
    return weight


def item_trials(items: Iterable[Item]) -> list[CalibrationQuestion]:
    """Questions of a data set with an answer; a right passage holds it, in the right document."""
    return [CalibrationQuestion(item.question, _answers(item)) for item in items if item.golds]


def library_trials(library: "Library", count: int) -> list[CalibrationQuestion]:
    """Sentences of the library as questions: the passages around their own must be found.

    Their own passage does not count: it repeats the words, which would flatter the lexical leg.
    """
    return list(islice(_library_trials(library, count), count))


def _library_trials(library: "Library", count: int) -> Iterator[CalibrationQuestion]:
    documents = [document for document in library.documents() if document.passages > 1]
    total = sum(document.passages for document in documents)
    step = max(1, total // (count * 2))
    for document in documents:
        for ordinal in range(step // 2 % document.passages, document.passages, step):
            for passage in library.passages_of(document.id, ordinal, ordinal):
                if question := _sentence(passage.text):
                    yield CalibrationQuestion(question, _beside(passage), passage.id)


def _answers(item: Item) -> Callable[[Passage], bool]:
    return lambda passage: (
        passage.document.endswith(item.document or "")
        and any(gold.text in passage.text for gold in item.golds)
    )


def _sentence(text: str) -> str:
    fitting = (text[start:end] for start, end in sentences(text))
    return next((one for one in fitting if _SHORTEST <= len(one) <= _LONGEST), "")


def _beside(source: Passage) -> Callable[[Passage], bool]:
    return lambda passage: (
        passage.document_id == source.document_id and abs(passage.ordinal - source.ordinal) == 1
    )


def _rank(legs: Legs, weight: float, trial: CalibrationQuestion) -> int | None:
    joined = join(legs.words, legs.nearness, weight)
    passages = [
        legs.passages[number]
        for number, _ in joined
        if number in legs.passages and number != trial.source
    ]
    ranks = (rank for rank, passage in enumerate(passages, 1) if trial.is_right(passage))
    return next(ranks, None)


def _step(done: int, total: int) -> Progress:
    return Progress("dense.calibrating", done, total, {"done": done, "total": total})
