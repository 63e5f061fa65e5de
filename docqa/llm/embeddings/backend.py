"""Which embedder `auto` means; light to import, as every question asks."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from docqa.registries.embedders import EMBEDDERS

if TYPE_CHECKING:
    from docqa.settings import EmbeddingSettings

PACKAGE = EMBEDDERS["packaged"].package
# Those that come with their weights by pip alone, the best first.
BUNDLED = ("packaged", "universal")
_WEIGHTS = "e5-small-q4.bin"


def choose_backend(settings: "EmbeddingSettings") -> str:
    """The backend that is set; `auto` is the best of the bundled ones that are installed."""
    if settings.backend != "auto":
        return settings.backend
    return next(filter(is_bundled_here, BUNDLED), "none")


def is_bundled_here(backend: str) -> bool:
    """Whether a bundled embedder is installed with its weights."""
    if backend == "packaged":
        return find_weights() is not None
    return EMBEDDERS[backend].is_installed


def find_weights() -> Path | None:
    """Where the package keeps the weights; None where it is not installed."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).with_name(_WEIGHTS)
    return path if path.is_file() else None
