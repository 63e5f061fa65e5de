"""An ingest that goes on behind the chat."""

import threading
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from docqa.messages import say
from ingest.types import FileReport, FileStatus

if TYPE_CHECKING:
    from docqa.tui.app import DocqaApp

_PACE = 0.1
_TROUBLE = (FileStatus.FAILED, FileStatus.PARTIAL)


def start(app: "DocqaApp", files: Sequence[Path]) -> None:
    """Read files and folders; the status bar follows, and a note says how it ended."""
    engine = app.engine
    if engine is None or app.ingest_stop is not None:
        app.tell(say("tui.not_yet" if engine is None else "tui_library.running"), warn=True)
        return
    app.ingest_stop = stop = threading.Event()

    def run() -> list[FileReport]:
        reports: list[FileReport] = []
        told = 0.0
        for step in engine.ingest(files, stop.is_set):
            if step.file is not None:
                reports.append(step.file)
            if monotonic() - told > _PACE:
                told = monotonic()
                app.call_later(setattr, app, "ingest_step", step)
        return reports

    def over(reports: list[FileReport]) -> None:
        _over(app)
        trouble = [one for one in reports if one.status in _TROUBLE]
        words = say("tui_library.done", files=len(reports) - len(trouble))
        if trouble:
            words += " " + say("tui_library.trouble", count=len(trouble))
        app.tell(words, warn=bool(trouble))

    def failed(error: Exception) -> None:
        _over(app)
        app.report(error)

    app.background(run, over, failed)


def _over(app: "DocqaApp") -> None:
    app.ingest_stop = None
    app.ingest_step = None
    app.refresh_status()
    app.chat.learn_documents()
