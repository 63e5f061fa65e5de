"""`docqa doctor`: is everything here that should be, and does nothing leave this machine?"""

import importlib.metadata
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docqa import __version__, extras, paths
from docqa.cli.common import JsonOption, line, print_json, settings
from docqa.errors import DocqaError
from docqa.messages import say
from docqa.registries.embedders import EMBEDDERS
from docqa.registries.engines import ENGINES
from docqa.registries.stores import STORES

if TYPE_CHECKING:
    from docqa.settings import Settings

app = typer.Typer()

_PARTS = (*ENGINES.values(), *EMBEDDERS.values(), *STORES.values())
# Each extra once; the last two read files.
EXTRAS = (*dict.fromkeys(part.extra for part in _PARTS if part.extra), "unstructured", "ocr")


class CheckState(StrEnum):
    """How a check ended."""

    GOOD = "ok"
    NOTE = "note"
    BAD = "failed"


_MARKS = {CheckState.GOOD: "✓", CheckState.NOTE: "·", CheckState.BAD: "✗"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    state: CheckState
    found: str
    hint: str | None = None


@app.command(help=say("help_doctor.doctor"))
def doctor(
    ctx: typer.Context,
    offline: Annotated[bool, typer.Option("--offline", help=say("help_doctor.offline"))] = False,
    as_json: JsonOption = False,
) -> None:
    """Look at the installation, the machine and the libraries; exit 1 where something is broken."""
    checks: list[Check] = []
    for check in (*_all(ctx), *(_silence() if offline else ())):
        checks.append(check)
        if not as_json:
            line(f"{_MARKS[check.state]} {check.name}: {check.found}")
            if check.hint:
                line(f"    {check.hint}")
    if as_json:
        print_json({"checks": checks})
    if any(check.state is CheckState.BAD for check in checks):
        raise typer.Exit(1)


def _all(ctx: typer.Context) -> Iterator[Check]:
    python = f"{platform.python_version()}, {platform.system()} {platform.machine()}"
    yield Check("docqa", CheckState.GOOD, f"{__version__}, Python {python}")
    yield _folder()
    yield _configuration(ctx)
    yield from (_extra(name) for name in EXTRAS)
    yield from _gpu()
    yield from _processor()
    yield from _models()
    chosen = _settings(ctx)
    yield from _reader(chosen)
    yield from (_library(name, chosen) for name in paths.libraries())


def _folder() -> Check:
    name, folder = say("help_doctor.data_folder"), paths.data_dir()
    try:
        paths.private_dir(folder)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except (DocqaError, OSError) as error:
        return Check(name, CheckState.BAD, str(error), say("error.not_writable_hint"))
    return Check(name, CheckState.GOOD, str(folder))


def _configuration(ctx: typer.Context) -> Check:
    name = say("help_config.user_file")
    try:
        settings(ctx)
    except DocqaError as error:
        return Check(name, CheckState.BAD, str(error), error.hint)
    return Check(name, CheckState.GOOD, str(paths.user_config()))


def _settings(ctx: typer.Context) -> "Settings":
    try:
        return settings(ctx)
    except DocqaError:
        # Told above; the rest is looked at with the defaults.
        from docqa.settings import Settings

        return Settings()


def _extra(extra: str) -> Check:
    packages = extras.packages(extra)
    try:
        found = [f"{package} {importlib.metadata.version(package)}" for package in packages]
    except importlib.metadata.PackageNotFoundError:
        missing = say("help_doctor.not_installed")
        return Check(f"[{extra}]", CheckState.NOTE, missing, extras.install_command(extra))
    return Check(f"[{extra}]", CheckState.GOOD, ", ".join(found))


def _gpu() -> Iterator[Check]:
    from docqa.engine.health import look_at_machine

    here = look_at_machine()
    if not here.gpus:
        yield Check("GPU", CheckState.NOTE, say("help_doctor.no_gpu"))
    for gpu in here.gpus:
        found = f"{gpu.name}, {gpu.free >> 20} / {gpu.total >> 20} MiB"
        if here.can_offload:
            yield Check("GPU", CheckState.GOOD, found)
        else:
            yield Check("GPU", CheckState.NOTE, found, say("help_doctor.cannot_offload"))


def _processor() -> Iterator[Check]:
    """Whether llama.cpp runs on this processor, tried once with a tiny model of docqa's own."""
    if find_spec("llama_cpp") is None:
        return
    from docqa.engine.health import try_processor

    name = say("help_doctor.processor")
    try:
        extra = try_processor()
    except DocqaError as error:
        yield Check(name, CheckState.BAD, str(error), error.hint)
        return
    found = "help_doctor.processor_runs" if extra else "help_doctor.processor_without_extra"
    yield Check(name, CheckState.GOOD if extra else CheckState.NOTE, say(found))


def _models() -> Iterator[Check]:
    from docqa.engine.models.files import installed_models

    name, records = say("help_config.models"), installed_models()
    if not records:
        yield Check(name, CheckState.NOTE, say("help_doctor.no_model"), "docqa models list")
    for record in records:
        missing = not Path(record.path).is_file()
        state = CheckState.BAD if missing else CheckState.GOOD
        hint = f"docqa models remove {record.name}" if missing else None
        yield Check(name, state, f"{record.name} ({record.path})", hint)


def _reader(chosen: "Settings") -> Iterator[Check]:
    """Whether the model that is to choose the quotes can."""
    if not chosen.answer.reader_folder:
        return
    from docqa.engine.health import try_reader

    name = say("help_doctor.reader")
    try:
        try_reader(chosen)
    except DocqaError as error:
        yield Check(name, CheckState.BAD, str(error), error.hint)
    else:
        yield Check(name, CheckState.GOOD, chosen.answer.reader_folder)


def _library(library: str, chosen: "Settings") -> Check:
    from docqa.engine.health import look_at_library

    name = say("help_doctor.library", name=library)
    try:
        health = look_at_library(paths.library_dir(library), chosen)
    except DocqaError as error:
        return Check(name, CheckState.BAD, str(error), error.hint)
    if found := (*health.faults, *health.index_faults):
        said = "; ".join(say(message, fact=fact) for message, fact in found)
        hint = "error.library_damaged_hint" if health.faults else "help_doctor.reindex_hint"
        return Check(name, CheckState.BAD, said, say(hint))
    counts = health.counts
    facts = {"documents": counts.documents, "passages": counts.passages}
    return Check(name, CheckState.GOOD, say("help_doctor.holds", **facts))


def _silence() -> Iterator[Check]:
    """Read samples of every kind and ask, in a process whose ways out are closed and watched."""
    from docqa.cli.silence import prove
    from docqa.reasons import words

    sys.stderr.write(say("help_doctor.closing") + "\n")
    proof = prove()
    name = say("help_doctor.silence")
    if not proof.answered:
        yield Check(name, CheckState.BAD, say("help_doctor.not_answered"))
    elif proof.attempts:
        yield Check(name, CheckState.BAD, ", ".join(proof.attempts))
    else:
        facts = {"kinds": len(proof.read), "model": proof.model or "-"}
        yield Check(name, CheckState.GOOD, say("help_doctor.silent", **facts))
    if proof.served is not None:
        yield _servers(proof.served)
    kind = say("help_doctor.proof")
    if proof.kind == "kernel":
        yield Check(kind, CheckState.GOOD, say("help_doctor.proof_kernel"))
    else:
        yield Check(kind, CheckState.NOTE, say("help_doctor.proof_python"))
    if proof.unread:
        found = "; ".join(f"{suffix}: {words(why, {})}" for suffix, why in proof.unread.items())
        yield Check(say("help_doctor.not_tried"), CheckState.NOTE, found)


def _servers(answered: bool) -> Check:
    from docqa.cli.serving.silence import find_sockets

    name = say("help_doctor.servers")
    if not answered:
        return Check(name, CheckState.BAD, say("help_doctor.not_answered"))
    sockets = find_sockets()
    if sockets.elsewhere or not sockets.listening:
        return Check(
            name, CheckState.BAD, ", ".join(sockets.elsewhere) or say("help_doctor.no_socket")
        )
    return Check(
        name, CheckState.GOOD, say("help_doctor.listens", where=", ".join(sockets.listening))
    )
