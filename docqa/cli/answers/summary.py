"""`docqa sum`: what documents say, in short."""

from typing import Annotated

import typer

from docqa.cli.common import (
    EngineOption,
    JsonOption,
    LibraryOption,
    ModelOption,
    common_flags,
    link_path,
    note,
    print_json,
    settings,
)
from docqa.cli.completion import complete_documents
from docqa.cli.exit_codes import INTERRUPTED
from docqa.cli.stopping import stoppable
from docqa.messages import say

app = typer.Typer()


@app.command("sum", help=say("help_sum.sum"))
def summarise(
    ctx: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE…", help=say("help_sum.files"), autocompletion=complete_documents
        ),
    ],
    engine: EngineOption = None,
    model: ModelOption = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Summarise documents of the library."""
    # Imported here: --help needs none of it.
    from docqa.cli.answers.text import TextPrinter
    from docqa.engine import Engine
    from docqa.json_shapes import answer_values
    from docqa.types import Done, Progress, Warned

    with Engine(settings(ctx, common_flags(library, engine, model))) as door, stoppable() as stop:
        printer = TextPrinter(door)
        try:
            for event in door.summarise(files, stop):
                if isinstance(event, Progress):
                    facts = {**event.facts, "done": int(event.done), "total": int(event.total or 0)}
                    note(say(event.message, **facts))
                elif isinstance(event, Warned):
                    note(say(event.message, **event.facts))
                elif not as_json:
                    printer.event(event)
                elif isinstance(event, Done):
                    print_json(answer_values(event.answer, link_path(door)))
        finally:
            printer.close()
    if stop.asked:
        note(say("error.interrupted"))
    raise typer.Exit(INTERRUPTED if stop.asked else 0)
