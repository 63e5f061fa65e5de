"""docqa chat: the terminal interface."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from docqa.cli import common
from docqa.errors import UsageError
from docqa.messages import say

if TYPE_CHECKING:
    from docqa.engine import Engine

app = typer.Typer()


@app.command("chat", help=say("help_chat.chat"))
def chat(
    ctx: typer.Context,
    library: common.LibraryOption = None,
    scope: common.ScopeOption = None,
    kind: common.KindOption = None,
    since: common.SinceOption = None,
    until: common.UntilOption = None,
    session: Annotated[
        str | None, typer.Option("--session", metavar="ID", help=say("help_chat.session"))
    ] = None,
    new: Annotated[bool, typer.Option("--new", help=say("help_chat.new"))] = False,
    engine: Annotated[
        str | None,
        typer.Option(
            "--engine", metavar="KIND", help=say("help_chat.engine", kinds=common.engine_kinds())
        ),
    ] = None,
    model: common.ModelOption = None,
    mouse: Annotated[bool, typer.Option("--mouse/--no-mouse", help=say("help_chat.mouse"))] = True,
) -> None:
    """Open the chat, and close the engine once it is left."""
    if not (sys.stdin.isatty() and common.on_terminal()):
        raise UsageError("tui.no_terminal")
    settings = common.settings(ctx, common.common_flags(library, engine, model))

    def open_engine() -> "Engine":
        # Imported here, in a thread behind the first paint.
        from docqa.engine import Engine

        return Engine(settings)

    # Imported here: other commands do without Textual (saves 300 ms).
    from docqa.tui.app import DocqaApp
    from docqa.tui.process import lasting_output

    limits = None
    if kind or since or until:
        # Imported here: not needed for the first paint.
        from docqa.types import DocumentLimits

        limits = DocumentLimits(tuple(kind or ()), since, until)
    chat_app = DocqaApp(
        open_engine,
        settings,
        session=session,
        new=new,
        scope=scope or (),
        limits=limits,
    )
    try:
        with lasting_output():
            chat_app.run(mouse=mouse)
    finally:
        if chat_app.engine:
            chat_app.engine.close()
    raise typer.Exit(chat_app.return_code or 0)
