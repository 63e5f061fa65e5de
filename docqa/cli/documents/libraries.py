"""`docqa library`: the libraries there are, made, renamed, removed, packed and unpacked."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docqa.cli.common import JsonOption, YesOption, confirm, note, print_fact, print_json, settings
from docqa.cli.completion import complete_libraries
from docqa.cli.table import print_table
from docqa.messages import say
from docqa.sizes import human_bytes

if TYPE_CHECKING:
    from docqa.engine.library.libraries import LibraryInfo

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help=say("help_libraries.library"), rich_markup_mode=None)
app.add_typer(group, name="library")

NameArgument = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help=say("help_libraries.name"), autocompletion=complete_libraries
    ),
]
_HEADS = (
    "libraries.head_name",
    "libraries.head_documents",
    "library.head_passages",
    "libraries.head_size",
    "libraries.head_updated",
    "libraries.head_path",
)


@group.command("list", help=say("help_libraries.list"))
def list_(as_json: JsonOption = False) -> None:
    """List the libraries of the data folder."""
    from docqa.engine.library.libraries import describe_all

    found = describe_all()
    if as_json:
        print_json({"libraries": found})
        return
    print_table([say(head) for head in _HEADS], map(_row, found), right=(1, 2, 3))
    if not found:
        note(say("libraries.none"))


@group.command("info", help=say("help_libraries.info"))
def info(
    ctx: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]", help=say("help_libraries.name"), autocompletion=complete_libraries
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what a library holds, and where it is."""
    from docqa.engine.library.libraries import describe

    found = describe(name or settings(ctx).library.name)
    if as_json:
        print_json(found)
        return
    rows = {
        "libraries.head_name": found.name,
        "libraries.head_path": found.path,
        "libraries.head_documents": str(found.documents),
        "libraries.head_failed": str(found.failed),
        "library.head_passages": str(found.passages),
        "library.head_characters": str(found.characters),
        "libraries.head_sessions": str(found.sessions),
        "libraries.head_size": human_bytes(found.bytes),
        "libraries.head_updated": _day(found.updated),
        "libraries.head_embedder": found.embedder or "-",
    }
    print_table((), [(say(key), value) for key, value in rows.items()])


@group.command("new", help=say("help_libraries.new"))
def new(name: NameArgument, as_json: JsonOption = False) -> None:
    """Make an empty library."""
    from docqa.engine.library.libraries import create

    print_fact("path", create(name), as_json=as_json)
    note(say("libraries.made", name=name))


@group.command("rename", help=say("help_libraries.rename"))
def rename(
    name: NameArgument,
    new_name: Annotated[str, typer.Argument(metavar="NEW", help=say("help_libraries.new_name"))],
    as_json: JsonOption = False,
) -> None:
    """Give a library another name."""
    from docqa.engine.library import libraries

    print_fact("path", libraries.rename(name, new_name), as_json=as_json)


@group.command("remove", help=say("help_libraries.remove"))
def remove(name: NameArgument, yes: YesOption = False, as_json: JsonOption = False) -> None:
    """Delete a library; the files that it was made of stay."""
    from docqa.engine.library import libraries

    found = libraries.describe(name)
    facts = {"name": found.name, "documents": found.documents, "sessions": found.sessions}
    confirm(say("libraries.really_remove", **facts), yes=yes)
    path = libraries.remove(name)
    if as_json:
        print_json({"removed": path})
    note(say("libraries.removed", path=path))


@group.command("pack", help=say("help_libraries.pack"))
def pack(
    name: NameArgument,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help=say("help_libraries.output")),
    ] = None,
    sessions: Annotated[
        bool, typer.Option("--sessions/--no-sessions", help=say("help_libraries.sessions"))
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """Write a library into one file."""
    from docqa.engine.library import libraries

    target = output or Path(Path(name).name + libraries.SUFFIX)
    print_fact("path", libraries.pack(name, target, sessions=sessions), as_json=as_json)
    note(say("libraries.packed", size=human_bytes(target.stat().st_size)))


@group.command("unpack", help=say("help_libraries.unpack"))
def unpack(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("help_libraries.file"))],
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help=say("help_libraries.as_name"))
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a library of a packed file."""
    from docqa.engine.library import libraries

    folder = libraries.unpack(file, name)
    print_fact("path", folder, as_json=as_json)
    note(say("libraries.unpacked", name=folder.name))


def _row(found: "LibraryInfo") -> tuple[str, ...]:
    if found.problem:
        return (found.name, "", "", "", found.problem, found.path)
    counts = (str(found.documents), str(found.passages), human_bytes(found.bytes))
    return (found.name, *counts, _day(found.updated), found.path)


def _day(seconds: float | None) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds)) if seconds else "-"
