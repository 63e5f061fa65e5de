"""Takes the network away from a process that reads files, and from every program it starts."""

import ctypes
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

# What Linux calls a new network and a new user namespace.
_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000
# Nothing ever listens on the discard port: a program that is sent there finds nobody.
PROXY_HOST, PROXY_PORT = "127.0.0.1", 9
_PROXY_NAMES = ("http_proxy", "https_proxy", "ftp_proxy", "all_proxy")
# Native code that reports home by default; it reads this setting when it is loaded.
SILENCING = {"ORT_DISABLE_TELEMETRY": "1"}
_INTERNET = (socket.AF_INET, socket.AF_INET6)
# Every call of Python that reaches for the network or a name server.
NETWORK_EVENTS = frozenset(
    {
        "socket.connect",
        "socket.sendto",
        "socket.sendmsg",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostbyaddr",
        "socket.getnameinfo",
    }
)


def cut_off() -> bool:
    """Leave the network for good, with every child to come; whether the system vouches for it.

    Call it before the process starts its first thread. Where the system lets no process leave
    (anything but Linux, or a Linux that forbids it), what still holds are the audit hook for
    Python's own calls and proxies that lead nowhere for everybody else's.
    """
    os.environ.update(without_network(os.environ))
    sys.addaudithook(_refuse)
    return leave_network()


def leave_network() -> bool:
    """Move this process into a network of its own that has no way out; False where it cannot."""
    if not sys.platform.startswith("linux"):
        return False
    if _has_left():
        return True
    # A privileged process needs no new user, and would lose its rights on files with one.
    if _unshare(_NEW_NETWORK):
        return True
    user, group = os.getuid(), os.getgid()
    if not _unshare(_NEW_NETWORK | _NEW_USER):
        return False
    # Unmapped, the process could not make files.
    with suppress(OSError):
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    return True


def without_network(environment: "os._Environ[str] | dict[str, str]") -> dict[str, str]:
    """An environment in which programs report nothing home and find only a dead proxy."""
    proxy = f"http://{PROXY_HOST}:{PROXY_PORT}"
    kept = {name: value for name, value in environment.items() if name.lower() != "no_proxy"}
    names = [spelt for name in _PROXY_NAMES for spelt in (name, name.upper())]
    # An empty list of exceptions: else a program reaches this machine's own services.
    return kept | dict.fromkeys(names, proxy) | {"no_proxy": "", "NO_PROXY": ""} | SILENCING


def _has_left() -> bool:
    """Whether this network knows no address at all, not even this machine's own."""
    try:
        return "LOCAL" not in Path("/proc/self/net/fib_trie").read_text(encoding="ascii")
    except OSError:
        return False


def _unshare(flags: int) -> bool:
    # os.unshare came with Python 3.12.
    try:
        return bool(ctypes.CDLL(None, use_errno=True).unshare(flags) == 0)
    except (OSError, AttributeError):
        return False


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    is_socket = event == "socket.__new__" and arguments[1] in _INTERNET
    if is_socket or event in NETWORK_EVENTS or event == "socket.bind":
        raise PermissionError(f"reading a file may not use the network ({event})")
