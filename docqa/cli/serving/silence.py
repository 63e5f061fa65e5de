"""What `docqa doctor --offline` sees of the two servers."""

import asyncio
import http.client
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import psutil

from docqa import paths
from docqa.settings import Settings

_SERVERS = (("serve",), ("mcp", "--http"))
_SECONDS = 60


class Sockets(NamedTuple):
    """The internet sockets of the servers: where they listen, and what else they hold."""

    listening: tuple[str, ...]
    elsewhere: tuple[str, ...]
    """Addresses that are not this machine's own, listened on or connected to."""


def can_serve() -> bool:
    """Whether the extra is installed."""
    return importlib.util.find_spec("mcp") is not None


def ask_servers(settings: Settings, library: str, question: str) -> bool:
    """Ask both servers without any socket; whether both answer with citations."""
    return asyncio.run(_ask(settings, library, question))


async def _ask(settings: Settings, library: str, question: str) -> bool:
    # Imported here, with the servers: a second that only this proof needs.
    from httpx2 import ASGITransport, AsyncClient
    from mcp import Client

    from docqa.engine.serving import ServingEngine
    from docqa.serve.http_app import http_app
    from docqa.serve.libraries import Libraries
    from docqa.serve.mcp_server import mcp_server

    libraries = Libraries(settings, library)
    body = {"model": libraries.default, "messages": [{"role": "user", "content": question}]}
    application = ASGITransport(http_app(libraries))
    async with AsyncClient(transport=application, base_url="http://localhost") as client:
        reply = await client.post("/v1/chat/completions", json=body)
    libraries.close()
    with ServingEngine(settings, library) as engine:
        async with Client(mcp_server(engine)) as agent:
            told = (await agent.call_tool("ask", {"question": question})).structured_content
    answers: list[dict[str, Any]] = [reply.json().get("docqa", {}), told or {}]
    return all(answer.get("citations") for answer in answers)


def find_sockets() -> Sockets:
    """Run both servers as they come, search, and look at every socket that they hold."""
    found: list[Any] = []
    with TemporaryDirectory() as folder:
        library = f"{folder}/library"
        _fill(library)
        for command in _SERVERS:
            with _run(*command, "--library", library, "--engine", "quotes") as (process, address):
                _search(address)
                server = psutil.Process(process.pid)
                for one in (server, *server.children(recursive=True)):
                    found += one.net_connections(kind="inet")
    listening = [one.laddr for one in found if one.status == psutil.CONN_LISTEN]
    ends = [end for one in found for end in (one.laddr, one.raddr) if end]
    return Sockets(_show(listening), _show(end for end in ends if not _is_here(end.ip)))


def _fill(library: str) -> None:
    from docqa.configuration import load
    from docqa.engine import Engine

    settings = load({"model.engine": "quotes", "embedding.backend": "none"}).settings
    with Engine(settings, library) as engine:
        list(engine.ingest([paths.find_shipped("configs", "offline") / "说明.md"]))


@contextmanager
def _run(*command: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A server on a free port, and where it says that it listens."""
    process = subprocess.Popen(
        [sys.executable, "-m", "docqa", *command, "--port", "0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stderr
    try:
        words = (word for line in process.stderr for word in line.split())
        yield process, next(word for word in words if word.startswith("http://"))
    finally:
        process.terminate()
        process.communicate(timeout=_SECONDS)


def _search(address: str) -> None:
    """Ask what makes a server open its library; how it answers does not matter here."""
    where = urlsplit(address.rstrip(",，。"))
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=_SECONDS)
    body = json.dumps({"query": "钥匙"})
    connection.request("POST", "/v1/vector_stores/library/search", body)
    connection.getresponse().read()
    connection.close()


def _is_here(address: str) -> bool:
    return ip_address(address.partition("%")[0]).is_loopback


def _show(addresses: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{one.ip}:{one.port}" for one in addresses))
