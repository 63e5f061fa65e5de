"""`docqa demo`: the whole way from files to a cited answer, on documents that come with docqa."""

from typing import TYPE_CHECKING, Annotated

import typer

from docqa.cli.common import EngineOption, JsonOption, line, note, settings
from docqa.cli.exit_codes import INTERRUPTED
from docqa.messages import say

if TYPE_CHECKING:
    from docqa.engine import Engine

app = typer.Typer()

LIBRARY = "demo"
_QUESTION = "去上海出差，住宿费每晚最多报销多少？"


@app.command(help=say("help_demo.demo"))
def demo(
    ctx: typer.Context,
    question: Annotated[
        str, typer.Argument(metavar="[QUESTION]", help=say("help_demo.question"))
    ] = _QUESTION,
    engine: EngineOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the samples, ask, and say what to do next."""
    # Imported here: --help needs none of it.
    from docqa.cli.answers.ask import answer_request
    from docqa.engine import Engine
    from docqa.types import AskRequest

    flags: dict[str, object] = {"library.name": LIBRARY, "model.engine": engine}
    with Engine(settings(ctx, flags)) as door:
        note(say("demo.reading"))
        _ingest(door)
        if not as_json:
            line()
            line(say("demo.question", question=question))
            line()
        code = answer_request(door, AskRequest(question), as_json=as_json)
    if not as_json and code != INTERRUPTED:
        line()
        line(say("demo.next"))
        line(say("demo.next_own"))
    raise typer.Exit(code)


def _ingest(door: "Engine") -> None:
    from docqa import paths

    for step in door.ingest([paths.find_shipped("configs", "samples")]):
        if step.file:
            name = step.file.path.name
            note(say("demo.document", path=name, passages=step.file.passages))
