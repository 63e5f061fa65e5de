"""`docqa eval --engine`: how well an engine answers a set of questions, and a report to read."""

import html
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from docqa.cli.common import line, note, print_json
from docqa.cli.progress import show_steps
from docqa.errors import StorageError, UsageError
from docqa.messages import say

if TYPE_CHECKING:
    from docqa.evaluation.answers import AnswerOutcome
    from docqa.evaluation.dataset import Dataset
    from docqa.evaluation.statistics import Interval
    from docqa.settings import Settings
    from docqa.stores.records.library import Library

Open = Callable[["Settings"], AbstractContextManager["Library"]]
_SHARES = ("tokens", "seconds")


class Trial(Struct, frozen=True):
    """What is asked, with how much noise, and where the report goes."""

    dataset: "Dataset"
    noise: float
    report: Path | None


def measure_answers(
    trial: Trial, versions: Mapping[str, "Settings"], opened: Open, *, as_json: bool
) -> None:
    """Answer all questions with each version of the settings; the first is what others change."""
    report = _Report(trial.report)
    runs = {
        change: _run(trial, change, settings, opened, report)
        for change, settings in versions.items()
    }
    report.finish(runs)
    if as_json:
        print_json(_as_json(trial, versions[""], runs))
    else:
        _print(trial, versions[""], runs)
    if trial.report:
        note(say("eval.report_written", path=trial.report))


def _run(
    trial: Trial, change: str, settings: "Settings", opened: Open, report: "_Report"
) -> list["AnswerOutcome"]:
    from docqa.evaluation.answers import answer_questions

    name = _name(settings, trial.noise, change)
    outcomes = report.known(name)
    total = len(trial.dataset.items)
    if outcomes:
        note(say("eval.resumed", count=len(outcomes), path=trial.report))
    skip = frozenset(outcome.id for outcome in outcomes)
    with opened(settings) as library, show_steps(say("eval.answering"), say("eval.unit")) as show:
        answers = answer_questions(trial.dataset, library, settings, noise=trial.noise, skip=skip)
        for outcome in answers:
            outcomes.append(outcome)
            report.add(name, outcome)
            show(len(outcomes), total)
    return outcomes


def _name(settings: "Settings", noise: float, change: str) -> str:
    """What tells one run from another in a report."""
    model = settings.model
    return " ".join(filter(None, (model.engine, model.name, f"noise={noise:g}", change)))


class _Report:
    """A file with one line a question, or a page made at the end."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known: dict[str, list[AnswerOutcome]] = {}
        if path is None:
            return
        if path.suffix not in (".jsonl", ".html"):
            raise UsageError("eval.report_form", path=path)
        if path.suffix == ".jsonl" and path.exists():
            self._read(path)

    def known(self, run: str) -> list["AnswerOutcome"]:
        """What an earlier run of the same settings left."""
        return list(self._known.get(run, ()))

    def add(self, run: str, outcome: "AnswerOutcome") -> None:
        """Keep one outcome at once: a run that is stopped goes on from there."""
        if self._path is None or self._path.suffix != ".jsonl":
            return
        row = {"run": run, **msgspec.to_builtins(outcome)}
        with _storing(self._path), self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def finish(self, runs: Mapping[str, Sequence["AnswerOutcome"]]) -> None:
        """Write the page to read, where one is wished."""
        if self._path is not None and self._path.suffix == ".html":
            with _storing(self._path):
                self._path.write_text("".join(_page(runs)), encoding="utf-8")

    def _read(self, path: Path) -> None:
        from docqa.evaluation.answers import AnswerOutcome

        with _storing(path):
            rows = path.read_text(encoding="utf-8").splitlines()
        for number, row in enumerate(rows, 1):
            try:
                values = json.loads(row)
                outcome = msgspec.convert(values, AnswerOutcome)
                self._known.setdefault(values["run"], []).append(outcome)
            except (ValueError, KeyError, TypeError) as error:
                # The last line may be cut where the run was stopped.
                if number < len(rows):
                    raise UsageError("eval.not_a_report", path=path, number=number) from error


@contextmanager
def _storing(path: Path) -> Iterator[None]:
    """Turn what the file system refuses into an error of docqa's."""
    try:
        yield
    except OSError as error:
        raise StorageError(path=path, reason=error.strerror) from error


def _as_json(
    trial: Trial, settings: "Settings", runs: Mapping[str, Sequence["AnswerOutcome"]]
) -> dict[str, object]:
    from docqa.evaluation.answers import means_of, values_of
    from docqa.evaluation.statistics import difference

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
        differences = {
            name: _bounds(difference(*_pair(after[name], before[name]))) for name in before
        }
        compared.append({"setting": change, **means_of(outcomes), "differences": differences})
    return {**out, "compared": compared} if compared else out


def _pair(after: Mapping[str, float], before: Mapping[str, float]) -> tuple[list[float], ...]:
    """The values of the questions that both runs measured."""
    both = [key for key in before if key in after]
    return [after[key] for key in both], [before[key] for key in both]


def _bounds(interval: "Interval") -> dict[str, float]:
    return {
        "mean": round(interval.mean, 4),
        "low": round(interval.low, 4),
        "high": round(interval.high, 4),
    }


def _print(
    trial: Trial, settings: "Settings", runs: Mapping[str, Sequence["AnswerOutcome"]]
) -> None:
    from docqa.evaluation.answers import values_of
    from docqa.evaluation.statistics import difference, interval

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
            change = difference(*_pair(other[metric], values))
            row.append(_show(metric, change, signed=True))
        rows.append(row)
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))] if rows else []
    for row in rows:
        line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _show(metric: str, value: "Interval", *, signed: bool = False) -> str:
    """A share in percent; tokens and seconds as they are."""
    sign = "+" if signed else ""
    kind = f"{sign}.1f" if metric.endswith(_SHARES) else f"{sign}.1%"
    return f"{value.mean:{kind}}  [{value.low:{kind}}, {value.high:{kind}}]"


_STYLE = (
    "body{font:16px/1.6 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "article{border-top:1px solid #ccc;padding:1em 0}pre{white-space:pre-wrap;font:inherit}"
    ".right{color:#175d25}.wrong{color:#8d1d12}small{color:#555}"
)


def _page(runs: Mapping[str, Sequence["AnswerOutcome"]]) -> Iterator[str]:
    yield f'<!doctype html><meta charset="utf-8"><title>docqa eval</title><style>{_STYLE}</style>'
    for change, outcomes in runs.items():
        yield f"<h1>{html.escape(change or 'docqa eval')}</h1>"
        for outcome in outcomes:
            kind = "right" if outcome.is_right else "wrong"
            facts = (outcome.status, *outcome.verdicts, f"{outcome.seconds:.1f} s")
            yield (
                f'<article><h2>{html.escape(outcome.question)}</h2><p class="{kind}">'
                f"{html.escape(' / '.join(outcome.golds))}</p>"
                f"<pre>{html.escape(outcome.answer)}</pre>"
                f"<small>{html.escape(' · '.join(facts))}</small></article>"
            )
