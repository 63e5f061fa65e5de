"""`docqa ls`, `rm` and `reindex`: what a library holds, and keeping it right."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docqa.clean import one_line
from docqa.cli.common import (
    JsonOption,
    LibraryOption,
    YesOption,
    confirm,
    library_path,
    line,
    note,
    on_terminal,
    print_json,
    settings,
)
from docqa.cli.completion import complete_documents
from docqa.cli.exit_codes import INTERRUPTED
from docqa.cli.progress import ProgressPrinter
from docqa.cli.stopping import stoppable
from docqa.cli.table import print_table
from docqa.errors import UsageError
from docqa.messages import say
from docqa.sizes import human_bytes

if TYPE_CHECKING:
    from docqa.engine import Engine
    from docqa.settings import Settings
    from docqa.types import DocumentInfo

app = typer.Typer()

_LISTED = 20
_HEADS = (
    "library.head_path",
    "library.head_status",
    "library.head_length",
    "library.head_passages",
    "library.head_characters",
    "libraries.head_size",
    "library.head_date",
    "library.head_remark",
)
_STATUSES = {
    "read": "library.status_read",
    "partial": "library.status_partial",
    "failed": "library.status_failed",
}


@app.command(help=say("help_library.ls"))
def ls(
    ctx: typer.Context,
    scope: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[GLOB…]", help=say("help_library.scope"), autocompletion=complete_documents
        ),
    ] = None,
    failed: Annotated[bool, typer.Option("--failed", help=say("help_library.failed"))] = False,
    disk: Annotated[bool, typer.Option("--disk", help=say("help_library.disk"))] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """List documents, or the room they take."""
    # Imported here: --help needs none of it.
    from docqa.engine import Engine

    with Engine(settings(ctx, {"library.name": library})) as engine:
        if disk:
            _print_disk(engine, as_json=as_json)
            return
        infos = engine.list_all(scope or ())
        if failed:
            infos = [info for info in infos if info.status != "read"]
        if as_json:
            _print_documents_json(engine, infos)
        else:
            _print_documents(engine, infos)


@app.command(help=say("help_library.rm"))
def rm(
    ctx: typer.Context,
    scope: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="GLOB…", help=say("help_library.scope"), autocompletion=complete_documents
        ),
    ] = None,
    yes: YesOption = False,
    undo: Annotated[bool, typer.Option("--undo", help=say("help_library.undo"))] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove documents from the library and its indexes, or read the last removed again."""
    # Imported here: --help needs none of it.
    from docqa.engine import Engine
    from docqa.engine.library.removal import remove_documents

    chosen = settings(ctx, {"library.name": library})
    folder = library_path(chosen.library.name)
    if undo:
        _restore(folder, chosen)
        return
    if not scope:
        raise UsageError("library.rm_needs_names")
    with Engine(chosen) as engine:
        _confirm_removal([info.path for info in engine.list_all(scope)], scope, yes=yes)
    removed = remove_documents(folder, chosen, scope)
    if as_json:
        print_json({"removed": removed})
        return
    for path in removed:
        line(say("library.removed", path=path))
    note(say("library.removed_count", count=len(removed)))


def _confirm_removal(names: list[str], scope: list[str], *, yes: bool) -> None:
    """Ask where more than one goes; in a pipe only where a plain name means several files."""
    from docqa.engine.library.removal import names_several

    watched = sys.stdin.isatty() and on_terminal(stderr=True)
    doubtful = any(names_several(pattern, names) for pattern in scope)
    if yes or len(names) == 1 or not (watched or doubtful):
        return
    for name in names[:_LISTED]:
        note("  " + one_line(name))
    if len(names) > _LISTED:
        note("  …")
    confirm(say("library.really_remove", count=len(names)), yes=yes)


def _restore(folder: Path, chosen: "Settings") -> None:
    from docqa.engine.library.removal import restore_removed

    with stoppable() as stop:
        files = [step.file for step in restore_removed(folder, chosen, stop) if step.file]
    for file in files:
        line(one_line(file.shown))
    note(say("library.restored_count", count=len(files)))


@app.command(help=say("help_library.reindex"))
def reindex(
    ctx: typer.Context,
    embed: Annotated[bool, typer.Option("--embed", help=say("help_library.embed"))] = False,
    check: Annotated[bool, typer.Option("--check", help=say("help_library.check"))] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rebuild what is derived from the stored text."""
    from docqa.engine.library.upkeep import rebuild_indexes

    chosen = settings(ctx, {"library.name": library})
    folder = library_path(chosen.library.name)
    if check:
        _check(folder, chosen)
    if embed:
        _embed(folder, chosen, as_json=as_json)
    else:
        count = rebuild_indexes(folder, chosen, ProgressPrinter())
        if as_json:
            print_json({"passages": count})
        else:
            line(say("library.reindexed", passages=count))


def _print_documents(engine: "Engine", infos: list["DocumentInfo"]) -> None:
    from docqa.engine.library.upkeep import also
    from docqa.page_words import length_words

    dates = engine.dates()
    watched = on_terminal()
    rows: list[tuple[str, ...]] = []
    for info in infos:
        length = length_words(info.path, info.pages) if watched else str(info.pages or "")
        numbers = (str(n) if n else "" for n in (info.passages, info.characters))
        begins = (info.path, say(_STATUSES[info.status]), length, *numbers)
        date = dates[info.id].date if info.id in dates else ""
        title, remark, encoding = info.title or "", _reason(info), info.encoding or ""
        if watched:
            size = human_bytes(info.bytes) if info.bytes else ""
            rows.append((*begins, size, date, remark or title))
        else:
            rows.append((*begins, encoding, remark, date, str(info.bytes), title))
        same = say("library.same_as", path=info.path)
        blank = [""] * (6 if watched else 5)
        after = [] if watched else [""] * 3
        rows += [(path, *blank, same, *after) for path in also(info)]
    print_table([say(head) for head in _HEADS], rows, right=(2, 3, 4, 5))
    counts = engine.counts()
    note(say("library.totals", documents=counts.documents, passages=counts.passages))


def _print_documents_json(engine: "Engine", infos: list["DocumentInfo"]) -> None:
    from docqa.engine.library.upkeep import also

    dates = engine.dates()
    documents = [
        {
            "path": info.location,
            "name": info.path,
            "also": also(info),
            "status": info.status,
            "reason": _reason(info) or None,
            "title": info.title,
            "date": dates[info.id].date if info.id in dates else None,
            "date_from": dates[info.id].source if info.id in dates else None,
            "bytes": info.bytes,
            "encoding": info.encoding,
            "pages": info.pages,
            "unreadable_pages": info.unreadable_pages,
            "passages": info.passages,
            "characters": info.characters,
        }
        for info in infos
    ]
    counts = engine.counts()
    print_json(
        {
            "library": engine.name,
            "documents": documents,
            "passages": counts.passages,
            "characters": counts.characters,
        }
    )


def _reason(info: "DocumentInfo") -> str:
    from docqa.reasons import page_ranges, words

    if info.unreadable_pages:
        return say("ingest.partial", pages=page_ranges(info.unreadable_pages))
    return words(info.reason, info.facts)


def _print_disk(engine: "Engine", *, as_json: bool) -> None:
    from docqa.engine.library.upkeep import measure_disk

    sizes = measure_disk(engine.folder)
    total = sum(sizes.values())
    if as_json:
        print_json({"path": str(engine.folder), "bytes": sizes, "total": total})
        return
    rows = [(human_bytes(size), name) for name, size in sizes.items() if size]
    print_table((), [*rows, (human_bytes(total), str(engine.folder))], right=(0,))


def _check(path: Path, chosen: "Settings") -> None:
    from docqa.engine.health import look_at_library
    from docqa.errors import LibraryDamaged

    health = look_at_library(path, chosen)
    for message, fact in (*health.faults, *health.index_faults):
        note(say(message, fact=fact))
    if health.faults:
        message, fact = health.faults[0]
        raise LibraryDamaged(name=path.name, reason=say(message, fact=fact))
    if not health.index_faults:
        note(say("library.sound", name=path.name))


def _embed(folder: Path, chosen: "Settings", *, as_json: bool) -> None:
    from docqa.engine.library.upkeep import embed_anew

    with stoppable() as stop:
        run = embed_anew(folder, chosen, ProgressPrinter(), stop)
    if run.left:
        note(say("library.embedding_stopped", left=run.left))
        raise typer.Exit(INTERRUPTED)
    if as_json:
        print_json(run)
    else:
        line(say("library.embedded", embedded=run.embedded, reused=run.reused))
