"""Opens the embedder that the settings name."""

from typing import TYPE_CHECKING

import msgspec

from docqa.errors import ModelError
from docqa.llm.embeddings.backend import BUNDLED, choose_backend, is_bundled_here
from docqa.llm.embeddings.embedder import Embedder
from docqa.registries.embedders import EMBEDDERS

if TYPE_CHECKING:
    from docqa.settings import EmbeddingSettings
    from docqa.stores.vectors.table import StoredEmbedder


def open_serving(
    settings: "EmbeddingSettings", serving: "StoredEmbedder | None"
) -> Embedder | None:
    """The embedder that is set; where none was chosen, the one whose vectors a library has."""
    if settings.backend != "auto" or serving is None:
        return open_embedder(settings)
    backend = serving.identity.backend
    if backend in BUNDLED and not is_bundled_here(backend):
        # Words alone answer, as in a library without vectors.
        return None
    return open_embedder(msgspec.json.decode(serving.settings, type=type(settings)))


def open_embedder(settings: "EmbeddingSettings") -> Embedder | None:
    """The embedder the settings name, its model not yet loaded; None where there is none."""
    backend = choose_backend(settings)
    if backend == "none":
        return None
    entry = EMBEDDERS[backend]
    if not entry.has_model and not settings.model:
        raise ModelError("dense.embedder_unnamed", backend=settings.backend)
    embedder: Embedder = entry.load()(settings)
    return embedder
