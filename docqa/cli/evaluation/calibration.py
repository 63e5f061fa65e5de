"""`docqa eval --calibrate`: how much the embedder may say, measured and kept."""

from typing import TYPE_CHECKING

from docqa.cli.common import library_path, line, print_json
from docqa.cli.evaluation.figures import bounds
from docqa.cli.progress import ProgressPrinter
from docqa.messages import say

if TYPE_CHECKING:
    from docqa.engine.evaluation import Dataset, Measured
    from docqa.settings import Settings


def calibrate(
    settings: "Settings", questions: "Dataset | None", count: int, *, as_json: bool
) -> None:
    """Measure on a question set, or on the library's own passages; keep the weight there."""
    # Imported here: --help needs none of it.
    from docqa.engine.evaluation import measure_weight

    name = settings.library.name
    folder = library_path(name, must_exist=not (questions and questions.contexts))
    measured = measure_weight(questions, count, settings, folder, ProgressPrinter())
    print_json(_as_json(measured)) if as_json else _print(name, measured)


def _as_json(measured: "Measured") -> dict[str, object]:
    found = measured.found
    return {
        "embedder": str(measured.embedder),
        "questions": found.questions,
        "weight": found.weight,
        "mrr@10": {str(weight): round(score, 4) for weight, score in found.scores},
        "gain": bounds(found.gain),
        "kept": measured.kept,
    }


def _print(name: str, measured: "Measured") -> None:
    found = measured.found
    scores = dict(found.scores)
    line(
        say(
            "dense.calibrated",
            embedder=measured.embedder,
            weight=found.weight,
            questions=found.questions,
            mrr=f"{scores[found.weight]:.3f}",
            words=f"{scores[0.0]:.3f}",
            gain=f"{found.gain.mean:+.3f}",
            low=f"{found.gain.low:+.3f}",
            high=f"{found.gain.high:+.3f}",
        )
    )
    if measured.kept:
        line(say("dense.calibrated_kept", name=name))
    else:
        line(say("dense.calibrated_not_kept", name=name, weight=found.weight))
