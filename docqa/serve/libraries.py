"""The libraries that are served, each with an engine of its own, opened when first asked for."""

import threading
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from docqa import paths
from docqa.engine.serving import ServingEngine
from docqa.errors import UnknownLibrary
from docqa.settings import Settings

_QUOTES = "quotes"


class Libraries:
    """Engines by the names that clients use: `LIBRARY` and `LIBRARY:quotes`."""

    def __init__(self, settings: Settings, default: str) -> None:
        """Serve every library of the data folder, and the default one wherever it lies."""
        self._settings = settings
        self._default = default
        self._engines: dict[tuple[str, bool], ServingEngine] = {}
        self._lock = threading.Lock()

    @property
    def default(self) -> str:
        """The name of the library that answers where none is named."""
        return Path(self._default).name

    def names(self) -> list[str]:
        """Names of all libraries, the default one first."""
        return list(dict.fromkeys([self.default, *paths.libraries()]))

    def engine(self, name: str) -> ServingEngine:
        """The engine that a model's name means; raises UnknownLibrary."""
        library, _, kind = name.partition(":")
        if library not in self.names() or kind not in ("", _QUOTES):
            raise UnknownLibrary(name=name, known=", ".join(self.names()))
        return self._open(library, quotes=kind == _QUOTES)

    def close(self) -> None:
        """Close whatever was opened."""
        with self._lock:
            for engine in self._engines.values():
                engine.close()
            self._engines.clear()

    def __iter__(self) -> Iterator[str]:
        """The names that clients may choose."""
        for name in self.names():
            yield name
            yield f"{name}:{_QUOTES}"

    def _open(self, library: str, *, quotes: bool) -> ServingEngine:
        with self._lock:
            if (library, quotes) not in self._engines:
                where = self._default if library == self.default else library
                settings = self._settings
                if quotes:
                    settings = replace(settings, model=replace(settings.model, engine=_QUOTES))
                self._engines[library, quotes] = ServingEngine(settings, where)
            return self._engines[library, quotes]
