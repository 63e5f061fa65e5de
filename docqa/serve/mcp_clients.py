"""What to write into a client's configuration so that it starts `docqa mcp`."""

import json
import shutil
import sys
from collections.abc import Callable, Sequence

from docqa.errors import UsageError

Snippet = Callable[[str, list[str]], str]


def snippet(client: str, library: str) -> str:
    """The configuration of one client; UsageError lists the known ones."""
    if client not in CLIENTS:
        raise UsageError("serve.unknown_client", client=client, known=", ".join(CLIENTS))
    program, *first = _program()
    return CLIENTS[client](program, [*first, "mcp", "--library", library])


def _program() -> Sequence[str]:
    """How this very docqa is started from anywhere."""
    found = shutil.which("docqa")
    return [found] if found else [sys.executable, "-m", "docqa"]


def _servers(key: str) -> Snippet:
    def write(command: str, arguments: list[str]) -> str:
        return _json({key: {"docqa": {"command": command, "args": arguments}}})

    return write


def _type(key: str) -> Snippet:
    def write(command: str, arguments: list[str]) -> str:
        return _json({key: {"docqa": {"type": "stdio", "command": command, "args": arguments}}})

    return write


def _opencode(command: str, arguments: list[str]) -> str:
    server = {"type": "local", "command": [command, *arguments], "enabled": True}
    return _json({"$schema": "https://opencode.ai/config.json", "mcp": {"docqa": server}})


def _codex(command: str, arguments: list[str]) -> str:
    values = ", ".join(json.dumps(one, ensure_ascii=False) for one in arguments)
    return f"[mcp_servers.docqa]\ncommand = {json.dumps(command)}\nargs = [{values}]"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


CLIENTS: dict[str, Snippet] = {
    "claude": _servers("mcpServers"),
    "cherry": _type("mcpServers"),
    "cursor": _servers("mcpServers"),
    "vscode": _type("servers"),
    "opencode": _opencode,
    "codex": _codex,
}
