"""What the shell completes: libraries, documents, sessions and models by their names."""

from pathlib import PurePath
from typing import Any

import typer

from docqa import paths


def complete_libraries(incomplete: str) -> list[str]:
    """Names of libraries."""
    return _choose(paths.libraries(), incomplete)


def complete_models(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names of the models that are here."""
    # Imported here, as below: a completion loads only what it asks for.
    from docqa.engine.models.choices import installed_models

    return _choose(installed_models(), incomplete)


def complete_documents(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names of the library's documents, or of their files where one begins so."""
    names = [info.path for info in _ask(ctx, "documents")]
    return _choose(names, incomplete) or _choose([PurePath(n).name for n in names], incomplete)


def complete_sessions(ctx: typer.Context, incomplete: str) -> list[str]:
    """Ids of kept sessions."""
    return _choose([info.id for info in _ask(ctx, "sessions")], incomplete)


def _ask(ctx: typer.Context, what: str) -> Any:
    """What the engine lists; nothing where there is no library to ask."""
    from docqa.configuration import load
    from docqa.engine import Engine
    from docqa.errors import DocqaError

    try:
        with Engine(load({"library.name": ctx.params.get("library")}).settings) as engine:
            return getattr(engine, what)()
    except DocqaError:
        return []


def _choose(names: Any, incomplete: str) -> list[str]:
    """Names that begin with what was typed: Typer drops all others."""
    return [name for name in names if name.startswith(incomplete)]
