"""Models that word answers: `open_model` is the one way in."""

from importlib.util import find_spec
from typing import TYPE_CHECKING

from docqa.errors import ModelError
from docqa.extras import missing
from docqa.settings import Settings
from docqa.types import EngineKind

if TYPE_CHECKING:
    from docqa.llm.model import Model


def open_model(settings: Settings) -> "Model":
    """The model that the settings ask for, loaded; a clear error where it cannot be."""
    kind = engine_kind(settings)
    if kind is EngineKind.ECHO:
        from docqa.llm.echo import EchoModel

        return EchoModel(settings.model)
    if kind is EngineKind.ENDPOINT:
        _need("langchain_openai", "endpoint")
        from docqa.llm.endpoint import EndpointModel

        return EndpointModel(settings.model)
    if kind is EngineKind.LLAMA:
        _need("llama_cpp", "llama")
        from docqa.llm.llama.model import LlamaModel

        return LlamaModel.open(settings.model)
    raise ModelError("llm.none_chosen")


def engine_kind(settings: Settings) -> EngineKind:
    """What words answers: as set, else llama where a model is chosen or installed, else quotes."""
    if settings.model.engine != "auto":
        return EngineKind(settings.model.engine)
    if settings.model.name:
        return EngineKind.LLAMA
    from docqa.catalog import installed

    chat = any(record.kind == "chat" and record.path.is_file() for record in installed())
    return EngineKind.LLAMA if chat else EngineKind.QUOTES


def _need(module: str, extra: str) -> None:
    if find_spec(module) is None:
        raise missing(extra, f"--engine {extra}")
