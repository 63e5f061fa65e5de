"""Shows how far a long piece of work is: a bar on a terminal, a line now and then elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from docqa.clean import one_line
from docqa.cli.common import console, note, on_terminal

_EVERY = 10.0

Report = Callable[[int, int], None]


@contextmanager
def steps_shown(title: str, unit: str) -> Iterator[Report]:
    """Give the function to report steps done and in all; shown on standard error."""
    if on_terminal(stderr=True):
        with _bar(one_line(title), unit) as report:
            yield report
    else:
        yield _lines(one_line(title), unit)


def _lines(title: str, unit: str) -> Report:
    told = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told >= _EVERY:
            told = time.monotonic()
            note(f"{title}: {done:,} / {total:,} {unit}")

    return report


@contextmanager
def _bar(title: str, unit: str) -> Iterator[Report]:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    speed = TextColumn("{task.fields[unit]} · {task.fields[speed]:.0f}/s", markup=False)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, speed, TimeRemainingColumn(), console=console(stderr=True), transient=True
    ) as progress:
        task = progress.add_task(title, total=None, unit=unit, speed=0.0)

        def report(done: int, total: int) -> None:
            pace = progress.tasks[0].speed or 0.0
            progress.update(task, completed=done, total=total, speed=pace)

        yield report
