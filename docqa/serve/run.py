"""Runs the servers: on loopback unless told, stopped cleanly, silent but for one line."""

import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from docqa.engine.serving import ServingEngine
from docqa.errors import UsageError
from docqa.serve.access import LOOPBACK, Access

# Seconds that running answers get to finish when the server stops.
_GRACE = 20
_MOST_CONNECTIONS = 512


def run_http(
    app: ASGIApp,
    host: str,
    port: int,
    ready: Callable[[str], None],
    warm_up: Callable[[], None],
) -> None:
    """Serve until told to stop; `ready` hears the address once connections are taken.

    Then `warm_up` runs in the background, so that nobody's first search waits for imports.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=_GRACE,
        limit_concurrency=_MOST_CONNECTIONS,
    )

    def begin(address: str) -> None:
        ready(address)
        threading.Thread(target=warm_up, daemon=True).start()

    _Announced(config, begin).run()


def mcp_http_app(
    engine: ServingEngine,
    writable: Sequence[Path],
    token: str,
    hosts: Iterable[str] = (),
    origins: Iterable[str] = (),
) -> ASGIApp:
    """The MCP server as an application, guarded like the other one."""
    from mcp.server.transport_security import TransportSecuritySettings

    from docqa.serve.mcp_server import mcp_server

    # Host and Origin are checked by our own guard, for both servers in one way.
    off = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    app = mcp_server(engine, writable).streamable_http_app(transport_security=off)
    return Access(app, token, hosts, origins)


def token_for(host: str, token: str) -> str:
    """The token to ask for; UsageError where others can reach the server and there is none."""
    if host not in LOOPBACK and not token:
        raise UsageError("serve.token_needed", host=host, example=secrets.token_urlsafe(24))
    return token


class _Announced(uvicorn.Server):
    """Says where it listens as soon as it does."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[str], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Start, and say where; UsageError where the address is taken."""
        await super().startup()
        if self.should_exit or not self.servers:
            raise UsageError("serve.port_taken", host=self.config.host, port=self.config.port)
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        self._ready(f"http://{shown}:{port}")
