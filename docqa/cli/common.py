"""What the commands share: options, settings, consoles, JSON."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from docqa.cli.completion import complete_documents, complete_libraries, complete_models
from docqa.errors import UnknownLibrary, UsageError
from docqa.messages import language, say
from docqa.registries import engines

if TYPE_CHECKING:
    from rich.console import Console

    from docqa.engine import Engine
    from docqa.json_shapes import Link
    from docqa.settings import Settings


class CommandState(NamedTuple):
    """What was said before the command's name."""

    verbose: int = 0
    preset: str | None = None


def engine_kinds() -> str:
    """What --engine takes, as its help lists it."""
    return ("、" if language() == "zh" else ", ").join(engines.CHOICES)


LibraryOption = Annotated[
    str | None,
    typer.Option(
        "--library",
        "-L",
        metavar="NAME|PATH",
        help=say("help_common.library"),
        autocompletion=complete_libraries,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help=say("help_common.json"))]
EngineOption = Annotated[
    str | None,
    typer.Option("--engine", metavar="KIND", help=say("help_ask.engine", kinds=engine_kinds())),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        metavar="NAME|FILE",
        help=say("help_ask.model"),
        autocompletion=complete_models,
    ),
]
ScopeOption = Annotated[
    list[str] | None,
    typer.Option(
        "--in",
        metavar="GLOB",
        help=say("help_common.scope"),
        autocompletion=complete_documents,
    ),
]


KindOption = Annotated[
    list[str] | None, typer.Option("--kind", metavar="KIND", help=say("help_common.kind"))
]
SinceOption = Annotated[
    str | None, typer.Option("--since", metavar="DATE", help=say("help_common.since"))
]
UntilOption = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help=say("help_common.until"))
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help=say("help_common.yes"))]


def confirm(question: str, *, yes: bool) -> None:
    """Go on where the user says so; UsageError where nobody can be asked."""
    if yes:
        return
    if not (sys.stdin.isatty() and on_terminal(stderr=True)):
        raise UsageError("error.needs_yes", question=question)
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes", "是", "好"):
        raise UsageError("error.not_done")


def settings(ctx: typer.Context, flags: dict[str, object] | None = None) -> "Settings":
    """Settings in force for this command; flags are `group.field` names, None meaning not given."""
    # Imported here: --help and --version need no settings (saves 25 ms).
    from docqa.configuration import load

    return load(flags, preset=state(ctx).preset).settings


def common_flags(library: str | None, engine: str | None, model: str | None) -> dict[str, object]:
    """The flags for `settings` that most commands have."""
    return {"library.name": library, "model.engine": engine, "model.name": model}


def state(ctx: typer.Context) -> CommandState:
    """What was said before the command's name."""
    return ctx.obj if isinstance(ctx.obj, CommandState) else CommandState()


def library_path(name: str, *, must_exist: bool = True) -> Path:
    """The folder of a library by name or path."""
    from docqa import paths

    folder = paths.library_dir(name)
    if must_exist and not (folder / "library.sqlite").is_file():
        raise UnknownLibrary(name=name, known=", ".join(paths.libraries()) or "-")
    return folder


def link_path(engine: "Engine") -> "Link":
    """What leads to a document of this library in JSON: its absolute path."""
    return lambda document, page: {"path": engine.location_of(document)}


def console(*, stderr: bool = False) -> "Console":
    """A Rich console that stays plain off a terminal and with NO_COLOR."""
    # Imported here: commands that print JSON or plain lines do without it (saves 40 ms).
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=True, emoji=False, markup=False)


def print_json(value: object) -> None:
    """Write one JSON document to standard output, and nothing else."""
    import msgspec

    sys.stdout.write(msgspec.json.format(_encode(value), indent=2).decode() + "\n")
    sys.stdout.flush()


def print_fact(name: str, value: object, *, as_json: bool) -> None:
    """Print one result: a line for people and pipes, or one JSON object with this name."""
    if as_json:
        print_json({name: value})
    else:
        line(str(value))


def note(message: str) -> None:
    """One line for people, on standard error."""
    sys.stderr.write(message + "\n")
    sys.stderr.flush()


def line(message: str = "") -> None:
    """One line of result, on standard output."""
    sys.stdout.write(message + "\n")


def on_terminal(*, stderr: bool = False) -> bool:
    """Whether people watch this stream, rather than a pipe or a file."""
    stream = sys.stderr if stderr else sys.stdout
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _encode(value: object) -> Any:
    import msgspec

    return msgspec.json.encode(value, enc_hook=str)
