"""Shows how far long work is: a bar on a terminal, a line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from docqa.clean import one_line
from docqa.cli.common import console, note, on_terminal
from docqa.messages import say

if TYPE_CHECKING:
    from docqa.types import Progress

_EVERY = 10.0
# Set by hand: so often a line that is written over changes where people watch.
_REPAINT = 0.2
_MINUTE, _HOUR = 60, 3600

Steps: TypeAlias = Callable[[int, int], None]
Bytes: TypeAlias = Callable[[int, int | None], None]


@contextmanager
def show_steps(title: str, unit: str) -> Iterator[Steps]:
    """Give the function that takes steps done and steps in all; shown on standard error."""
    if on_terminal(stderr=True):
        with _step_bar(one_line(title), unit) as report:
            yield report
    else:
        yield _step_lines(one_line(title), unit)


@contextmanager
def show_transfer(title: str) -> Iterator[Bytes]:
    """Give the function that takes bytes done and bytes in all; shown on standard error."""
    if on_terminal(stderr=True):
        with _transfer_bar(title) as report:
            yield report
    else:
        yield _TransferLines().report


class ProgressPrinter:
    """Prints the engine's progress events: a line that is written over on a terminal.

    Elsewhere a count is said every ten seconds; what has no count is a notice and is always said.
    """

    def __init__(self) -> None:
        """Print nothing before the first event."""
        self._last = time.monotonic()
        self._open = False

    def __call__(self, progress: "Progress") -> None:
        """Print one event, if it is time."""
        total = progress.total
        facts = {"done": int(progress.done), "total": int(total or 0), **progress.facts}
        if total is None:
            self.close()
            note(say(progress.message, **facts))
            return
        watched, finished = on_terminal(stderr=True), progress.done >= total
        now = time.monotonic()
        if now - self._last < (_REPAINT if watched else _EVERY) and not (watched and finished):
            return
        self._last = now
        text = say(progress.message, **facts)
        if watched:
            self._write_over(text)
        else:
            note(text)
        if finished:
            self.close()

    def close(self) -> None:
        """End a line that was left open."""
        if self._open:
            sys.stderr.write("\n")
            self._open = False

    def _write_over(self, text: str) -> None:
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
        self._open = True


def time_left(seconds: float) -> str:
    """A time to wait, no more precise than the guess is."""
    if seconds < _MINUTE:
        return say("ingest.seconds_left", seconds=max(5, round(seconds / 5) * 5))
    if seconds < _HOUR:
        return say("ingest.minutes_left", minutes=round(seconds / _MINUTE))
    return say("ingest.hours_left", hours=round(seconds / _HOUR, 1))


def _step_lines(title: str, unit: str) -> Steps:
    last = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _EVERY:
            last = time.monotonic()
            note(f"{title}: {done:,} / {total:,} {unit}")

    return report


@contextmanager
def _step_bar(title: str, unit: str) -> Iterator[Steps]:
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


class _TransferLines:
    """A transfer where nobody watches a bar: one line every few seconds."""

    def __init__(self) -> None:
        self._start = self._last = time.monotonic()
        self._first: int | None = None

    def report(self, done: int, total: int | None) -> None:
        """Take bytes done and in all."""
        from docqa.sizes import human_bytes

        if self._first is None:
            self._first = done
        now = time.monotonic()
        if now - self._last < _EVERY:
            return
        self._last = now
        speed = (done - self._first) / (now - self._start)
        facts = {"done": human_bytes(done), "total": human_bytes(total) if total else "?"}
        if not speed:
            note(say("models.transfer_waiting", **facts))
            return
        left = round((total - done) / speed / 60, 1) if total else "?"
        note(say("models.transfer", speed=human_bytes(speed), minutes=left, **facts))


@contextmanager
def _transfer_bar(title: str) -> Iterator[Bytes]:
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console(stderr=True), transient=True) as progress:
        task = progress.add_task(one_line(title), total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
