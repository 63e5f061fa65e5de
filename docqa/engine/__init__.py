"""The door that every face uses."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docqa.engine.engine import Engine

__all__ = ["Engine"]


def __getattr__(name: str) -> object:
    # Imported when asked for: an ingest needs nothing of what answers questions (saves 0.2 s).
    if name == "Engine":
        from docqa.engine.engine import Engine

        return Engine
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
