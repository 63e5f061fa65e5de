"""`docqa sessions`: kept conversations, found, read, exported and checked."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from docqa.clean import clean, one_line
from docqa.cli.common import JsonOption, LibraryOption, line, link_path, note, print_json, settings
from docqa.cli.completion import complete_sessions
from docqa.messages import say

if TYPE_CHECKING:
    from docqa.engine import Engine
    from docqa.types import SessionInfo

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help=say("help_sessions.sessions"), rich_markup_mode=None)
app.add_typer(group, name="sessions")

SessionArgument = Annotated[
    str,
    typer.Argument(metavar="ID", help=say("help_sessions.id"), autocompletion=complete_sessions),
]
CHANGED = 1


@group.command("list", help=say("help_sessions.list"))
def list_(ctx: typer.Context, library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List the sessions, newest first."""
    with _engine(ctx, library) as door:
        _print(door.sessions(), as_json=as_json)


@group.command("search", help=say("help_sessions.search"))
def search(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORD…", help=say("help_sessions.words"))],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the sessions in which every word occurs."""
    with _engine(ctx, library) as door:
        _print(door.sessions(" ".join(words)), as_json=as_json)


@group.command("show", help=say("help_sessions.show"))
def show(
    ctx: typer.Context,
    session: SessionArgument,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print a session."""
    with _engine(ctx, library) as door:
        line(clean(door.export_session(session, "json" if as_json else "markdown")).rstrip())


@group.command("rename", help=say("help_sessions.rename"))
def rename(
    ctx: typer.Context,
    session: SessionArgument,
    title: Annotated[str, typer.Argument(metavar="TITLE", help=say("help_sessions.title"))],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a session another title."""
    with _engine(ctx, library) as door:
        door.rename_session(session, title)
    if as_json:
        print_json({"renamed": session, "title": title})
    note(say("sessions.renamed", title=title))


@group.command("export", help=say("help_sessions.export"))
def export(
    ctx: typer.Context,
    session: SessionArgument,
    form: Annotated[
        Literal["markdown", "json", "html"],
        typer.Option("--format", "-f", help=say("help_sessions.form")),
    ] = "markdown",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help=say("help_sessions.output")),
    ] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a session to a file or to standard output; `as_json` without a file is that form."""
    with _engine(ctx, library) as door:
        text = door.export_session(session, "json" if as_json and output is None else form)
    if output is None:
        line(text.rstrip())
        return
    from docqa.errors import StorageError, UsageError

    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError("library.file_exists", path=output) from error
    except OSError as error:
        raise StorageError("error.storage", path=output, reason=error.strerror) from error
    if as_json:
        print_json({"path": output})
    note(say("sessions.written", path=output))


@group.command("delete", help=say("help_sessions.delete"))
def delete(
    ctx: typer.Context,
    session: SessionArgument,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Delete a session."""
    with _engine(ctx, library) as door:
        door.delete_session(session)
    if as_json:
        print_json({"deleted": session})
    note(say("sessions.deleted"))


@group.command("restore", help=say("help_sessions.restore"))
def restore(ctx: typer.Context, library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Bring back what was deleted last."""
    with _engine(ctx, library) as door:
        count = door.restore_sessions()
    if as_json:
        print_json({"restored": count})
    note(say("sessions.restored", count=count))


@group.command("verify", help=say("help_sessions.verify"))
def verify(
    ctx: typer.Context,
    session: SessionArgument,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare a session's citations with the documents as they are; exit 1 where some changed."""
    from docqa.json_shapes import citation_values

    with _engine(ctx, library) as door:
        checks = door.verify_session(session)
        cited = [citation_values(check.citation, link_path(door)) for check in checks]
    if as_json:
        rows = [
            {"turn": check.turn, "state": check.state, "citation": citation}
            for check, citation in zip(checks, cited, strict=True)
        ]
        print_json({"citations": rows})
    else:
        for check in checks:
            n, document = check.citation.n, one_line(check.citation.document)
            place = f"{check.turn}[{n}] {document}"
            line(f"{_state(check.state)}  {place}  “{one_line(check.citation.quote)}”")
    states = Counter(check.state for check in checks)
    note(say("sessions.verified", count=len(checks), same=states["same"]))
    raise typer.Exit(CHANGED if states["changed"] or states["missing"] else 0)


def _engine(ctx: typer.Context, library: str | None) -> "Engine":
    # Imported here: --help needs none of it.
    from docqa.engine import Engine

    return Engine(settings(ctx, {"library.name": library}))


def _print(found: "list[SessionInfo]", *, as_json: bool) -> None:
    if as_json:
        print_json({"sessions": found})
        return
    from datetime import datetime

    for info in found:
        day = datetime.fromtimestamp(info.updated).strftime("%Y-%m-%d %H:%M")
        turns = say("sessions.turns", count=info.turns)
        line(f"{info.id}  {day}  {turns}  {one_line(info.title)}")
    if not found:
        note(say("sessions.none"))


def _state(state: str) -> str:
    words = {
        "same": say("sessions.same"),
        "moved": say("sessions.moved"),
        "changed": say("sessions.changed"),
        "missing": say("sessions.missing"),
    }
    return words[state]
