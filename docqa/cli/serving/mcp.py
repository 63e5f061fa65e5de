"""`docqa mcp`: a library for agents and assistants."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docqa.cli.common import EngineOption, LibraryOption, ModelOption, line, note
from docqa.cli.serving.common import (
    AllowHostOption,
    AllowOriginOption,
    HostOption,
    PortOption,
    TokenOption,
    need_packages,
    served_settings,
)
from docqa.messages import say

if TYPE_CHECKING:
    from docqa.settings import Settings

app = typer.Typer()


@app.command(help=say("help_serve.mcp"))
def mcp(
    ctx: typer.Context,
    library: LibraryOption = None,
    allow_write: Annotated[
        list[Path] | None,
        typer.Option("--allow-write", metavar="FOLDER", help=say("help_serve.allow_write")),
    ] = None,
    config: Annotated[
        str | None, typer.Option("--config", metavar="CLIENT", help=say("help_serve.config"))
    ] = None,
    skill: Annotated[bool, typer.Option("--skill", help=say("help_serve.skill"))] = False,
    http: Annotated[bool, typer.Option("--http", help=say("help_serve.http"))] = False,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8766,
    token: TokenOption = "",
    allow_host: AllowHostOption = None,
    allow_origin: AllowOriginOption = None,
    engine: EngineOption = None,
    model: ModelOption = None,
) -> None:
    """Serve one library over MCP, or print what a client needs for it."""
    if skill:
        sys.stdout.write(_skill())
        return
    settings = served_settings(ctx, library, engine, model)
    if config is not None:
        from docqa.serve.mcp_clients import snippet

        line(snippet(config, settings.library.name))
        return
    need_packages()
    roots = allow_write or []
    if not http:
        _speak(settings, roots)
        return
    # Imported here: they cost a second that --help and --config do without.
    from docqa.engine.serving import ServingEngine
    from docqa.serve.run import mcp_http_app, run_http, token_for

    with ServingEngine(settings) as opened:
        asked = token_for(host, token)
        served = mcp_http_app(opened, roots, asked, [host, *(allow_host or ())], allow_origin or ())
        name = opened.library
        run_http(
            served,
            host,
            port,
            lambda at: note(say("serve.listening", address=f"{at}/mcp", library=name)),
            opened.warm_up_search,
        )


def _speak(settings: "Settings", roots: Sequence[Path]) -> None:
    """Speak the protocol over standard input and output until the client leaves."""
    with _divert_output():
        from docqa.engine.serving import ServingEngine
        from docqa.serve.mcp_server import mcp_server

        opened = ServingEngine(settings)
        server = mcp_server(opened, roots)
    with opened:
        server.run("stdio")


@contextmanager
def _divert_output() -> Iterator[None]:
    """Send what libraries print while they are imported to standard error.

    The client reads standard output as protocol; from then on the SDK keeps it clean.
    """
    sys.stdout.flush()
    own = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(own, 1)
        os.close(own)


def _skill() -> str:
    from importlib.resources import files

    return (files("docqa.serve") / "SKILL.md").read_text(encoding="utf-8")
