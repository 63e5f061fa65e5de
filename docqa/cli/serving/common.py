"""Options that the two servers share, and their settings."""

import importlib.util
from typing import TYPE_CHECKING, Annotated

import typer

from docqa.cli.common import common_flags, library_path, settings
from docqa.extras import missing
from docqa.messages import say

if TYPE_CHECKING:
    from docqa.settings import Settings

HostOption = Annotated[str, typer.Option("--host", metavar="ADDRESS", help=say("help_serve.host"))]
PortOption = Annotated[
    int, typer.Option("--port", metavar="N", min=0, max=65535, help=say("help_serve.port"))
]
TokenOption = Annotated[
    str,
    typer.Option(
        "--token", metavar="TEXT", envvar="DOCQA_SERVE_TOKEN", help=say("help_serve.token")
    ),
]
AllowHostOption = Annotated[
    list[str] | None,
    typer.Option("--allow-host", metavar="NAME", help=say("help_serve.allow_host")),
]
AllowOriginOption = Annotated[
    list[str] | None,
    typer.Option("--allow-origin", metavar="URL", help=say("help_serve.allow_origin")),
]


def need_packages() -> None:
    """MissingExtra where what the servers are built on is not installed."""
    for package in ("uvicorn", "starlette", "mcp"):
        if importlib.util.find_spec(package) is None:
            raise missing("serve", "docqa serve, docqa mcp")


def served_settings(
    ctx: typer.Context, library: str | None, engine: str | None, model: str | None
) -> "Settings":
    """The settings in force; UnknownLibrary where the library is not there."""
    chosen = settings(ctx, common_flags(library, engine, model))
    library_path(chosen.library.name)
    return chosen
