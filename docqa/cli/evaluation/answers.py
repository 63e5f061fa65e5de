"""`docqa eval --engine`: how well an engine answers a set of questions, and a report to read."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from docqa.cli.common import line, note, print_json
from docqa.cli.evaluation.figures import bounds, print_columns
from docqa.cli.progress import ProgressPrinter, show_steps
from docqa.messages import say

if TYPE_CHECKING:
    from docqa.engine.evaluation import AnswerOutcome, AnswerReport, Dataset, Interval
    from docqa.settings import Settings

_SHARES = ("tokens", "seconds")


class AnswerMeasurement(Struct, frozen=True):
    """What is asked of which library, with how much noise, and where the report goes."""

    dataset: "Dataset"
    folder: Path | None
    noise: float
    report: Path | None


def measure_answers(
    trial: AnswerMeasurement, versions: Mapping[str, "Settings"], *, as_json: bool
) -> None:
    """Answer all questions with each version of the settings; the first is what others change."""
    from docqa.engine.evaluation import AnswerReport

    report = AnswerReport(trial.report)
    runs = {change: _run(trial, change, settings, report) for change, settings in versions.items()}
    report.finish(runs)
    if as_json:
        print_json(_as_json(trial, versions[""], runs))
    else:
        _print(trial, versions[""], runs)
    if trial.report:
        note(say("eval.report_written", path=trial.report))


def _run(
    trial: AnswerMeasurement, change: str, settings: "Settings", report: "AnswerReport"
) -> list["AnswerOutcome"]:
    from docqa.engine.evaluation import answer_questions

    name = _name(settings, trial.noise, change)
    outcomes = report.find_outcomes(name)
    if outcomes:
        note(say("eval.resumed", count=len(outcomes), path=trial.report))
    answers = answer_questions(
        trial.dataset,
        settings,
        trial.folder,
        ProgressPrinter(),
        noise=trial.noise,
        skip=frozenset(outcome.id for outcome in outcomes),
    )
    with show_steps(say("eval.answering"), say("eval.unit")) as show:
        for outcome in answers:
            outcomes.append(outcome)
            report.add(name, outcome)
            show(len(outcomes), len(trial.dataset.items))
    return outcomes


def _name(settings: "Settings", noise: float, change: str) -> str:
    """What tells one run from another in a report."""
    model = settings.model
    return " ".join(filter(None, (model.engine, model.name, f"noise={noise:g}", change)))


def _as_json(
    trial: AnswerMeasurement, settings: "Settings", runs: Mapping[str, Sequence["AnswerOutcome"]]
) -> dict[str, object]:
    from docqa.engine.evaluation import gain, means_of, values_of

    base = runs[""]
    out: dict[str, object] = {
        "dataset": trial.dataset.name,
        "questions": len(base),
        "engine": settings.model.engine,
        "model": settings.model.name or None,
        "noise": trial.noise,
        **means_of(base),
    }
    before = values_of(base)
    compared = []
    for change, outcomes in runs.items():
        if not change:
            continue
        after = values_of(outcomes)
        differences = {name: bounds(gain(after[name], before[name])) for name in before}
        compared.append({"setting": change, **means_of(outcomes), "differences": differences})
    return {**out, "compared": compared} if compared else out


def _print(
    trial: AnswerMeasurement, settings: "Settings", runs: Mapping[str, Sequence["AnswerOutcome"]]
) -> None:
    from docqa.engine.evaluation import gain, interval, values_of

    base = runs[""]
    engine = " ".join(filter(None, (settings.model.engine, settings.model.name)))
    name = trial.dataset.name
    line(say("eval.answers_title", dataset=name, questions=len(base), engine=engine))
    others = {change: values_of(outcomes) for change, outcomes in runs.items() if change}
    rows = [["", "", *others]] if others else []
    for metric, values in values_of(base).items():
        if not values:
            continue
        row = [metric, _show(metric, interval(list(values.values())))]
        for other in others.values():
            row.append(_show(metric, gain(other[metric], values), signed=True))
        rows.append(row)
    print_columns(rows)


def _show(metric: str, value: "Interval", *, signed: bool = False) -> str:
    """A share in percent; tokens and seconds as they are."""
    sign = "+" if signed else ""
    kind = f"{sign}.1f" if metric.endswith(_SHARES) else f"{sign}.1%"
    return f"{value.mean:{kind}}  [{value.low:{kind}}, {value.high:{kind}}]"
