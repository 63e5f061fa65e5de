"""`docqa ls`, `rm` and `reindex`: what a library holds, and keeping it right."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docqa.clean import one_line
from docqa.cli.common import JsonOption, LibraryOption, library_path, line, note, settings
from docqa.cli.exit_codes import INTERRUPTED
from docqa.cli.progress import ProgressPrinter
from docqa.cli.stopping import stoppable
from docqa.cli.table import print_table
from docqa.messages import say

if TYPE_CHECKING:
    from docqa.settings import Settings
    from docqa.stores.records.library import Library
    from docqa.types import DocumentInfo

app = typer.Typer()

_HEADS = (
    "library.head_path",
    "library.head_status",
    "library.head_pages",
    "library.head_passages",
    "library.head_characters",
    "library.head_encoding",
    "library.head_remark",
)
_STATUSES = {
    "read": "library.status_read",
    "partial": "library.status_partial",
    "failed": "library.status_failed",
}
_UNITS = ("B", "KB", "MB", "GB", "TB")


@app.command(help=say("help_library.ls"))
def ls(
    ctx: typer.Context,
    scope: Annotated[
        list[str] | None, typer.Argument(metavar="[GLOB…]", help=say("help_library.scope"))
    ] = None,
    failed: Annotated[bool, typer.Option("--failed", help=say("help_library.failed"))] = False,
    disk: Annotated[bool, typer.Option("--disk", help=say("help_library.disk"))] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """List documents, or the room they take."""
    with _opened(settings(ctx, {"library.name": library})) as kept:
        if disk:
            _print_disk(kept, as_json=as_json)
            return
        infos = _listed(kept, scope or [])
        if failed:
            infos = [info for info in infos if info.status != "read"]
        if as_json:
            _print_documents_json(kept, infos)
        else:
            _print_documents(kept, infos)


@app.command(help=say("help_library.rm"))
def rm(
    ctx: typer.Context,
    scope: Annotated[list[str], typer.Argument(metavar="GLOB…", help=say("help_library.scope"))],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove documents from the library and its indexes."""
    from docqa.cli.common import print_json
    from docqa.engine.ingest import remove_documents

    chosen = settings(ctx, {"library.name": library})
    removed = remove_documents(library_path(chosen.library.name), chosen, scope)
    if as_json:
        print_json({"removed": removed})
        return
    for path in removed:
        line(say("library.removed", path=path))


@app.command(help=say("help_library.reindex"))
def reindex(
    ctx: typer.Context,
    embed: Annotated[bool, typer.Option("--embed", help=say("help_library.embed"))] = False,
    check: Annotated[bool, typer.Option("--check", help=say("help_library.check"))] = False,
    library: LibraryOption = None,
) -> None:
    """Rebuild what is derived from the stored text."""
    chosen = settings(ctx, {"library.name": library})
    with _opened(chosen) as kept:
        if check:
            _check(kept)
        if embed:
            _embed(kept, chosen)
        else:
            _rebuild_lexical(kept, chosen)


def _opened(chosen: "Settings") -> "Library":
    from docqa.stores.records.library import Library

    return Library.open(library_path(chosen.library.name))


def _listed(kept: "Library", scope: list[str]) -> list["DocumentInfo"]:
    """Documents and failed files; a scope need match only one of them."""
    from docqa.errors import QueryError
    from docqa.stores.records.scope import select

    failed = kept.failed()
    if not scope:
        return sorted([*kept.documents(), *failed], key=lambda info: info.path)
    places = [(number, info.path, info.path) for number, info in enumerate(failed)]
    chosen = [failed[n] for pattern in scope for n in select(pattern, places)]
    try:
        return sorted([*kept.documents(scope), *chosen], key=lambda info: info.path)
    except QueryError:
        if not chosen:
            raise
        return chosen


def _print_documents(kept: "Library", infos: list["DocumentInfo"]) -> None:
    from docqa.stores.records.documents import also

    rows: list[tuple[str, ...]] = []
    for info in infos:
        numbers = (str(n) if n else "" for n in (info.pages, info.passages, info.characters))
        status = say(_STATUSES[info.status])
        rows.append((info.path, status, *numbers, info.encoding or "", _reason(info)))
        same = say("library.same_as", path=info.path)
        rows += [(path, *[""] * 5, same) for path in also(info)]
    print_table([say(head) for head in _HEADS], rows, right=(2, 3, 4))
    counts = kept.counts()
    note(say("library.totals", documents=counts.documents, passages=counts.passages))


def _print_documents_json(kept: "Library", infos: list["DocumentInfo"]) -> None:
    from docqa.cli.common import print_json
    from docqa.stores.records.documents import also

    documents = [
        {
            "path": info.path,
            "also": also(info),
            "status": info.status,
            "reason": _reason(info) or None,
            "title": info.title,
            "encoding": info.encoding,
            "pages": info.pages,
            "unreadable_pages": info.unreadable_pages,
            "passages": info.passages,
            "characters": info.characters,
        }
        for info in infos
    ]
    counts = kept.counts()
    print_json(
        {
            "library": kept.name,
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


def _print_disk(kept: "Library", *, as_json: bool) -> None:
    from docqa.cli.common import print_json

    sizes: dict[str, int] = {}
    for entry in sorted(kept.path.iterdir()):
        # The catalogue's log and index files are part of it.
        name = entry.name.removesuffix("-wal").removesuffix("-shm")
        sizes[name] = sizes.get(name, 0) + _size(entry)
    if as_json:
        print_json({"path": str(kept.path), "bytes": sizes, "total": sum(sizes.values())})
        return
    for name, size in sizes.items():
        if size:
            line(f"{_human(size):>9}  {one_line(name)}")
    line(f"{_human(sum(sizes.values())):>9}  {one_line(str(kept.path))}")


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(_size(entry) for entry in path.iterdir())
    try:
        return path.stat().st_size
    except OSError:
        # A file that another process swept away meanwhile takes no room.
        return 0


def _human(size: float) -> str:
    for unit in _UNITS:
        if size < 1000 or unit == _UNITS[-1]:
            break
        size /= 1000
    return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"


def _check(kept: "Library") -> None:
    from docqa.errors import LibraryDamaged
    from docqa.stores.records.integrity import faults

    found = faults(kept)
    for message, fact in found:
        note(say(message, fact=fact))
    if found:
        raise LibraryDamaged(name=kept.name, reason=say(found[0][0], fact=found[0][1]))
    note(say("library.sound", name=kept.name))


def _rebuild_lexical(kept: "Library", chosen: "Settings") -> None:
    from docqa.stores.lexical import LexicalIndex
    from docqa.stores.vectors.factory import refresh_index
    from docqa.terms import read_words

    words = read_words(chosen.search.user_dictionary)
    with LexicalIndex(kept, words, ProgressPrinter()) as index:
        count = index.rebuild()
    refresh_index(kept, chosen.embedding, ProgressPrinter())
    line(say("library.reindexed", passages=count))


def _embed(kept: "Library", chosen: "Settings") -> None:
    from docqa.errors import SettingError
    from docqa.llm.embeddings.factory import open_embedder
    from docqa.retrieval.embedding_run import embed_anew

    embedder = open_embedder(chosen.embedding)
    if embedder is None:
        raise SettingError("library.no_embedder")
    with kept.write_lock(), stoppable() as stop:
        run = embed_anew(kept, embedder, ProgressPrinter(), stop)
        if run.left:
            note(say("library.embedding_stopped", left=run.left))
            raise typer.Exit(INTERRUPTED)
    line(say("library.embedded", embedded=run.embedded, reused=run.reused))
