"""`docqa mcp`: a library for agents and assistants."""

import sys
from pathlib import Path
from typing import Annotated

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
    # Imported here: they cost a second that --help and --config do without.
    from docqa.engine.serving import ServingEngine
    from docqa.serve.run import mcp_http_app, run_http, run_mcp, token_for

    roots = allow_write or []
    with ServingEngine(settings) as opened:
        if not http:
            run_mcp(opened, roots)
            return
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


def _skill() -> str:
    from importlib.resources import files

    return (files("docqa.serve") / "SKILL.md").read_text(encoding="utf-8")
