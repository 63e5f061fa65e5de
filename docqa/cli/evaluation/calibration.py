"""`docqa eval --calibrate`: how much the embedder may say, measured and kept."""

import time
from contextlib import nullcontext
from typing import TYPE_CHECKING

from docqa.cli.common import library_path, line, note, on_terminal, print_json
from docqa.errors import SettingError
from docqa.messages import say

if TYPE_CHECKING:
    from docqa.evaluation.calibration import Calibration
    from docqa.evaluation.dataset import Dataset
    from docqa.settings import Settings
    from docqa.stores.records.library import Library
    from docqa.stores.vectors.table import StoredEmbedder
    from docqa.types import Progress, ReportProgress

_SECONDS = 3


def measure_weight(
    values: "Settings", questions: "Dataset | None", count: int, *, as_json: bool
) -> None:
    """Measure on a question set, or on the library's own passages; keep the weight there."""
    # Imported here: --help needs none of it.
    from docqa.evaluation.run import library_of
    from docqa.llm.embeddings.backend import choose_backend
    from docqa.retrieval.embedding_run import embed_new
    from docqa.stores.records.library import Library
    from docqa.stores.vectors.table import VectorTable

    if choose_backend(values.embedding) == "none":
        raise SettingError("library.no_embedder")
    place = library_path(values.library.name, must_exist=not (questions and questions.contexts))
    kept = Library.open(place) if (place / "library.sqlite").is_file() else None
    with kept or nullcontext():
        if questions and questions.contexts:
            with library_of(questions, values, teller()) as library:
                stored, found = _measure(library, values, questions, count)
        else:
            assert kept is not None
            with kept.write_lock():
                embed_new(kept, values, teller())
            stored, found = _measure(kept, values, questions, count)
        same = VectorTable(kept).find(stored.identity) if kept else None
        if kept and same:
            with kept.write_lock():
                VectorTable(kept).set_weight(same.id, found.weight)
    if as_json:
        print_json(_as_json(stored, found, kept=same is not None))
        return
    _print(values, stored, found, kept=same is not None)


def _measure(
    library: "Library", values: "Settings", questions: "Dataset | None", count: int
) -> "tuple[StoredEmbedder, Calibration]":
    from docqa.evaluation.calibration import calibrate, item_trials, library_trials
    from docqa.retrieval import open_searcher
    from docqa.stores.vectors.table import VectorTable

    trials = item_trials(questions.items) if questions else library_trials(library, count)
    tell = teller()
    searcher = open_searcher(library, values, tell)
    found = calibrate(searcher, trials, tell)
    searcher.close()
    stored = VectorTable(library).serving()
    assert stored is not None
    return stored, found


def _as_json(stored: "StoredEmbedder", found: "Calibration", *, kept: bool) -> dict[str, object]:
    return {
        "embedder": str(stored.identity),
        "questions": found.questions,
        "weight": found.weight,
        "mrr@10": {str(weight): round(score, 4) for weight, score in found.scores},
        "gain": {
            "mean": round(found.gain.mean, 4),
            "low": round(found.gain.low, 4),
            "high": round(found.gain.high, 4),
        },
        "kept": kept,
    }


def _print(
    values: "Settings", stored: "StoredEmbedder", found: "Calibration", *, kept: bool
) -> None:
    scores = dict(found.scores)
    line(
        say(
            "dense.calibrated",
            embedder=stored.identity,
            weight=found.weight,
            questions=found.questions,
            mrr=f"{scores[found.weight]:.3f}",
            words=f"{scores[0.0]:.3f}",
            gain=f"{found.gain.mean:+.3f}",
            low=f"{found.gain.low:+.3f}",
            high=f"{found.gain.high:+.3f}",
        )
    )
    name = values.library.name
    if kept:
        line(say("dense.calibrated_kept", name=name))
    else:
        line(say("dense.calibrated_not_kept", name=name, weight=found.weight))


def teller() -> "ReportProgress":
    """Tells how far it is, every few seconds where people watch; what is no count, always."""
    watched, last = on_terminal(stderr=True), time.monotonic()

    def tell(progress: "Progress") -> None:
        nonlocal last
        if not progress.total:
            note(say(progress.message, **progress.facts))
        elif watched and time.monotonic() - last >= _SECONDS:
            last = time.monotonic()
            note(say(progress.message, **progress.facts))

    return tell
