"""A run: finds files, has workers read them, keeps what they hold, and reports on each."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from ingest.errors import Interrupted
from ingest.formats import FAMILIES
from ingest.running.plan import UNOPENED, FileTask, Plan, PlanOptions, report_unchanged
from ingest.running.pool import Pool
from ingest.running.worker_protocol import FileOutcome, WorkFile, work_file
from ingest.sink import Sink
from ingest.types import FileReport, FileStatus

# Small texts are read many at a time; anything else alone, so that its limits are its own.
_BATCH_FILES = 32
_BATCH_BYTES = 1 << 18
_SMALL_BYTES = 1 << 16
_QUICK = frozenset({"text", "markdown", "delimited", "subtitles", "data"})
_TICK_SECONDS = 0.1


class RunOptions(Struct, frozen=True):
    """How a run goes about its work."""

    plan: PlanOptions
    jobs: int = 0
    """Worker processes; 0 takes one per core."""
    seconds: float = 120.0
    memory: int = 4 << 30


class Tally(Struct):
    """What a run has done so far; files read in part count as added or updated, too."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: int = 0
    partial: int = 0
    passages: int = 0
    """Passages of the files that were added or updated."""
    gone: int = 0
    """Files that are kept though they are no longer there."""
    skipped: Counter[str] = field(default_factory=Counter)
    """Files and folders left out, by reason."""
    at_work: str = ""

    @property
    def done(self) -> int:
        """Files that are finished."""
        return self.added + self.updated + self.unchanged + self.failed


Tick = Callable[[], None]


class Run:
    """One run over some paths; iterate for a report per file, then look at the tally."""

    def __init__(
        self,
        paths: Sequence[Path],
        sink: Sink,
        options: RunOptions,
        cancelled: Callable[[], bool] = lambda: False,
        tick: Tick = lambda: None,
    ) -> None:
        """Prepare; `tick` is called every tenth of a second or so."""
        self.tally = Tally()
        self._sink = sink
        self._cancelled = cancelled
        self._tick = tick
        self._plan = Plan(paths, sink, options.plan)
        self._pool = Pool(
            options.plan.work, options.jobs or cores(), options.seconds, options.memory
        )
        self._tasks: dict[int, FileTask] = {}
        self._count = 0

    def __iter__(self) -> Iterator[FileReport]:
        try:
            yield from self._reports()
        except (Interrupted, GeneratorExit):
            self._sink.commit()
            raise
        except BaseException:
            self._sink.rollback()
            raise
        finally:
            self._pool.close()
        self.tally.gone = len(self._plan.gone)
        self._sink.commit()

    def _reports(self) -> Iterator[FileReport]:
        batch: list[WorkFile] = []
        size = 0
        for found in self._plan:
            if isinstance(found, FileReport):
                yield self._plan_all(found)
                continue
            alone = _alone(found)
            if batch and (alone or len(batch) >= _BATCH_FILES or size >= _BATCH_BYTES):
                yield from self._give(batch)
                batch, size = [], 0
            batch.append(self._number(found))
            size += found.place.size
            if alone:
                yield from self._give(batch)
                batch, size = [], 0
        if batch:
            yield from self._give(batch)
        while not self._pool.idle:
            yield from self._settle_all()
        for report in self._plan.prune():
            yield self._plan_all(report)

    def _give(self, batch: list[WorkFile]) -> Iterator[FileReport]:
        while not self._pool.wants_more:
            yield from self._settle_all()
        self._pool.give(batch)

    def _settle_all(self) -> Iterator[FileReport]:
        self._check()
        outcomes = self._pool.outcomes(_TICK_SECONDS)
        for outcome in outcomes:
            task = self._tasks.pop(outcome.number)
            report = self._settle(task, outcome)
            if report is None:
                # What it was a copy of has gone meanwhile.
                yield from self._give([self._number(task, with_hashes=False)])
            else:
                yield replace(report, location=task.path)

    def _check(self) -> None:
        if self._cancelled():
            raise Interrupted
        file = self._pool.at_work
        self.tally.at_work = self._tasks[file.number].place.shown if file else ""
        self._tick()

    def _number(self, task: FileTask, *, with_hashes: bool = True) -> WorkFile:
        self._count += 1
        self._tasks[self._count] = task
        return work_file(self._count, task.path, task.hashes if with_hashes else ())

    def _settle(self, task: FileTask, outcome: FileOutcome) -> FileReport | None:
        if outcome.reason is not None:
            return self._fail(task, outcome, outcome.reason)
        document = outcome.document
        if document is None:
            return self._refer(task, outcome.sha256)
        self._sink.put(task.place, document, outcome.sha256, task.recipe)
        return self._keep(
            task,
            FileReport(
                task.place.shown,
                FileStatus.ADDED,
                facts={"notes": document.notes} if document.notes else {},
                encoding=document.encoding,
                pages=document.page_count,
                unreadable_pages=document.unreadable_pages,
                passages=len(document.passages),
                characters=len(document.text),
            ),
        )

    def _refer(self, task: FileTask, sha256: str) -> FileReport | None:
        kept = self._sink.refer(task.place, sha256, task.recipe)
        if kept is None:
            return None
        report = report_unchanged(task.place.shown, kept)
        if task.known and task.known.sha256 == sha256:
            self.tally.unchanged += 1
            return report
        return self._keep(task, report)

    def _keep(self, task: FileTask, report: FileReport) -> FileReport:
        is_new = task.known is None or task.known.reason is not None
        status = FileStatus.ADDED if is_new else FileStatus.UPDATED
        self.tally.added += is_new
        self.tally.updated += not is_new
        self.tally.passages += report.passages
        if report.unreadable_pages:
            self.tally.partial += 1
            status = FileStatus.PARTIAL
        return replace(report, status=status)

    def _fail(self, task: FileTask, outcome: FileOutcome, reason: str) -> FileReport:
        shown = task.place.shown
        if reason == "unsupported" and task.known is None and not task.named:
            self.tally.skipped["skipped_binary"] += 1
            return FileReport(shown, FileStatus.SKIPPED, "skipped_binary")
        self.tally.failed += 1
        if reason != "vanished":
            forget = reason not in UNOPENED
            self._sink.fail(task.place, task.recipe, reason, outcome.facts, forget=forget)
        return FileReport(shown, FileStatus.FAILED, reason, outcome.facts)

    def _plan_all(self, report: FileReport) -> FileReport:
        """Count a report that needed no reading."""
        if self._cancelled():
            raise Interrupted
        tally = self.tally
        if report.status is FileStatus.UNCHANGED:
            tally.unchanged += 1
        elif report.status is FileStatus.SKIPPED:
            tally.skipped[report.reason or ""] += 1
        elif report.status is FileStatus.REMOVED:
            tally.removed += 1
        else:
            tally.failed += 1
        return report


def cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _alone(task: FileTask) -> bool:
    """Whether a file is read by itself rather than with others."""
    return task.place.size > _SMALL_BYTES or FAMILIES.get(task.suffix, "text") not in _QUICK
