"""`docqa eval`: how well a library answers a set of questions."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docqa.cli.common import (
    EngineOption,
    JsonOption,
    LibraryOption,
    ModelOption,
    library_path,
    line,
    note,
    on_terminal,
    print_json,
    settings,
    state,
)
from docqa.cli.evaluation.calibration import measure_weight, teller
from docqa.errors import StorageError, UsageError
from docqa.messages import say

if TYPE_CHECKING:
    from docqa.evaluation.dataset import Dataset
    from docqa.evaluation.run import Evaluation
    from docqa.evaluation.statistics import Interval
    from docqa.settings import Settings
    from docqa.stores.records.library import Library

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
        int | None, typer.Option("--limit", min=1, help=say("help_eval.limit"))
    ] = None,
    count: Annotated[int, typer.Option("--count", min=1, help=say("help_eval.count"))] = 50,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help=say("help_eval.output"))
    ] = None,
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help=say("help_eval.calibrate"))
    ] = False,
    engine: EngineOption = None,
    model: ModelOption = None,
    noise: Annotated[
        float | None, typer.Option("--noise", min=0.0, max=1.0, help=say("help_eval.noise"))
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help=say("help_eval.report"))
    ] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure a question set, or draft one from a library."""
    flags: dict[str, object] = {
        "library.name": library,
        "model.engine": engine,
        "model.name": model,
    }
    values = settings(ctx, flags)
    if dataset == _MAKE:
        _make(values, count, output)
        return
    if dataset is None:
        if not calibrate:
            raise UsageError("eval.no_dataset")
        measure_weight(values, None, count, as_json=as_json)
        return
    from docqa.evaluation.dataset import read_dataset

    read = read_dataset(Path(dataset))
    if read.blank:
        note(say("eval.blank_questions", count=read.blank))
    if calibrate:
        measured = _limit(read, limit or _CALIBRATING)
        measure_weight(values, measured, count, as_json=as_json)
        return
    questions = _limit(read, limit)
    if not questions.contexts and library is None:
        raise UsageError("eval.needs_library", path=dataset)
    place = library_path(values.library.name) if library else None
    changes = [""]
    changes += compare or ()
    if engine or model or noise is not None or report:
        from docqa.cli.evaluation.answers import Trial, measure_answers

        versions = {
            change: _apply_change(ctx, change, flags) if change else values for change in changes
        }
        trial = Trial(questions, noise or 0.0, report)
        measure_answers(trial, versions, partial(_open, questions, place=place), as_json=as_json)
        return
    runs = {
        change: _run(questions, _apply_change(ctx, change, flags) if change else values, place)
        for change in changes
    }
    if as_json:
        print_json(_as_json(runs))
    else:
        _print(runs)


def _run(questions: "Dataset", values: "Settings", place: Path | None) -> "Evaluation":
    from docqa.evaluation.run import evaluate

    with _open(questions, values, place=place) as library:
        return evaluate(questions, library, values, _progress())


@contextmanager
def _open(questions: "Dataset", values: "Settings", *, place: Path | None) -> "Iterator[Library]":
    from docqa.evaluation.run import library_of
    from docqa.stores.records.library import Library

    with Library.open(place) if place else library_of(questions, values, teller()) as library:
        yield library


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


def _make(values: "Settings", count: int, output: Path | None) -> None:
    from docqa.evaluation.drafting import draft
    from docqa.stores.records.library import Library

    with Library.open(library_path(values.library.name)) as library:
        rows = [json.dumps(row, ensure_ascii=False) for row in draft(library, count)]
    if output is None:
        for row in rows:
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
    from docqa.evaluation.statistics import difference

    base = runs[""]
    if len(runs) == 1:
        return base.as_json()
    before = base.values()
    compared = [
        {
            "setting": change,
            **run.as_json(),
            "differences": {
                name: _bounds(difference(values, before[name]))
                for name, values in run.values().items()
            },
        }
        for change, run in runs.items()
        if change
    ]
    return {**base.as_json(), "compared": compared}


def _bounds(interval: "Interval") -> dict[str, float]:
    return {
        "mean": round(interval.mean, 4),
        "low": round(interval.low, 4),
        "high": round(interval.high, 4),
    }


def _print(runs: dict[str, "Evaluation"]) -> None:
    from docqa.evaluation.statistics import difference, interval

    base = runs[""]
    counts = {"questions": len(base.outcomes), "documents": base.documents}
    line(say("eval.title", dataset=base.dataset, passages=base.passages, **counts))
    others = {change: run.values() for change, run in runs.items() if change}
    rows = [["", "", *others]]
    for name, values in base.values().items():
        row = [name, _share(interval(values))]
        row += [_change(other[name], difference(other[name], values)) for other in others.values()]
        rows.append(row)
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    for row in rows:
        if any(row):
            line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
    per_question = base.seconds / max(1, len(base.outcomes))
    line(say("eval.seconds", milliseconds=round(per_question * 1000, 1)))


def _share(value: "Interval") -> str:
    return f"{value.mean:6.1%}  [{value.low:.1%}, {value.high:.1%}]"


def _change(values: list[float], change: "Interval") -> str:
    mean = sum(values) / max(1, len(values))
    return f"{mean:6.1%} {change.mean:+.1%} [{change.low:+.1%}, {change.high:+.1%}]"


def _progress() -> Callable[[int, int], None] | None:
    """A line that counts, where people watch."""
    if not on_terminal(stderr=True):
        return None
    import sys

    def show(done: int, total: int) -> None:
        if done % 20 == 0 or done == total:
            end = "\n" if done == total else ""
            sys.stderr.write("\r" + say("eval.asking", done=done, total=total) + end)
            sys.stderr.flush()

    return show
