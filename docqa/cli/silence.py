"""The proof of `docqa doctor --offline`: all kinds of files are read, and every way out counted.

Run as a program it is the process that is watched.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import Struct

from docqa import airgap, paths, privacy
from docqa.cli.serving.silence import ask_servers, can_serve
from ingest import isolation

if TYPE_CHECKING:
    from docqa.engine import Engine
    from docqa.types import Event

_QUESTION = "备用钥匙放在哪里？"
_MODEL_TOKENS = 16
# What the kernel counts in a network namespace when any process in it reaches for an address.
_COUNTERS = {
    "Ip": ("OutNoRoutes", "OutRequests"),
    "Tcp": ("ActiveOpens",),
    "Udp": ("OutDatagrams",),
}
_COUNTERS_6 = ("Ip6OutNoRoutes", "Ip6OutRequests", "Udp6OutDatagrams")


class Proof(Struct, frozen=True):
    """What was tried and seen."""

    kind: Literal["kernel", "python"]
    """Who watched: the kernel sees every process and all code, Python its own calls."""
    attempts: tuple[str, ...]
    """Every attempt to reach an address, this machine's own included."""
    read: tuple[str, ...] = ()
    """Endings of the samples that were read."""
    unread: dict[str, str] = {}
    """Endings of those that this installation cannot read, with the reason."""
    answered: bool = False
    model: str = ""
    """The model that answered, too; empty where none is installed."""
    served: bool | None = None
    """Whether both servers answered; None where they are not installed."""


def prove() -> Proof:
    """Read the samples and ask in a process that has no network; say what it tried."""
    home = str(Path(__file__).resolve().parents[2])
    done = subprocess.run(
        [sys.executable, "-P", "-m", "docqa.cli.silence"],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": home},
        check=True,
    )
    return msgspec.json.decode(done.stdout, type=Proof)


def observe(work: Callable[[], Proof], *, in_namespace: bool = True) -> Proof:
    """Do the work without a network, for good; the proof with every attempt in it."""
    is_counted = in_namespace and isolation.leave_network()
    airgap.close_network(loopback=False)
    refused, before = len(airgap.refused), _counts()
    proof = work()
    attempts = [f"{event} {host}" for event, host in airgap.refused[refused:]]
    if is_counted:
        attempts += [
            f"{name} +{count - before.get(name, 0)}"
            for name, count in _counts().items()
            if count != before.get(name, 0)
        ]
    kind: Literal["kernel", "python"] = "kernel" if is_counted else "python"
    return msgspec.structs.replace(proof, kind=kind, attempts=tuple(attempts))


def read_and_ask() -> Proof:
    """Read samples of every kind of file and ask, with quotes and with a model if there is one."""
    from docqa.configuration import load
    from docqa.engine import Engine
    from docqa.types import Done

    with TemporaryDirectory() as folder:
        library = f"{folder}/library"
        settings = load({"model.engine": "quotes", "embedding.backend": "none"}).settings
        with Engine(settings, library) as engine:
            reports = [
                step.file
                for step in engine.ingest([paths.find_shipped("configs", "offline")])
                if step.file
            ]
            events = list(_ask(engine))
        done = events[-1]
        unread = {r.path.suffix: r.reason or "" for r in reports if r.reason}
        return Proof(
            kind="python",
            attempts=(),
            read=tuple(sorted(r.path.suffix for r in reports if not r.reason)),
            unread=unread,
            answered=isinstance(done, Done) and bool(done.answer.citations),
            model=_ask_model(library),
            served=ask_servers(settings, library, _QUESTION) if can_serve() else None,
        )


def _ask(engine: "Engine") -> "Iterator[Event]":
    from docqa.types import AskRequest

    return engine.ask(AskRequest(_QUESTION, save=False))


def _ask_model(library: str) -> str:
    from docqa.configuration import load
    from docqa.engine import Engine
    from docqa.engine.models.files import installed_models

    record = next((r for r in installed_models() if Path(r.path).is_file()), None)
    if record is None:
        return ""
    flags: dict[str, object] = {
        "model.engine": "llama",
        "model.name": record.name,
        "model.max_tokens": _MODEL_TOKENS,
        "embedding.backend": "none",
        "readings.keep": False,
    }
    with Engine(load(flags).settings, library) as engine:
        list(_ask(engine))
    return record.name


def _counts() -> dict[str, int]:
    """Packets sent and addresses asked for in this network namespace so far."""
    found: dict[str, int] = {}
    try:
        lines = Path("/proc/self/net/snmp").read_text(encoding="ascii").splitlines()
        lines_6 = Path("/proc/self/net/snmp6").read_text(encoding="ascii").splitlines()
    except OSError:
        return found
    for head, row in zip(lines[::2], lines[1::2], strict=False):
        protocol, *names = head.split()
        values = dict(zip(names, row.split()[1:], strict=True))
        for name in _COUNTERS.get(protocol.rstrip(":"), ()):
            found[f"{protocol}{name}"] = int(values[name])
    for name, value in (line.split() for line in lines_6):
        if name in _COUNTERS_6:
            found[name] = int(value)
    return found


def main() -> None:
    """Be the process that is watched; print the proof as JSON."""
    privacy.switch_off_telemetry()
    proof = observe(read_and_ask)
    sys.stdout.buffer.write(msgspec.json.encode(proof))


if __name__ == "__main__":
    main()
