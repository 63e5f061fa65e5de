"""`docqa models plan`: what a model takes in memory here, and how docqa would load it."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from docqa.cli.common import JsonOption, line, print_json, settings
from docqa.cli.table import print_table
from docqa.messages import say
from docqa.sizes import GIB, human_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docqa.engine.models.plans import CatalogPlan, ModelPlan
    from docqa.llm.fit.machine import Machine
    from docqa.llm.fit.plan import LoadChoice
    from docqa.llm.fit.ranking import Ranked

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
        int | None,
        typer.Option("--gpu-layers", metavar="N", min=-1, help=say("help_models.gpu_layers")),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print what each window and KV type takes, and what docqa would choose."""
    from docqa.engine.models.plans import plan_catalog, plan_model

    flags: dict[str, object] = {
        "model.context": window,
        "model.kv_type": kv_type,
        "model.gpu_layers": gpu_layers,
    }
    chosen = settings(ctx, flags)
    if name:
        planned = plan_model(name, quantization, chosen.model)
        print_json(_plan_as_json(planned)) if as_json else _print_plan(planned)
    else:
        every = plan_catalog(quantization, chosen)
        print_json(_catalog_as_json(every)) if as_json else _print_catalog(every)


def _plan_as_json(plan: "ModelPlan") -> dict[str, object]:
    return {
        "model": plan.title,
        "window": plan.window,
        "weights": plan.weights,
        "machine": plan.machine,
        "choice": _as_json(plan.choice) if plan.choice else None,
        "refusal": f"{plan.refusal} {plan.refusal.hint}" if plan.refusal else None,
        "prompt_speed": plan.prompt_speed,
        "plans": [_as_json(row) for row in plan.rows],
    }


def _print_plan(plan: "ModelPlan") -> None:
    line(plan.title)
    _print_machine(plan.machine)
    _print_rows(plan.rows, plan.choice, gpu=plan.machine.free_vram > 0)
    if plan.refusal:
        line(f"{plan.refusal} {plan.refusal.hint}")
    if plan.choice:
        for reason in plan.choice.why:
            line(say(reason.message, **reason.facts))
        line(_reading_time(plan.choice.load.window, plan.prompt_speed))


def _reading_time(window: int, speed: float | None) -> str:
    if speed is None:
        return say("models.reading_unknown", window=window)
    minutes = round(window / speed / 60, 1)
    return say("models.reading_time", window=window, minutes=minutes, speed=round(speed))


def _catalog_as_json(plan: "CatalogPlan") -> dict[str, object]:
    best = plan.recommended
    return {
        "machine": plan.machine,
        "models": [_ranked_as_json(one) for one in plan.models],
        "recommended": best.entry.name if best else None,
    }


def _print_catalog(plan: "CatalogPlan") -> None:
    _print_machine(plan.machine)
    keys = ("models.field_name", "models.field_window", "models.field_cache", "models.field_total")
    heads = [*map(say, keys), say("models.field_first_word"), say("models.field_quality")]
    print_table(heads, [_ranked_row(one) for one in plan.models], right=(1, 3, 4, 5))
    line(say("models.ranking_estimated"))
    if best := plan.recommended:
        facts = {"name": best.entry.name, "seconds": round(best.first_word)}
        size = f"{best.entry.quantizations[best.quantization].gib:.1f}"
        line(say("models.recommended", size=size, **facts))


def _ranked_row(one: "Ranked") -> tuple[str, ...]:
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
    line(say("models.machine", free=human_bytes(here.free_memory), cores=here.cores))
    for gpu in here.gpus:
        line(say("models.gpu", name=gpu.name, free=human_bytes(gpu.free)))


def _print_rows(rows: "Sequence[LoadChoice]", choice: "LoadChoice | None", *, gpu: bool) -> None:
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


def _as_json(choice: "LoadChoice") -> dict[str, object]:
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
