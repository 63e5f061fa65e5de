"""The report of a run of `docqa eval --engine`: one line a question, or a page to read."""

import html
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from docqa.errors import StorageError, UsageError
from docqa.evaluation.answers import AnswerOutcome

_STYLE = (
    "body{font:16px/1.6 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "article{border-top:1px solid #ccc;padding:1em 0}pre{white-space:pre-wrap;font:inherit}"
    ".right{color:#175d25}.wrong{color:#8d1d12}small{color:#555}"
)


class AnswerReport:
    """A file with one line a question, or a page made at the end."""

    def __init__(self, path: Path | None) -> None:
        """Read what an earlier run left at `path`; None keeps nothing."""
        self._path = path
        self._known: dict[str, list[AnswerOutcome]] = {}
        if path is None:
            return
        if path.suffix not in (".jsonl", ".html"):
            raise UsageError("eval.report_form", path=path)
        if path.suffix == ".jsonl" and path.exists():
            self._read(path)

    def find_outcomes(self, run: str) -> list[AnswerOutcome]:
        """What an earlier run of the same settings left."""
        return list(self._known.get(run, ()))

    def add(self, run: str, outcome: AnswerOutcome) -> None:
        """Keep one outcome at once: a run that is stopped goes on from there."""
        if self._path is None or self._path.suffix != ".jsonl":
            return
        row = {"run": run, **msgspec.to_builtins(outcome)}
        with _storing(self._path), self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def finish(self, runs: Mapping[str, Sequence[AnswerOutcome]]) -> None:
        """Write the page to read, where one is wished."""
        if self._path is not None and self._path.suffix == ".html":
            with _storing(self._path):
                self._path.write_text("".join(_page(runs)), encoding="utf-8")

    def _read(self, path: Path) -> None:
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


def _page(runs: Mapping[str, Sequence[AnswerOutcome]]) -> Iterator[str]:
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
