"""GGUF embedding models through llama.cpp: light to import, so they suit one-shot questions."""

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docqa.catalog import find_embedder, find_model
from docqa.errors import ModelError
from docqa.fingerprint import fingerprint
from docqa.llm.embeddings.embedder import Embedder, prefixes
from docqa.llm.files.gguf import GgufFile, read_metadata
from docqa.llm.llama.pooling_model import load_pooling_model
from docqa.types import EmbedderIdentity

if TYPE_CHECKING:
    import numpy as np
    from llama_cpp import Llama
    from numpy.typing import NDArray

    from docqa.settings import EmbeddingSettings

# llama.cpp's numbers; it has no maximum pooling.
_POOLING = {"mean": 1, "cls": 2, "last": 3}
_RERANKS = 4


class GgufEmbedder(Embedder):
    """One GGUF file; llama.cpp is imported when the first text is embedded."""

    def __init__(self, settings: "EmbeddingSettings") -> None:
        """Find the file and read what it says about itself."""
        self._path = _find(settings.model)
        super().__init__(replace(settings, model=str(self._path)))
        self._file = read_metadata(self._path)
        self._pooling = _pooling(self._file, settings.pooling)
        self._llama: Llama | None = None
        self._identity: EmbedderIdentity | None = None

    @property
    def identity(self) -> EmbedderIdentity:
        """The file's name, fingerprint and metadata."""
        if self._identity is None:
            query, passage = prefixes(self.settings)
            self._identity = EmbedderIdentity(
                backend="gguf",
                model=self._path.stem,
                revision=fingerprint(self._path, [self._path]),
                dimension=self._file.count("embedding_length"),
                pooling=self.settings.pooling,
                normalized=self.settings.normalize,
                query_prefix=query,
                passage_prefix=passage,
            )
        return self._identity

    def close(self) -> None:
        """Free the model's memory."""
        if self._llama is not None:
            self._llama.close()
            self._llama = None

    def _vectors(self, texts: list[str]) -> "NDArray[np.float32]":
        import numpy as np

        if self._llama is None:
            gpu_layers = 0 if self.settings.device == "cpu" else -1
            self._llama = load_pooling_model(self._file, self._pooling, gpu_layers)
        return np.array(self._llama.embed(texts), dtype=np.float32)


def _find(model: str) -> Path:
    try:
        return find_model(model).path
    except ModelError as error:
        if error.code == "models.unknown" and find_embedder(model):
            raise ModelError("dense.embedder_missing", model=model) from error
        raise


def _pooling(file: GgufFile, wanted: str) -> int:
    """The pooling to ask llama.cpp for; where neither user nor file says one, the mean."""
    if wanted == "max":
        raise ModelError("dense.no_max_pooling", path=file.path)
    own = int(file.number(f"{file.architecture}.pooling_type") or 0)
    if own == _RERANKS:
        raise ModelError("dense.is_a_reranker", path=file.path)
    return _POOLING.get(wanted) or own or _POOLING["mean"]
