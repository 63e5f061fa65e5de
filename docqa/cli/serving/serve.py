"""`docqa serve`: an OpenAI-compatible endpoint over the libraries."""

import typer

from docqa.cli.common import EngineOption, LibraryOption, ModelOption, note
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


@app.command(help=say("help_serve.serve"))
def serve(
    ctx: typer.Context,
    library: LibraryOption = None,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8765,
    token: TokenOption = "",
    allow_host: AllowHostOption = None,
    allow_origin: AllowOriginOption = None,
    engine: EngineOption = None,
    model: ModelOption = None,
) -> None:
    """Serve until stopped."""
    need_packages()
    settings = served_settings(ctx, library, engine, model)
    # Imported here: they cost half a second that --help does without.
    from docqa.serve.http_app import http_app
    from docqa.serve.libraries import Libraries
    from docqa.serve.run import run_http, token_for

    libraries = Libraries(settings, settings.library.name)
    asked = token_for(host, token)
    served = http_app(libraries, asked, [host, *(allow_host or ())], allow_origin or ())
    name = libraries.default
    run_http(
        served,
        host,
        port,
        lambda at: note(say("serve.listening", address=at, library=name)),
        lambda: libraries.engine(name).warm_up_search(),
    )
