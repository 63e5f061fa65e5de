"""Decides how a model is loaded: window, precision of the KV cache, layers on the GPU."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from docqa.errors import DoesNotFit, ModelError
from docqa.llm.fit.footprint import KV_TYPES, Footprint, Load, Memory, can_quantize_kv, memory
from docqa.llm.fit.machine import Machine, can_offload
from docqa.messages import say
from docqa.settings import ModelSettings
from docqa.sizes import human_bytes
from docqa.types import Warned

# What must stay free: the rest of docqa and of the machine; on a GPU, the driver's own use.
_RAM_SHARE = 0.95
_VRAM_RESERVE = 512 << 20
_SMALLEST = 2048
# A smaller window wholly on the GPU beats a larger one that is not, down to this size.
_ENOUGH = 4096
_GPU_BATCH, _CPU_BATCH = 512, 128


class Wish(Struct, frozen=True):
    """What the user asks for; 0, -1 and auto leave it to docqa."""

    window: int = 0
    kv_type: str = "auto"
    gpu_layers: int = -1
    flash_attention: bool = True
    micro_batch: int = 512
    force: bool = False


class LoadChoice(Struct, frozen=True):
    """One way of loading a model, what it takes, whether it fits, and why it was chosen."""

    load: Load
    memory: Memory
    fits: bool
    layers: int
    """Layers of the model, the output counted as one, as llama.cpp does."""
    why: tuple[Warned, ...] = ()


def wish_of(settings: ModelSettings) -> Wish:
    """What the settings ask for."""
    return Wish(
        window=settings.context,
        kv_type=settings.kv_type,
        gpu_layers=settings.gpu_layers,
        flash_attention=settings.flash_attention,
        micro_batch=settings.micro_batch or _micro_batch(),
        force=settings.force,
    )


def _micro_batch() -> int:
    # On one core, 512 hold a cancel up by 0.6 s, 128 by 0.05 s; neither reads faster.
    return _GPU_BATCH if can_offload() else _CPU_BATCH


def choose(
    model: Footprint, machine: Machine, wish: Wish, *, name: str = "", window: int = 0
) -> LoadChoice:
    """The way to load this model here; DoesNotFit, with what would fit, where there is none.

    `window` is the longest one whose positions are right; without it, what the file states.
    """
    limit = window or model.window
    quantized = wish.kv_type not in ("auto", "f16")
    if quantized and not can_quantize_kv(model.shape, wish.flash_attention):
        raise ModelError("models.kv_type_refused", kv_type=wish.kv_type)
    found = _first_fit(model, machine, wish, limit)
    if found is None:
        found = _try(model, machine, next(_loads(model, wish, limit)), wish.gpu_layers)
        could = _could_ever_fit(found.memory, machine)
        if not wish.force or not could:
            raise _refusal(model, machine, wish, limit, name, could=could)
    return replace(found, why=_reasons(model, machine, wish, limit, found))


def alternatives(
    model: Footprint, machine: Machine, wish: Wish, *, window: int = 0
) -> tuple[LoadChoice, ...]:
    """Every window and KV type that could be asked for, with what it takes, largest first."""
    limit = window or model.window
    windows = (wish.window,) if wish.window else _windows(limit)
    kinds = KV_TYPES if can_quantize_kv(model.shape, wish.flash_attention) else KV_TYPES[:1]
    return tuple(
        _try(model, machine, _load(wish, size, kind), wish.gpu_layers)
        for size in windows
        for kind in kinds
    )


def _first_fit(model: Footprint, machine: Machine, wish: Wish, limit: int) -> LoadChoice | None:
    tries = [_try(model, machine, load, wish.gpu_layers) for load in _loads(model, wish, limit)]
    fitting = [choice for choice in tries if choice.fits]
    if wish.gpu_layers < 0:
        enough = wish.window or min(limit, _ENOUGH)
        whole = [choice for choice in fitting if choice.load.gpu_layers == choice.layers]
        fitting = [choice for choice in whole if choice.load.window >= enough] or fitting
    return fitting[0] if fitting else None


def _loads(model: Footprint, wish: Wish, limit: int) -> Iterator[Load]:
    windows = (wish.window,) if wish.window else _windows(limit)
    if wish.kv_type != "auto":
        yield from (_load(wish, size, wish.kv_type) for size in windows)
        return
    # q8_0 costs nothing that one would notice, q4_0 does: it comes after every smaller window.
    quantized = can_quantize_kv(model.shape, wish.flash_attention)
    for kinds in (("f16", "q8_0"), ("q4_0",)) if quantized else (("f16",),):
        yield from (_load(wish, size, kind) for size in windows for kind in kinds)


def _load(wish: Wish, window: int, kv_type: str) -> Load:
    return Load(
        window=window,
        kv_type=kv_type,
        flash_attention=wish.flash_attention,
        micro_batch=wish.micro_batch,
    )


def _windows(limit: int) -> tuple[int, ...]:
    smaller = (1 << power for power in range(limit.bit_length(), 0, -1))
    return (limit, *(size for size in smaller if _SMALLEST <= size < limit))


def _try(model: Footprint, machine: Machine, load: Load, gpu_layers: int) -> LoadChoice:
    layers = len(model.layers) + 1
    most = layers if gpu_layers < 0 else min(gpu_layers, layers)
    counts = range(most, -1, -1) if gpu_layers < 0 else (most,)
    for count in counts if machine.free_vram else (0,):
        load = replace(load, gpu_layers=count)
        needed = memory(model, load)
        if needed.vram <= _vram(machine):
            return LoadChoice(load, needed, _in_ram(needed, machine), layers)
    return LoadChoice(load, needed, False, layers)


def _in_ram(needed: Memory, machine: Machine) -> bool:
    shared = any(gpu.shared for gpu in machine.gpus)
    return (needed.total if shared else needed.ram) <= _ram(machine)


def _ram(machine: Machine) -> int:
    return int(machine.free_memory * _RAM_SHARE)


def _vram(machine: Machine) -> int:
    return max(0, machine.free_vram - _VRAM_RESERVE * len(machine.gpus))


def _could_ever_fit(needed: Memory, machine: Machine) -> bool:
    # Weights are mapped and may come from disk again and again; what is computed may not.
    vram = sum(gpu.total for gpu in machine.gpus if machine.can_offload and not gpu.shared)
    return needed.kv + needed.buffers <= machine.total_memory + vram


def _refusal(
    model: Footprint, machine: Machine, wish: Wish, limit: int, name: str, *, could: bool
) -> DoesNotFit:
    loads = list(_loads(model, wish, limit))
    # Where nothing was asked for, the least that the model needs tells most.
    load = loads[0] if wish.window else min(loads, key=lambda load: memory(model, load).total)
    other = _first_fit(
        model, machine, replace(wish, window=0, kv_type="auto", gpu_layers=-1), limit
    )
    if other is None:
        advice = say("models.advice_smaller_model")
    else:
        advice = say(
            "models.advice_fits",
            window=other.load.window,
            kv_type=other.load.kv_type,
            needed=human_bytes(other.memory.total),
        )
    if could:
        advice += say("models.advice_force")
    return DoesNotFit(
        model=name,
        needed=human_bytes(memory(model, load).total),
        available=human_bytes(_ram(machine) + _vram(machine)),
        advice=advice,
    )


def _reasons(
    model: Footprint, machine: Machine, wish: Wish, limit: int, found: LoadChoice
) -> tuple[Warned, ...]:
    load = found.load
    facts = {"window": load.window, "kv_type": load.kv_type}
    whole = load.window == (wish.window or limit)
    reasons = []
    if not found.fits:
        reasons.append(Warned("models.why_forced", facts))
    elif whole and load.kv_type == "f16":
        reasons.append(Warned("models.why_whole", facts))
    elif whole and wish.kv_type != "auto":
        reasons.append(Warned("models.why_asked", facts))
    else:
        reasons.append(_shortage(model, machine, found, wish.window or limit))
    if load.window > limit:
        reasons.append(Warned("models.why_beyond", {"window": load.window, "limit": limit}))
    if model.estimated:
        reasons.append(Warned("models.why_estimated"))
    return (*reasons, _gpu_reason(machine, wish, found))


def _shortage(model: Footprint, machine: Machine, found: LoadChoice, wanted: int) -> Warned:
    needed = memory(model, replace(found.load, window=wanted, kv_type="f16"))
    facts = {"window": found.load.window, "kv_type": found.load.kv_type, "wanted": wanted}
    if found.load.gpu_layers == found.layers:
        room = {"needed": human_bytes(needed.vram), "free": human_bytes(_vram(machine))}
        return Warned("models.why_smaller_gpu", facts | room)
    free = _ram(machine) + _vram(machine)
    room = {"needed": human_bytes(needed.total), "free": human_bytes(free)}
    return Warned("models.why_smaller", facts | room)


def _gpu_reason(machine: Machine, wish: Wish, found: LoadChoice) -> Warned:
    facts = {"count": found.load.gpu_layers, "layers": found.layers}
    if not machine.gpus:
        return Warned("models.why_no_gpu")
    if not machine.can_offload:
        return Warned("models.why_no_offload")
    if wish.gpu_layers >= 0:
        return Warned("models.why_gpu_asked", facts)
    if found.load.gpu_layers == found.layers:
        return Warned("models.why_gpu_whole", facts)
    return Warned("models.why_gpu_part", facts)
