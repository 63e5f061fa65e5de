"""What models would take in memory on this machine, and how docqa would load them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from docqa import catalog
from docqa.errors import DoesNotFit, UsageError
from docqa.llm.fit import machine
from docqa.llm.fit.plan import alternatives, choose, wish_of

if TYPE_CHECKING:
    from docqa.catalog import Quantization
    from docqa.llm.fit.footprint import Footprint
    from docqa.llm.fit.machine import Machine
    from docqa.llm.fit.plan import LoadChoice
    from docqa.llm.fit.ranking import Ranked
    from docqa.settings import ModelSettings, Settings


class ModelPlan(Struct, frozen=True):
    """Each way to load one model here, and the one that docqa would take."""

    title: str
    window: int
    weights: int
    machine: "Machine"
    choice: "LoadChoice | None"
    refusal: DoesNotFit | None
    prompt_speed: float | None
    """Prompt tokens a second of the choice, where this machine has measured it."""
    rows: "Sequence[LoadChoice]"


class CatalogPlan(Struct, frozen=True):
    """What each model of the catalog would do here, the best first, and the one to take."""

    machine: "Machine"
    models: "Sequence[Ranked]"
    recommended: "Ranked | None"


class _Planned(Struct, frozen=True):
    """A model before it is planned; `size` is that of its file, 0 where it is not here."""

    title: str
    footprint: "Footprint"
    window: int
    size: int = 0


def plan_model(name: str, quantization: str, settings: "ModelSettings") -> ModelPlan:
    """Plan a model that is here, or one of the catalog at this precision."""
    model, here, wish = _find(name, quantization, settings.ntk), machine.look(), wish_of(settings)
    choice, refusal = None, None
    try:
        choice = choose(model.footprint, here, wish, name=model.title, window=model.window)
    except DoesNotFit as error:
        refusal = error
    return ModelPlan(
        title=model.title,
        window=model.window,
        weights=model.footprint.weights,
        machine=here,
        choice=choice,
        refusal=refusal,
        prompt_speed=_prompt_speed(model, choice, settings) if choice else None,
        rows=alternatives(model.footprint, here, wish, window=model.window),
    )


def plan_catalog(quantization: str, settings: "Settings") -> CatalogPlan:
    """Plan every model of the catalog at this precision."""
    from docqa.llm.fit.ranking import rank, recommend

    here, wish = machine.look(), wish_of(settings.model)
    ranked = rank(here, wish, _plain(quantization), settings.answer.patience)
    return CatalogPlan(here, ranked, recommend(ranked))


def _find(name: str, quantization: str, ntk: float) -> _Planned:
    from docqa.llm.files.gguf import read_metadata
    from docqa.llm.fit.footprint import of_entry, of_file
    from docqa.llm.llama.rope import positions

    entry = catalog.find_entry(name)
    if entry and not any(record.entry == entry.name for record in catalog.list_installed()):
        asked = _known_quantization(entry.quantizations, quantization)
        return _Planned(f"{entry.title} {asked}", of_entry(entry, asked), entry.window)
    record = catalog.find_model(name)
    file = read_metadata(record.path)
    return _Planned(record.name, of_file(file), positions(file, ntk).window, file.size)


def _known_quantization(known: "Mapping[str, Quantization]", wanted: str) -> str:
    name = _plain(wanted)
    if name not in known:
        raise UsageError("models.unknown_quantization", wanted=wanted, known=", ".join(known))
    return name


def _plain(quantization: str) -> str:
    """The catalog's name of a precision: Q4_K for q4_k_m."""
    return quantization.upper().removesuffix("_M")


def _prompt_speed(model: _Planned, choice: "LoadChoice", settings: "ModelSettings") -> float | None:
    from docqa.llm.fit import measured_speed
    from docqa.llm.llama.loading import chosen_options

    options = chosen_options(settings, choice.load)
    return measured_speed.prompt_speed(measured_speed.speed_key(model.title, model.size, options))
