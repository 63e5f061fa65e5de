"""How an ingest reports: progress and a table for people, one JSON document for scripts."""

import sys
import time
from collections import Counter
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from docqa.clean import one_line
from docqa.cli.common import console, line, on_terminal
from docqa.cli.progress import ProgressPrinter, time_left
from docqa.cli.table import print_table
from docqa.closing import Closing
from docqa.messages import say
from docqa.paths import printable
from docqa.reasons import page_ranges, words
from docqa.types import IngestStep
from ingest.running.pipeline import Tally
from ingest.types import FileReport, FileStatus

if TYPE_CHECKING:
    import rich.progress

    from docqa.types import Progress

_REFRESHES_A_SECOND = 10
_BAR = 16
# Set by hand: so many files and seconds must be behind before the rest is guessed.
_FEW, _GUESSABLE = 3, 5.0
# Passed over, but what somebody might look for; set by hand: of each kind so many by name.
_TOLD = (
    "skipped_special",
    "skipped_folder_link",
    "skipped_library",
    "skipped_archive",
    "skipped_binary",
    "skipped_image",
)
_NAMED = 10
_CHANGES = {
    FileStatus.ADDED: "ingest.added",
    FileStatus.UPDATED: "ingest.updated",
    FileStatus.REMOVED: "ingest.removed",
}


class Report(Protocol):
    """Follows a run; a context in which progress is shown, then ended."""

    some_unreadable: bool

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def tick(self, tally: Tally) -> None:
        """Hear how things stand, several times a second."""
        ...

    def step(self, step: IngestStep, tally: Tally) -> None:
        """Hear of a finished file or a new stage."""
        ...

    def progress(self, progress: "Progress") -> None:
        """Hear how far the work behind the last file is."""
        ...

    def end(self, tally: Tally, seconds: float) -> None:
        """Print what the run came to."""
        ...


class TextReport(Closing):
    """Progress on the error stream, what was not read one a line, a table at the end.

    While `watching`, every change is named.
    """

    def __init__(self, *, watching: bool = False) -> None:
        """Show nothing before the run begins."""
        self.some_unreadable = False
        self._watching = watching
        self._passed_over: Counter[str] = Counter()
        self._printer = ProgressPrinter()
        self._started = time.monotonic()
        self._progress: rich.progress.Progress | None = None
        self._bar: rich.progress.TaskID | None = None
        self._left: float | None = None
        self._pages = 0
        self._total: int | None = None

    def __enter__(self) -> Self:
        if on_terminal(stderr=True):
            self._show()
        return self

    def close(self) -> None:
        """Take the bar away."""
        if self._progress:
            self._progress.stop()

    def tick(self, tally: Tally) -> None:
        """Move the bar."""
        if self._progress is None or self._bar is None:
            return
        facts = [one_line(printable(tally.at_work).rsplit("/", 1)[-1])]
        if self._left is not None and time.monotonic() - self._started > _GUESSABLE:
            facts.append(say("ingest.time_left", time=time_left(self._left)))
        facts.append(say("ingest.so_far", pages=self._pages, passages=tally.passages))
        if tally.failed:
            facts.append(say("ingest.failures", count=tally.failed))
        self._progress.update(
            self._bar,
            completed=tally.done,
            total=self._total,
            facts=" · ".join(filter(None, facts)),
        )

    def step(self, step: IngestStep, tally: Tally) -> None:
        """Note the file's fate; print what went wrong."""
        self._total = step.total
        # Of few files nothing can be told: the next one may be a book.
        self._left = step.seconds_left if tally.done >= _FEW else None
        if step.message and self._progress and self._bar is not None:
            self._progress.update(self._bar, description=say("ingest.indexing"), facts="")
        file = step.file
        if file is None:
            return
        self._pages += file.pages
        self.some_unreadable |= bool(file.unreadable_pages)
        if file.status is FileStatus.FAILED or file.unreadable_pages or self._is_named(file):
            self._line(file, _reason(file))
        elif self._watching and file.status in _CHANGES:
            self._line(file, say(_CHANGES[file.status]))

    def progress(self, progress: "Progress") -> None:
        """Show in the bar how far the work behind the last file is; elsewhere now and then."""
        if self._progress is None or self._bar is None or progress.total is None:
            self._printer(progress)
            return
        minutes = progress.facts.get("minutes")
        self._progress.update(
            self._bar,
            description=say("ingest.embedding"),
            completed=progress.done,
            total=progress.total,
            facts=say("ingest.embedding_left", minutes=minutes) if minutes else "",
        )

    def end(self, tally: Tally, seconds: float) -> None:
        """Print the table."""
        print_table((), _rows(tally, seconds))
        if not tally.done:
            sys.stderr.write(say("ingest.nothing_found") + "\n")
        if more := sum(max(0, count - _NAMED) for count in self._passed_over.values()):
            sys.stderr.write(say("ingest.more_skipped", count=more) + "\n")
        if tally.gone:
            line(say("ingest.gone", count=tally.gone))

    def _is_named(self, file: FileReport) -> bool:
        """Whether a file that was passed over is named; of those of one kind only the first."""
        if self._watching or file.reason not in _TOLD:
            return False
        self._passed_over[file.reason] += 1
        return self._passed_over[file.reason] <= _NAMED

    def _line(self, file: FileReport, reason: str) -> None:
        text = f"{one_line(printable(file.shown))}: {one_line(reason)}"
        if self._progress:
            self._progress.console.print(text)
        else:
            sys.stderr.write(text + "\n")

    def _show(self) -> None:
        # Imported here: off a terminal nobody sees a bar (saves 30 ms).
        from rich import progress as bars

        self._progress = bars.Progress(
            bars.SpinnerColumn(),
            bars.TextColumn("{task.description}", markup=False),
            bars.BarColumn(bar_width=_BAR),
            bars.MofNCompleteColumn(),
            bars.TextColumn("{task.fields[facts]}", markup=False),
            console=console(stderr=True),
            refresh_per_second=_REFRESHES_A_SECOND,
            transient=True,
        )
        self._bar = self._progress.add_task(say("ingest.reading"), total=None, facts="")
        self._progress.start()


class JsonReport(Closing):
    """One JSON document on standard output, written file by file so that memory stays flat."""

    def __init__(self) -> None:
        """Write nothing before the first file."""
        self.some_unreadable = False
        self._begun = False

    def close(self) -> None:
        """Hold nothing: `finish` writes the end."""

    def tick(self, tally: Tally) -> None:
        """Show no progress."""

    def step(self, step: IngestStep, tally: Tally) -> None:
        """Write the file's entry."""
        if step.file is None:
            return
        import msgspec

        self.some_unreadable |= bool(step.file.unreadable_pages)
        before = ",\n" if self._begun else '{"files": [\n'
        self._begun = True
        sys.stdout.write(before + msgspec.json.encode(_entry(step.file)).decode())

    def progress(self, progress: "Progress") -> None:
        """Show no progress."""

    def end(self, tally: Tally, seconds: float) -> None:
        """Write the totals and close the document."""
        import msgspec

        totals = {
            "added": tally.added,
            "updated": tally.updated,
            "unchanged": tally.unchanged,
            "removed": tally.removed,
            "failed": tally.failed,
            "passages": tally.passages,
            "seconds": round(seconds, 3),
        }
        before = "" if self._begun else '{"files": ['
        sys.stdout.write(f"{before}\n], {msgspec.json.encode(totals).decode()[1:]}\n")
        sys.stdout.flush()


def _entry(file: FileReport) -> dict[str, Any]:
    return {
        "path": printable(str(file.path)),
        "name": printable(file.shown),
        "status": file.status,
        "reason": _reason(file) or None,
        "encoding": file.encoding,
        "pages": file.pages,
        "unreadable_pages": file.unreadable_pages,
        "passages": file.passages,
        "characters": file.characters,
    }


def _reason(file: FileReport) -> str:
    if file.unreadable_pages:
        return say("ingest.partial", pages=page_ranges(file.unreadable_pages))
    return words(file.reason, file.facts)


def _rows(tally: Tally, seconds: float) -> list[tuple[str, str]]:
    rows = [
        (say("ingest.added"), tally.added, True),
        (say("ingest.updated"), tally.updated, False),
        (say("ingest.unchanged"), tally.unchanged, False),
        (say("ingest.removed"), tally.removed, False),
        (say("ingest.failed_files"), tally.failed, False),
        (say("ingest.partly"), tally.partial, False),
        (say("ingest.passages"), tally.passages, True),
    ]
    shown_rows = [(name, str(count)) for name, count, always in rows if count or always]
    facts = {"extra": "ocr"}  # what would read the images that are left out
    left_out = [f"{words(reason, facts)} {n}" for reason, n in sorted(tally.skipped.items())]
    if left_out:
        shown_rows.append((say("ingest.skipped"), ", ".join(left_out)))
    return [*shown_rows, (say("ingest.seconds"), f"{seconds:.1f}")]
