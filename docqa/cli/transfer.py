"""Shows how far a long transfer or check is: a bar on a terminal, a line now and then elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from docqa.clean import one_line
from docqa.cli.common import console, note, on_terminal
from docqa.messages import say

_EVERY = 10.0


@contextmanager
def transfer_shown(title: str) -> Iterator[Callable[[int, int | None], None]]:
    """Give the function to report bytes to; what it hears is shown on standard error."""
    if on_terminal(stderr=True):
        with _bar(title) as report:
            yield report
    else:
        yield _Lines().report


class _Lines:
    """Progress where nobody watches a bar: one line every few seconds."""

    def __init__(self) -> None:
        self._start = self._told = time.monotonic()
        self._first: int | None = None

    def report(self, done: int, total: int | None) -> None:
        """Hear of progress."""
        from docqa.llm.fit.plan import human_bytes

        if self._first is None:
            self._first = done
        now = time.monotonic()
        if now - self._told < _EVERY:
            return
        self._told = now
        speed = (done - self._first) / (now - self._start)
        facts = {"done": human_bytes(done), "total": human_bytes(total) if total else "?"}
        if not speed:
            note(say("models.transfer_waiting", **facts))
            return
        left = round((total - done) / speed / 60, 1) if total else "?"
        note(say("models.transfer", speed=human_bytes(speed), minutes=left, **facts))


@contextmanager
def _bar(title: str) -> Iterator[Callable[[int, int | None], None]]:
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
