"""Refuses every connection that leaves this machine, for the rest of the process.

It sees Python's own calls; `ingest.isolation` closes what lies below them.
"""

import ipaddress
import sys
from typing import Any

from ingest.isolation import NETWORK_EVENTS

# (event, address) of each attempt that was refused.
refused: list[tuple[str, str]] = []
_closed = False
_loopback = True

# Events whose first argument is the host itself; of the others the second is an address.
_BY_NAME = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})


class ConnectionRefused(PermissionError):
    """Something in this process tried to reach another machine."""


def close_network(*, loopback: bool = True) -> None:
    """From now on only local sockets work, and loopback if wanted; attempts are remembered."""
    global _closed, _loopback
    _loopback = loopback
    if not _closed:
        # An audit hook sees every library's sockets and cannot be taken back.
        sys.addaudithook(_watch)
        _closed = True


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in NETWORK_EVENTS:
        return
    host = _host(event, arguments)
    if host is not None and not (_loopback and _is_local(host)):
        refused.append((event, host))
        raise ConnectionRefused(f"{event} to {host} refused: the network is closed")


def _host(event: str, arguments: tuple[Any, ...]) -> str | None:
    """The host that a call names; None for a socket that is a file on this machine."""
    if event in _BY_NAME:
        named = arguments[0]
    else:
        address = arguments[0] if event == "socket.getnameinfo" else arguments[1]
        named = address[0] if isinstance(address, tuple) else None
    return named.decode(errors="replace") if isinstance(named, bytes) else named


def _is_local(host: str) -> bool:
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback or host in ("0.0.0.0", "::")
    except ValueError:
        return False
