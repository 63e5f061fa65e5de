"""`docqa ingest`: files and folders become a library."""

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docqa.cli.common import JsonOption, LibraryOption, library_path, note, settings
from docqa.cli.exit_codes import INTERRUPTED, SOME_UNREADABLE
from docqa.cli.stopping import stoppable
from docqa.messages import say

if TYPE_CHECKING:
    from docqa.cli.documents.ingest_report import Report
    from docqa.engine.ingest import IngestRequest
    from docqa.settings import Settings
    from ingest.types import FileReport

app = typer.Typer()

_LOCK_SECONDS = 2.0
_WATCH_MILLISECONDS = 500
_UNREAD = ("failed", "partial")


@app.command(help=say("help_library.ingest"))
def ingest(
    ctx: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help=say("help_library.paths"))],
    prune: Annotated[bool, typer.Option("--prune", help=say("help_library.prune"))] = False,
    watch: Annotated[bool, typer.Option("--watch", help=say("help_library.watch"))] = False,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", metavar="N", min=0, help=say("help_library.jobs"))
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", metavar="NAME", help=say("help_library.encoding"))
    ] = None,
    retry: Annotated[bool, typer.Option("--retry-failed", help=say("help_library.retry"))] = False,
    hidden: Annotated[
        bool | None, typer.Option("--hidden", help=say("help_library.hidden"))
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option("--exclude", metavar="GLOB", help=say("help_library.exclude")),
    ] = None,
    password: Annotated[
        str | None, typer.Option("--password", metavar="TEXT", help=say("help_library.password"))
    ] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add or refresh files."""
    from docqa.cli.common import on_terminal
    from docqa.engine.ingest import IngestRequest

    flags: dict[str, object] = {
        "library.name": library,
        "ingest.jobs": jobs,
        "ingest.encoding": encoding,
        "ingest.hidden": hidden or None,
        "ingest.exclude": tuple(exclude) if exclude else None,
    }
    chosen = settings(ctx, flags)
    request = IngestRequest(
        tuple(paths),
        prune or watch,
        retry,
        password,
        count=on_terminal(stderr=True) and not as_json,
    )
    unread: list[FileReport] = []
    changes = _changes(request.paths) if watch else iter(())
    code = _once(chosen, request, as_json=as_json, unread=unread)
    if password is None and not as_json and code != INTERRUPTED:
        code = _read_locked(chosen, request, unread, code)
    while watch and code != INTERRUPTED:
        note(say("ingest.watching"))
        if not _has_next(changes):
            break
        code = _once(chosen, request, as_json=as_json, watching=True)
    raise typer.Exit(code)


def _read_locked(
    chosen: "Settings", request: "IngestRequest", unread: "list[FileReport]", code: int
) -> int:
    """Ask for the password of locked files, where there is somebody to ask, and read them."""
    from getpass import getpass

    from msgspec.structs import replace

    from docqa.cli.common import on_terminal

    locked = tuple(file.path for file in unread if file.reason == "encrypted")
    if not (locked and sys.stdin.isatty() and on_terminal(stderr=True)):
        return code
    try:
        password = getpass(say("ingest.ask_password", count=len(locked)), sys.stderr)
    except (EOFError, KeyboardInterrupt):
        return code
    if not password:
        return code
    again = replace(request, paths=locked, prune=False, password=password)
    others_failed = len(unread) > len(locked)
    return _once(chosen, again, as_json=False) or (code if others_failed else 0)


def _once(
    chosen: "Settings",
    request: "IngestRequest",
    *,
    as_json: bool,
    watching: bool = False,
    unread: "list[FileReport] | None" = None,
) -> int:
    """One run with its report; `watching` names every change and waits for another writer.

    Files that could not be read, or only in part, are added to `unread`.
    """
    from docqa.cli.documents.ingest_report import JsonReport, TextReport
    from docqa.errors import LibraryLocked

    while True:
        report = JsonReport() if as_json else TextReport(watching=watching)
        try:
            return _run(chosen, request, report, [] if unread is None else unread)
        except LibraryLocked as error:
            if not watching:
                raise
            note(str(error))
            time.sleep(_LOCK_SECONDS)


def _run(
    chosen: "Settings", request: "IngestRequest", report: "Report", unread: "list[FileReport]"
) -> int:
    from docqa.engine.ingest import Ingestion

    with stoppable(signal.SIGTERM) as stop:
        work = Ingestion(
            library_path(chosen.library.name, must_exist=False),
            chosen,
            request,
            cancelled=stop,
            tick=report.tick,
            report=report.progress,
        )
        with report:
            for step in work:
                report.step(step, work.tally)
                if step.file and step.file.status in _UNREAD:
                    unread.append(step.file)
    report.end(work.tally, work.seconds)
    if work.interrupted:
        note(say("ingest.interrupted", count=work.tally.done))
        return INTERRUPTED
    return SOME_UNREADABLE if work.tally.failed or report.some_unreadable else 0


def _has_next(changes: Iterator[None]) -> bool:
    """Wait for the next change; False when the user has had enough."""
    try:
        next(changes)
    except (KeyboardInterrupt, StopIteration):
        return False
    return True


def _changes(paths: tuple[Path, ...]) -> Iterator[None]:
    """One item for every time that something changed below these paths, from this call on.

    One watcher stands all the while: what happens while files are read waits in it.
    """
    # Imported here: only --watch needs it.
    import watchfiles

    existing = [path for path in paths if path.exists()]
    watcher = watchfiles.watch(
        *existing, raise_interrupt=True, yield_on_timeout=True, rust_timeout=_WATCH_MILLISECONDS
    )
    # Only now does it stand.
    next(watcher, None)
    return (None for changes in watcher if changes)
