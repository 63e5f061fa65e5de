"""Answers questions from your own documents, on your own machine."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docqa.engine.engine import Engine
    from docqa.settings import Settings
    from docqa.types import Answer, AskRequest, SearchRequest

__version__ = "0.1.0"

__all__ = ["Answer", "AskRequest", "Engine", "SearchRequest", "Settings"]

_HOMES = {
    "Answer": "docqa.types",
    "AskRequest": "docqa.types",
    "Engine": "docqa.engine.engine",
    "SearchRequest": "docqa.types",
    "Settings": "docqa.settings",
}


def __getattr__(name: str) -> object:
    # Imported when asked for: every command imports this package first.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
