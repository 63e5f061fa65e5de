"""`docqa models plan`: what a model takes in memory here, and how docqa would load it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from docqa.catalog import GIB
from docqa.cli.common import JsonOption, line, print_json, settings
from docqa.cli.table import print_table
from docqa.errors import DoesNotFit, UsageError
from docqa.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docqa.catalog import Quantization
    from docqa.llm.fit.footprint import Footprint
    from docqa.llm.fit.machine import Machine
    from docqa.llm.fit.plan import Choice, Wish
    from docqa.llm.fit.ranking import Ranked
    from docqa.settings import ModelSettings

_DEFAULT_QUANTIZATION = "Q4_K"

_SIZES = (
    "models.field_weights",
    "models.field_kv",
    "models.field_buffers",
    "models.field_total",
)


def plan(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="[NAME]", help=say("help_models.name"))] = "",
    window: Annotated[
        int | None, typer.Option("--ctx", min=1, metavar="N", help=say("help_models.ctx"))
    ] = None,
    quantization: Annotated[
        str, typer.Option("--quant", "-q", metavar="Q", help=say("help_models.plan_quant"))
    ] = _DEFAULT_QUANTIZATION,
    kv_type: Annotated[
        Literal["auto", "f16", "q8_0", "q4_0"] | None,
        typer.Option("--kv-type", help=say("help_models.kv_type")),
    ] = None,
    gpu_layers: Annotated[
        int | None, typer.Option("--gpu-layers", min=-1, help=say("help_models.gpu_layers"))
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print what each window and KV type takes, and what docqa would choose."""
    from docqa.llm.fit import machine
    from docqa.llm.fit.plan import wish_of

    flags: dict[str, object] = {
        "model.context": window,
        "model.kv_type": kv_type,
        "model.gpu_layers": gpu_layers,
    }
    chosen = settings(ctx, flags)
    wish, here = wish_of(chosen.model), machine.look()
    if not name:
        _plan_catalogue(here, wish, quantization, chosen.answer.patience, as_json=as_json)
        return
    planned = _model(name, quantization, chosen.model.ntk)
    _plan_one(planned, here, wish, chosen.model, as_json=as_json)


@dataclass(frozen=True, slots=True)
class _Planned:
    """The model that a plan is made for; `size` is that of its file, 0 where it is not here."""

    title: str
    footprint: "Footprint"
    window: int
    size: int = 0


def _model(name: str, quantization: str, ntk: float) -> _Planned:
    from docqa import catalog
    from docqa.llm.files.gguf import read_metadata
    from docqa.llm.fit.footprint import of_entry, of_file
    from docqa.llm.llama.rope import positions

    entry = catalog.find_entry(name)
    if entry and not any(record.entry == entry.name for record in catalog.installed()):
        asked = _quantization(entry.quantizations, quantization)
        return _Planned(f"{entry.title} {asked}", of_entry(entry, asked), entry.window)
    record = catalog.find_model(name)
    file = read_metadata(record.path)
    return _Planned(record.name, of_file(file), positions(file, ntk).window, file.size)


def _quantization(known: "Mapping[str, Quantization]", wanted: str) -> str:
    name = wanted.upper().removesuffix("_M")
    if name not in known:
        raise UsageError("models.unknown_quantization", wanted=wanted, known=", ".join(known))
    return name


def _plan_one(
    planned: _Planned,
    here: "Machine",
    wish: "Wish",
    settings: "ModelSettings",
    *,
    as_json: bool,
) -> None:
    from docqa.llm.fit.plan import alternatives, choose

    title, model, longest = planned.title, planned.footprint, planned.window
    rows = alternatives(model, here, wish, window=longest)
    try:
        choice, refusal = choose(model, here, wish, name=title, window=longest), None
    except DoesNotFit as error:
        choice, refusal = None, error
    speed = _prompt_speed(planned, choice, settings) if choice else None
    if as_json:
        print_json(
            {
                "model": title,
                "window": longest,
                "weights": model.weights,
                "machine": here,
                "choice": _as_json(choice) if choice else None,
                "refusal": f"{refusal} {refusal.hint}" if refusal else None,
                "prompt_speed": speed,
                "plans": [_as_json(row) for row in rows],
            }
        )
        return
    line(title)
    _print_machine(here)
    _print_rows(rows, choice, gpu=here.free_vram > 0)
    if refusal:
        line(f"{refusal} {refusal.hint}")
    if choice:
        for reason in choice.why:
            line(say(reason.message, **reason.facts))
        line(_reading_time(choice.load.window, speed))


def _prompt_speed(planned: _Planned, choice: "Choice", settings: "ModelSettings") -> float | None:
    """Prompt tokens a second of the file loaded as chosen, where this machine has measured it."""
    from docqa.llm.fit import measured_speed
    from docqa.llm.llama.loading import chosen_options

    options = chosen_options(settings, choice.load)
    return measured_speed.prompt_speed(
        measured_speed.speed_key(planned.title, planned.size, options)
    )


def _reading_time(window: int, speed: float | None) -> str:
    if speed is None:
        return say("models.reading_unknown", window=window)
    minutes = round(window / speed / 60, 1)
    return say("models.reading_time", window=window, minutes=minutes, speed=round(speed))


def _plan_catalogue(
    here: "Machine", wish: "Wish", quantization: str, patience: float, *, as_json: bool
) -> None:
    """What each model of the catalog would do here, the best first, and which one to take."""
    from docqa.llm.fit.ranking import rank, recommended

    ranked = rank(here, wish, quantization.upper().removesuffix("_M"), patience)
    best = recommended(ranked)
    if as_json:
        rows = [_ranked_as_json(one) for one in ranked]
        name = best.entry.name if best else None
        print_json({"machine": here, "models": rows, "recommended": name})
        return
    _print_machine(here)
    keys = ("models.field_name", "models.field_window", "models.field_cache", "models.field_total")
    heads = [*map(say, keys), say("models.field_first_word"), say("models.field_quality")]
    print_table(heads, [_ranked_row(one) for one in ranked], right=(1, 3, 4, 5))
    line(say("models.ranking_estimated"))
    if best:
        facts = {"name": best.entry.name, "seconds": round(best.first_word)}
        size = f"{best.entry.quantizations[best.quantization].gib:.1f}"
        line(say("models.recommended", size=size, **facts))


def _ranked_row(one: "Ranked") -> tuple[str, ...]:
    from docqa.sizes import human_bytes

    quality = f"{one.quality:.1f}"
    if one.choice is None:
        return one.entry.name, say("models.does_not_fit"), "", "", "", quality
    load, total = one.choice.load, human_bytes(one.choice.memory.total)
    seconds = f"{one.first_word:.0f}"
    return one.entry.name, str(load.window), load.kv_type, total, seconds, quality


def _ranked_as_json(one: "Ranked") -> dict[str, object]:
    return {
        "model": one.entry.name,
        "quantization": one.quantization,
        "choice": _as_json(one.choice) if one.choice else None,
        "first_word": round(one.first_word, 1),
        "quality": one.quality,
    }


def _print_machine(here: "Machine") -> None:
    from docqa.sizes import human_bytes

    line(say("models.machine", free=human_bytes(here.free_memory), cores=here.cores))
    for gpu in here.gpus:
        line(say("models.gpu", name=gpu.name, free=human_bytes(gpu.free)))


def _print_rows(rows: "tuple[Choice, ...]", choice: "Choice | None", *, gpu: bool) -> None:
    line(say("models.in_gib"))
    heads = [say("models.field_window"), say("models.field_cache"), *map(say, _SIZES)]
    heads += [say("models.field_vram"), "GPU"] if gpu else []
    lines: list[list[str]] = []
    for row in rows:
        needed, load = row.memory, row.load
        chosen = choice is not None and row.load == choice.load
        mark = "models.chosen" if chosen else "models.fits" if row.fits else "models.does_not_fit"
        sizes = [needed.weights, needed.kv, needed.buffers, needed.total]
        cells = [f"{size / GIB:.2f}" for size in sizes]
        if gpu:
            cells += [f"{needed.vram / GIB:.2f}", f"{load.gpu_layers}/{row.layers}"]
        lines.append([str(load.window), load.kv_type, *cells, say(mark)])
    right = (0, *range(2, len(heads)))
    print_table([*heads, ""], lines, right=right)


def _as_json(choice: "Choice") -> dict[str, object]:
    load, needed = choice.load, choice.memory
    return {
        "context": load.window,
        "kv_type": load.kv_type,
        "gpu_layers": load.gpu_layers,
        "layers": choice.layers,
        "weights": needed.weights,
        "kv": needed.kv,
        "buffers": needed.buffers,
        "total": needed.total,
        "ram": needed.ram,
        "vram": needed.vram,
        "fits": choice.fits,
        "why": [say(reason.message, **reason.facts) for reason in choice.why],
    }
