"""Question sets: read, measured, answered, used to weigh meaning, and drafted from a library."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from msgspec import Struct

from docqa.errors import SettingError
from docqa.evaluation import answers, calibration, drafting, run
from docqa.evaluation.answers import AnswerOutcome, means_of, values_of
from docqa.evaluation.calibration import Calibration
from docqa.evaluation.dataset import Dataset, read_dataset
from docqa.evaluation.report import AnswerReport
from docqa.evaluation.run import Evaluation
from docqa.evaluation.statistics import Interval, difference, interval
from docqa.llm.embeddings.backend import choose_backend
from docqa.settings import Settings
from docqa.stores.records.library import Library
from docqa.types import EmbedderIdentity, ReportProgress

__all__ = [
    "AnswerOutcome",
    "AnswerReport",
    "Dataset",
    "Evaluation",
    "Interval",
    "Measured",
    "answer_questions",
    "draft_questions",
    "gain",
    "interval",
    "means_of",
    "measure_search",
    "measure_weight",
    "read_dataset",
    "values_of",
]


class Measured(Struct, frozen=True):
    """The weight that was found for an embedder."""

    embedder: EmbedderIdentity
    found: Calibration
    kept: bool
    """Whether the library holds vectors of this embedder, and the weight with them."""


def measure_search(
    questions: Dataset, settings: Settings, folder: Path | None, report: ReportProgress
) -> Evaluation:
    """Search for every question: in a library, or in the set's own texts where none is named."""
    with _open(questions, settings, folder, report) as library:
        return run.evaluate(questions, library, settings, report)


def answer_questions(
    questions: Dataset,
    settings: Settings,
    folder: Path | None,
    report: ReportProgress,
    *,
    noise: float,
    skip: frozenset[str],
) -> Iterator[AnswerOutcome]:
    """Answer the questions that are not to be skipped, one after the other."""
    with _open(questions, settings, folder, report) as library:
        yield from answers.answer_questions(questions, library, settings, noise=noise, skip=skip)


def measure_weight(
    questions: Dataset | None, count: int, settings: Settings, folder: Path, report: ReportProgress
) -> Measured:
    """How much the embedder may say, by a question set or by `count` sentences of the library.

    The weight is kept in the library in `folder`, if it is there and has this embedder's vectors.
    """
    # Imported here: measuring the words alone needs no numpy.
    from docqa.retrieval.embedding_run import embed_new
    from docqa.stores.vectors.table import VectorTable

    if choose_backend(settings.embedding) == "none":
        raise SettingError("library.no_embedder")
    kept = Library.open(folder) if (folder / "library.sqlite").is_file() else None
    with kept or nullcontext():
        if questions and questions.contexts:
            with run.library_of(questions, settings, report) as library:
                embedder, found = _weigh(library, settings, questions, count, report)
        else:
            assert kept is not None
            with kept.write_lock():
                embed_new(kept, settings, report)
            embedder, found = _weigh(kept, settings, questions, count, report)
        same = VectorTable(kept).find(embedder) if kept else None
        if kept and same:
            with kept.write_lock():
                VectorTable(kept).set_weight(same.id, found.weight)
    return Measured(embedder, found, kept=same is not None)


def draft_questions(folder: Path, count: int) -> list[dict[str, object]]:
    """Rows of a question set, made from the library's own sentences."""
    with Library.open(folder) as library:
        return list(drafting.draft(library, count))


def gain(after: Mapping[str, float], before: Mapping[str, float]) -> Interval:
    """How much better the questions fare that both runs measured."""
    both = [key for key in before if key in after]
    return difference([after[key] for key in both], [before[key] for key in both])


def _weigh(
    library: Library,
    settings: Settings,
    questions: Dataset | None,
    count: int,
    report: ReportProgress,
) -> tuple[EmbedderIdentity, Calibration]:
    from docqa.retrieval import open_searcher
    from docqa.stores.vectors.table import VectorTable

    trials: Sequence[calibration.CalibrationQuestion]
    if questions:
        trials = calibration.item_trials(questions.items)
    else:
        trials = calibration.library_trials(library, count)
    searcher = open_searcher(library, settings, report)
    found = calibration.calibrate(searcher, trials, report)
    searcher.close()
    stored = VectorTable(library).serving()
    assert stored is not None
    return stored.identity, found


@contextmanager
def _open(
    questions: Dataset, settings: Settings, folder: Path | None, report: ReportProgress
) -> Iterator[Library]:
    texts = run.library_of(questions, settings, report)
    with Library.open(folder) if folder else texts as library:
        yield library
