"""Models that write answers: `open_model` is the one way in."""

from typing import TYPE_CHECKING

from docqa.errors import ModelError
from docqa.extras import missing
from docqa.registries.engines import ENGINES
from docqa.settings import Settings
from docqa.types import EngineKind

if TYPE_CHECKING:
    from docqa.llm.model import Model


def open_model(settings: Settings) -> "Model":
    """The model that the settings ask for, loaded; a clear error where it cannot be."""
    engine = ENGINES[engine_kind(settings)]
    if not engine.opener:
        raise ModelError("llm.none_chosen")
    if not engine.is_installed:
        raise missing(engine.extra, engine.label)
    model: Model = engine.load()(settings.model)
    return model


def engine_kind(settings: Settings) -> EngineKind:
    """As set; else llama where a model is chosen or installed, else quotes."""
    if settings.model.engine != "auto":
        return EngineKind(settings.model.engine)
    if settings.model.name:
        return EngineKind.LLAMA
    from docqa.catalog import list_installed

    chat = any(record.kind == "chat" and record.path.is_file() for record in list_installed())
    return EngineKind.LLAMA if chat else EngineKind.QUOTES
