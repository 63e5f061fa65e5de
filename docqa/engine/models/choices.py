"""Engines and models that can be picked, and whether each would run on this machine."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from docqa.catalog import Installed, ModelEntry, catalog, list_installed
from docqa.errors import DocqaError, DoesNotFit
from docqa.registries.engines import ENGINES
from docqa.settings import Settings
from docqa.types import EngineKind, ModelChoice

if TYPE_CHECKING:
    from docqa.llm.fit.footprint import Footprint
    from docqa.llm.fit.machine import Machine

_USUAL = "Q4_K"
# Always there, or listed by the models that they have; every other engine is one choice.
_LISTED_APART = (EngineKind.QUOTES, EngineKind.LLAMA, EngineKind.ENDPOINT)


def model_choices(settings: Settings) -> list[ModelChoice]:
    """What answers now, quotes and echo among it, then what the catalog could fetch."""
    choices = [ModelChoice(EngineKind.QUOTES.value, EngineKind.QUOTES, installed=True, fits=True)]
    if settings.model.endpoint:
        name = settings.model.endpoint_model or settings.model.endpoint
        choices.append(ModelChoice(name, EngineKind.ENDPOINT, installed=True))
    here = [one for one in list_installed() if one.kind == "chat" and one.path.is_file()]
    planner = _Planner(settings)
    choices += map(planner.of_file, here)
    choices += (
        ModelChoice(kind.value, kind, installed=entry.is_installed, fits=True)
        for kind, entry in ENGINES.items()
        if kind not in _LISTED_APART
    )
    known = {one.entry for one in here}
    fetchable = (entry for entry in catalog() if entry.huggingface and entry.name not in known)
    choices += map(planner.of_entry, fetchable)
    return choices


def installed_models() -> list[str]:
    """Names of the model files that are here."""
    return [one.name for one in list_installed()]


class _Planner:
    """Plans models for this machine, looked at once."""

    def __init__(self, settings: Settings) -> None:
        from docqa.llm.fit import machine

        self._settings = settings
        self._machine: Machine = machine.look()
        self._runnable = ENGINES[EngineKind.LLAMA].is_installed

    def of_file(self, record: Installed) -> ModelChoice:
        """A model file that is here."""
        from docqa.llm.files import gguf
        from docqa.llm.fit import footprint

        choice = ModelChoice(record.name, EngineKind.LLAMA, installed=self._runnable)
        try:
            return self._plan(choice, footprint.of_file(gguf.read_metadata(record.path)))
        except DocqaError as error:
            return replace(choice, fits=False, note=str(error))

    def of_entry(self, entry: ModelEntry) -> ModelChoice:
        """A model that is not here, at the precision that is usually taken."""
        from docqa.llm.fit import footprint

        note = f"docqa models pull {entry.name}"
        choice = ModelChoice(entry.name, EngineKind.LLAMA, installed=False, note=note)
        try:
            return self._plan(choice, footprint.of_entry(entry, _USUAL))
        except DoesNotFit:
            return replace(choice, fits=False)

    def _plan(self, choice: ModelChoice, model: "Footprint") -> ModelChoice:
        from docqa.llm.fit import plan

        wish = plan.wish_of(self._settings.model)
        found = plan.choose(model, self._machine, wish, name=choice.name)
        return replace(
            choice,
            fits=found.fits,
            context=found.load.window,
            gpu_layers=found.load.gpu_layers,
            layers=found.layers,
        )
