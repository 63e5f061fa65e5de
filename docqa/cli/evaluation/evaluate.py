"""`docqa eval`: how well a library answers a set of questions."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docqa.cli.common import (
    EngineOption,
    JsonOption,
    LibraryOption,
    ModelOption,
    common_flags,
    library_path,
    line,
    note,
    print_json,
    settings,
    state,
)
from docqa.cli.evaluation.calibration import calibrate as calibrate_embedder
from docqa.cli.evaluation.figures import bounds, print_columns
from docqa.cli.progress import ProgressPrinter
from docqa.errors import StorageError, UsageError
from docqa.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docqa.engine.evaluation import Dataset, Evaluation, Interval
    from docqa.settings import Settings

app = typer.Typer()
_MAKE = "make"
# Questions that tell a weight: more take minutes and change little.
_CALIBRATING = 500


@app.command("eval", help=say("help_eval.eval"))
def evaluate_command(
    ctx: typer.Context,
    dataset: Annotated[str | None, typer.Argument(metavar="[DATASET|make]")] = None,
    compare: Annotated[
        list[str] | None,
        typer.Option("--compare", metavar="SETTING=VALUE", help=say("help_eval.compare")),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help=say("help_eval.limit"))
    ] = None,
    count: Annotated[
        int, typer.Option("--count", metavar="N", min=1, help=say("help_eval.count"))
    ] = 50,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help=say("help_eval.output"))
    ] = None,
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help=say("help_eval.calibrate"))
    ] = False,
    engine: EngineOption = None,
    model: ModelOption = None,
    noise: Annotated[
        float | None,
        typer.Option("--noise", metavar="SHARE", min=0.0, max=1.0, help=say("help_eval.noise")),
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help=say("help_eval.report"))
    ] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure a question set, or draft one from a library."""
    flags = common_flags(library, engine, model)
    values = settings(ctx, flags)
    if dataset == _MAKE:
        _make(values, count, output, as_json=as_json)
        return
    if dataset is None:
        if not calibrate:
            raise UsageError("eval.no_dataset")
        calibrate_embedder(values, None, count, as_json=as_json)
        return
    from docqa.engine.evaluation import read_dataset

    read = read_dataset(Path(dataset))
    if read.blank:
        note(say("eval.blank_questions", count=read.blank))
    if calibrate:
        measured = _limit(read, limit or _CALIBRATING)
        calibrate_embedder(values, measured, count, as_json=as_json)
        return
    questions = _limit(read, limit)
    if not questions.contexts and library is None:
        raise UsageError("eval.needs_library", path=dataset)
    folder = library_path(values.library.name) if library else None
    versions = {"": values}
    versions |= {change: _apply_change(ctx, change, flags) for change in compare or ()}
    if engine or model or noise is not None or report:
        from docqa.cli.evaluation.answers import AnswerMeasurement, measure_answers

        trial = AnswerMeasurement(questions, folder, noise or 0.0, report)
        measure_answers(trial, versions, as_json=as_json)
        return
    runs = {change: _run(questions, changed, folder) for change, changed in versions.items()}
    print_json(_as_json(runs)) if as_json else _print(runs)


def _run(questions: "Dataset", values: "Settings", folder: Path | None) -> "Evaluation":
    from docqa.engine.evaluation import measure_search

    return measure_search(questions, values, folder, ProgressPrinter())


def _apply_change(ctx: typer.Context, change: str, flags: dict[str, object]) -> "Settings":
    """The settings with one other value, written as in the settings file."""
    from docqa.configuration import load

    name, _, value = change.partition("=")
    return load({**flags, name: _value(value)}, preset=state(ctx).preset).settings


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _limit(dataset: "Dataset", limit: int | None) -> "Dataset":
    """Questions taken at even distances, so that every part of the set is in."""
    from msgspec.structs import replace

    if limit is None or limit >= len(dataset.items):
        return dataset
    step = len(dataset.items) / limit
    return replace(dataset, items=tuple(dataset.items[int(n * step)] for n in range(limit)))


def _make(values: "Settings", count: int, output: Path | None, *, as_json: bool) -> None:
    from docqa.engine.evaluation import draft_questions

    drafted = list(draft_questions(library_path(values.library.name), count))
    if as_json:
        print_json({"path": output, "questions": drafted})
    rows = [json.dumps(row, ensure_ascii=False) for row in drafted]
    if output is None:
        for row in rows if not as_json else ():
            line(row)
    else:
        try:
            with output.open("x", encoding="utf-8") as file:
                file.writelines(f"{row}\n" for row in rows)
        except OSError as error:
            raise StorageError(path=output, reason=error.strerror) from error
    note(say("eval.drafted", count=len(rows)))


def _as_json(runs: dict[str, "Evaluation"]) -> dict[str, object]:
    """One run as it is; several with what each setting changed."""
    from docqa.engine.evaluation import gain

    base = runs[""]
    if len(runs) == 1:
        return base.as_json()
    before = base.values()
    compared = [
        {
            "setting": change,
            **run.as_json(),
            "differences": {
                name: bounds(gain(values, before[name])) for name, values in run.values().items()
            },
        }
        for change, run in runs.items()
        if change
    ]
    return {**base.as_json(), "compared": compared}


def _print(runs: dict[str, "Evaluation"]) -> None:
    from docqa.engine.evaluation import gain, interval

    base = runs[""]
    counts = {"questions": len(base.outcomes), "documents": base.documents}
    line(say("eval.title", dataset=base.dataset, passages=base.passages, **counts))
    others = {change: run.values() for change, run in runs.items() if change}
    rows = [["", "", *others]]
    for name, values in base.values().items():
        row = [name, _share(interval(list(values.values())))]
        row += [_change(other[name], gain(other[name], values)) for other in others.values()]
        rows.append(row)
    print_columns(rows)
    per_question = base.seconds / max(1, len(base.outcomes))
    line(say("eval.seconds", milliseconds=round(per_question * 1000, 1)))


def _share(value: "Interval") -> str:
    return f"{value.mean:6.1%}  [{value.low:.1%}, {value.high:.1%}]"


def _change(values: "Mapping[str, float]", change: "Interval") -> str:
    mean = sum(values.values()) / max(1, len(values))
    return f"{mean:6.1%} {change.mean:+.1%} [{change.low:+.1%}, {change.high:+.1%}]"
