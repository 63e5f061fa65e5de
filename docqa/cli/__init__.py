"""The command line: a table of commands, each in a module that is imported when it is used."""

import importlib
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

# Help is plain text, the same at every width; Typer reads this when it is imported.
os.environ.setdefault("TYPER_USE_RICH", "0")

import typer
from typer.core import TyperGroup

from docqa import __version__
from docqa.cli import boundary
from docqa.cli.help_frame import in_language
from docqa.messages import LANGUAGES, say

# Command -> module of docqa.cli.
COMMANDS: Mapping[str, str] = {
    "demo": "demo",
    "ingest": "documents.ingest",
    "ls": "documents.library",
    "rm": "documents.library",
    "inspect": "documents.inspect",
    "reindex": "documents.library",
    "library": "documents.libraries",
    "search": "answers.search",
    "ask": "answers.ask",
    "check": "answers.check",
    "chat": "chat",
    "sum": "answers.summary",
    "table": "answers.table",
    "task": "answers.task",
    "read": "documents.read",
    "sessions": "sessions",
    "models": "models.files",
    "eval": "evaluation.evaluate",
    "serve": "serving.serve",
    "mcp": "serving.mcp",
    "setup": "setup",
    "doctor": "doctor",
    "config": "config",
    "help": "start",
}

ROOT_OPTIONS: Mapping[str | None, str] = {
    "version": "help_common.version",
    "verbose": "help_common.verbose",
    "lang": "help_common.lang",
    "preset": "help_common.preset",
    "install_completion": "help_common.install_completion",
    "show_completion": "help_common.show_completion",
}


class LazyCommands(Mapping[str, Any]):
    """Commands by name; looking one up imports its module."""

    def __getitem__(self, name: str) -> Any:
        module = importlib.import_module(f"docqa.cli.{COMMANDS[name]}")
        group = typer.main.get_group(module.app)
        return in_language(group.commands[name])

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class Commands(TyperGroup):
    """The root group, whose help lists every command without importing one."""

    def __init__(self, **attrs: Any) -> None:
        """Put the lazy table in place of Typer's dictionary."""
        super().__init__(**attrs)
        self.commands = LazyCommands()  # type: ignore[assignment]  # read only is all it needs

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a Ctrl-C leaves as Abort, because Typer would end without a word."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as pressed:
            raise typer.Abort from pressed

    def list_commands(self, ctx: Any) -> list[str]:
        """Command names in the order of the table."""
        return list(COMMANDS)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands with the first line of their help."""
        # In English, as Typer writes it for other groups: `in_language` rewords both.
        with formatter.section("Commands"):
            formatter.write_dl([(name, say(f"help_commands.{name}")) for name in COMMANDS])


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code; every error ends here."""
    boundary.prepare(arguments)
    # The language may stand anywhere: people add it where they notice that they want it.
    ordered = boundary.language_first(arguments)

    def work() -> object:
        boundary.refuse_second_library(arguments)
        return _command().main(ordered, "docqa", standalone_mode=False)

    return boundary.guard(work, as_json=boundary.wants_json(arguments))


def _command() -> Any:
    app = typer.Typer(
        cls=Commands,
        help=say("help_commands.docqa"),
        rich_markup_mode=None,
        invoke_without_command=True,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    command = typer.main.get_command(app)
    # Worded now, not at import: the language is known only once the arguments are.
    for option in command.params:
        if option.name in ROOT_OPTIONS:
            option.help = say(ROOT_OPTIONS[option.name])  # type: ignore[attr-defined]
    return in_language(command)


def _version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"docqa {__version__}\n")
        raise typer.Exit


def _language(value: str | None) -> str | None:
    # Already in use: it is looked for before the help texts are made.
    if value is not None and value not in LANGUAGES:
        raise typer.BadParameter(" | ".join(LANGUAGES))
    return value


def _root(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False,
    verbose: Annotated[int, typer.Option("--verbose", "-v", count=True)] = 0,
    lang: Annotated[str | None, typer.Option("--lang", metavar="zh|en", callback=_language)] = None,
    preset: Annotated[str | None, typer.Option("--preset", metavar="NAME")] = None,
) -> None:
    # Imported here: the shared options are worded when it is, once the language is known.
    from docqa.cli.common import CommandState

    ctx.obj = CommandState(verbose=verbose, preset=preset)
    boundary.start_log(ctx.obj)
    if ctx.invoked_subcommand is None:
        from docqa.cli.start import print_start

        print_start(ctx)
