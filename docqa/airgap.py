"""Refuses every connection that leaves this machine, for the rest of the process."""

import ipaddress
import sys
from typing import Any

# (event, address) of each attempt that was refused.
refused: list[tuple[str, str]] = []
_closed = False

_EVENTS = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo")


class ConnectionRefused(PermissionError):
    """Something in this process tried to reach another machine."""


def close_network() -> None:
    """From now on only loopback and local sockets work; a refused attempt is remembered."""
    global _closed
    if not _closed:
        # An audit hook sees every library's sockets and cannot be taken back.
        sys.addaudithook(_watch)
        _closed = True


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _EVENTS:
        return
    address = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
    host = address[0] if isinstance(address, tuple) else address
    if isinstance(address, tuple) or event == "socket.getaddrinfo":
        name = host.decode() if isinstance(host, bytes) else str(host)
        if host is not None and not _is_local(name):
            refused.append((event, name))
            raise ConnectionRefused(f"{event} to {name} refused: the network is closed")


def _is_local(host: str) -> bool:
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback or host in ("0.0.0.0", "::")
    except ValueError:
        return False
