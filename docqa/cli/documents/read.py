"""`docqa read`: long documents read once, so that questions about them begin at once."""

import math
import time
from typing import TYPE_CHECKING, Annotated

import typer

from docqa.cli.common import (
    JsonOption,
    LibraryOption,
    ModelOption,
    line,
    note,
    print_json,
    settings,
)
from docqa.cli.completion import complete_documents
from docqa.cli.exit_codes import INTERRUPTED
from docqa.cli.stopping import Stop, stoppable
from docqa.errors import UsageError
from docqa.messages import say

if TYPE_CHECKING:
    from docqa.answer.writing.cached_documents import CachePlan
    from docqa.engine import Engine
    from docqa.engine.cached_documents import CachedDocuments, DocumentCaching
    from docqa.stores.prompt_cache import CachedPrompt

app = typer.Typer()
# Seconds up to which a cost is not told in minutes.
_SOON = 90


@app.command(help=say("help_read.read"))
def read(
    ctx: typer.Context,
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE]...", help=say("help_read.files"), autocompletion=complete_documents
        ),
    ] = None,
    each: Annotated[bool, typer.Option("--each", help=say("help_read.each"))] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help=say("help_read.dry_run"))
    ] = False,
    listing: Annotated[bool, typer.Option("--list", "-l", help=say("help_read.list"))] = False,
    drop: Annotated[
        list[str] | None, typer.Option("--drop", metavar="ID|all", help=say("help_read.drop"))
    ] = None,
    model: ModelOption = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read documents whole and keep the reading; or list and drop what is kept."""
    # Imported here: --help needs none of it.
    from docqa.engine import Engine

    flags: dict[str, object] = {
        "library.name": library,
        "model.name": model,
        "model.engine": "llama" if files else None,
        "readings.keep": True if files else None,
    }
    with Engine(settings(ctx, flags)) as engine:
        if drop:
            cached = engine.cached_documents()
            freed = cached.drop(None if drop == ["all"] else _numbers(drop, cached))
            line(say("readings.dropped", size=_size(freed)))
        elif listing or not files:
            _print_listing(engine, as_json=as_json)
        else:
            raise typer.Exit(_read(engine, files, each=each, dry_run=dry_run, as_json=as_json))


def _read(engine: "Engine", files: list[str], *, each: bool, dry_run: bool, as_json: bool) -> int:
    documents = engine.documents(files)
    note(say("readings.loading"))
    caching = engine.document_caching()
    plans = caching.plan(documents, together=not each)
    room = engine.cached_documents().room()
    for plan in plans:
        note(_cost(plan))
        if plan.bytes > room:
            note(say("readings.over_limit", label=plan.label, size=_size(room)))
    kept: list[CachedPrompt] = []
    code = 0
    with stoppable() as stop:
        for plan in () if dry_run else plans:
            reading, whole = _read_one(caching, plan, stop)
            kept += [reading] if reading else []
            if not whole:
                tokens = reading.tokens if reading else 0
                note(say("readings.stopped", tokens=tokens, all=len(plan.tokens)))
                code = INTERRUPTED
                break
    if as_json:
        print_json({"planned": [_plan(plan) for plan in plans], "kept": [*map(_row, kept)]})
    return code


def _read_one(
    caching: "DocumentCaching", plan: "CachePlan", stop: Stop
) -> "tuple[CachedPrompt | None, bool]":
    from docqa.cli.progress import show_steps

    began = time.monotonic()
    with show_steps(plan.label, say("readings.tokens")) as report:
        reading, whole = caching.read(plan, stop, report)
    if reading and whole:
        facts = {"label": plan.label, "tokens": reading.tokens}
        seconds = round(time.monotonic() - began, 1)
        note(say("readings.read", seconds=seconds, size=_size(reading.bytes), **facts))
    return reading, whole


def _print_listing(engine: "Engine", *, as_json: bool) -> None:
    cached = engine.cached_documents()
    readings = cached.list_all()
    if as_json:
        used = sum(reading.bytes for reading in readings)
        print_json({"readings": [*map(_row, readings)], "bytes": used, "limit": cached.room()})
        return
    for reading in readings:
        line(
            say(
                "readings.row",
                id=reading.id,
                tokens=reading.tokens,
                size=_size(reading.bytes),
                used=time.strftime("%Y-%m-%d %H:%M", time.localtime(reading.used)),
                label=reading.label or say("readings.head"),
            )
        )
    total = _size(sum(reading.bytes for reading in readings))
    line(say("readings.total", count=len(readings), size=total, limit=_size(cached.room())))


def _cost(plan: "CachePlan") -> str:
    facts = {
        "label": plan.label,
        "tokens": len(plan.tokens),
        "kv_type": plan.kv_type,
        "size": _size(plan.bytes),
    }
    if plan.seconds is None:
        return say("readings.cost_unknown", **facts)
    if plan.seconds < _SOON:
        return say("readings.cost_soon", seconds=math.ceil(plan.seconds), **facts)
    return say("readings.cost", minutes=round(plan.seconds / 60, 1), **facts)


def _plan(plan: "CachePlan") -> dict[str, object]:
    return {
        "label": plan.label,
        "tokens": len(plan.tokens),
        "kv_type": plan.kv_type,
        "bytes": plan.bytes,
        "seconds": plan.seconds,
        "documents": list(dict.fromkeys(passage.document for passage in plan.spans)),
    }


def _row(reading: "CachedPrompt") -> dict[str, object]:
    names = ("id", "label", "tokens", "bytes", "made", "used")
    return {name: getattr(reading, name) for name in names}


def _numbers(ids: list[str], cached: "CachedDocuments") -> list[int]:
    known = {str(reading.id): reading.id for reading in cached.list_all()}
    if unknown := [text for text in ids if text not in known]:
        raise UsageError("readings.unknown_id", ids=", ".join(unknown))
    return [known[text] for text in ids]


def _size(size: int) -> str:
    from docqa.sizes import human_bytes

    return human_bytes(size)
