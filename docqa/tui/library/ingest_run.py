"""An ingest that goes on behind the chat."""

import threading
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from docqa.messages import say
from docqa.types import DocumentInfo, IngestStep, Progress
from ingest.types import FileReport, FileStatus

if TYPE_CHECKING:
    from docqa.tui.app import DocqaApp

_PACE = 0.1
_DEMO = "demo"
_TROUBLE = (FileStatus.FAILED, FileStatus.PARTIAL)


def start(app: "DocqaApp", files: Sequence[Path]) -> None:
    """Read files and folders; the status bar follows, and a note says how it ended."""
    engine = app.engine
    if engine is None or app.ingest_stop is not None:
        app.tell(say("tui.not_yet" if engine is None else "tui_library.running"), warn=True)
        return
    app.ingest_stop = stop = threading.Event()

    def embedding(progress: Progress) -> None:
        step = IngestStep(int(progress.done), int(progress.total or 0), message=progress.message)
        app.call_later(setattr, app, "ingest_step", step)

    def run() -> list[FileReport]:
        reports: list[FileReport] = []
        told = 0.0
        for step in engine.ingest(files, stop.is_set, embedding):
            if step.file is not None:
                reports.append(step.file)
            if monotonic() - told > _PACE:
                told = monotonic()
                app.call_later(setattr, app, "ingest_step", step)
        return reports

    def over(reports: list[FileReport]) -> None:
        app.skipped_files = {
            one.shown: _as_document(one) for one in reports if one.status is FileStatus.SKIPPED
        }
        _end_run(app)
        trouble = [one for one in reports if one.status in _TROUBLE]
        words = say("tui_library.done", files=len(reports) - len(trouble) - len(app.skipped_files))
        if trouble:
            words += " " + say("tui_library.trouble", count=len(trouble))
        if app.skipped_files:
            words += " " + say("tui_library.skipped", count=len(app.skipped_files))
        app.tell(words, warn=bool(trouble))

    def report_failure(error: Exception) -> None:
        _end_run(app)
        app.report(error)

    app.background(run, over, report_failure)


def _as_document(report: FileReport) -> DocumentInfo:
    """A file that was passed over, as the library lists it."""
    return DocumentInfo(
        id=0,
        path=report.shown,
        title=None,
        status=report.status.value,
        characters=0,
        passages=0,
        pages=0,
        reason=report.reason,
        facts=report.facts,
    )


def _end_run(app: "DocqaApp") -> None:
    app.ingest_stop = None
    app.ingest_step = None
    app.refresh_status()
    app.chat.learn_documents()


def read_demo(app: "DocqaApp", files: Sequence[Path]) -> None:
    """Read the samples into the library `demo`, then open it."""
    engine = app.engine
    if engine is None:
        app.tell(say("tui.not_yet"), warn=True)
        return

    def read() -> None:
        # Imported here: nothing else here needs a second engine.
        from docqa.engine import Engine

        with Engine(engine.settings, _DEMO) as samples:
            list(samples.ingest(files))
        engine.use_library(_DEMO)

    app.tell(say("tui_home.demo_reading"))
    app.background(read, lambda _: app.library_changed())
