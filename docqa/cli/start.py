"""`docqa` alone says what to do next; `docqa help` shows the help of any command."""

from typing import Annotated

import typer

from docqa import __version__, paths
from docqa.cli.common import line, settings
from docqa.errors import UsageError
from docqa.messages import say

app = typer.Typer()


def print_start(ctx: typer.Context) -> None:
    """Where one stands, and the commands that come next."""
    line(f"docqa {__version__}")
    name = settings(ctx).library.name
    if (paths.library_dir(name) / "library.sqlite").is_file():
        # Imported here: without a library there is nothing to describe.
        from docqa.engine.library.libraries import describe

        found = describe(name)
        facts = {"documents": found.documents, "passages": found.passages}
        line(say("start.library", name=found.name, **facts))
        others = [one for one in paths.libraries() if one != found.name]
        if others:
            line(say("start.others", names=", ".join(others)))
    else:
        line(say("start.nothing"))
    line()
    line(say("start.next"))


@app.command("help", help=say("help_start.help"))
def show_help(
    ctx: typer.Context,
    command: Annotated[
        list[str] | None, typer.Argument(metavar="[COMMAND]...", help=say("help_start.command"))
    ] = None,
) -> None:
    """Print the help of docqa, or of one command."""
    here = ctx.find_root()
    found = here.command
    for name in command or ():
        known = getattr(found, "commands", {})
        if name not in known:
            raise UsageError("usage.no_command", command=" ".join(command or ()))
        found = known[name]
        here = typer.Context(found, parent=here, info_name=name)
    line(found.get_help(here))
