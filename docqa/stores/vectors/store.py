"""What every vector store can do: one Protocol."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Protocol

from docqa.stores.vectors.table import VectorRows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class VectorStore(Protocol):
    """Searches the vectors of one embedder; the records stay the truth."""

    def catch_up(self) -> None:
        """Take in what the records gained and lost since the last look."""
        ...

    def add(self, rows: VectorRows) -> None:
        """Search these, too."""
        ...

    def remove(self, passages: Collection[int]) -> None:
        """Leave these out of searches from now on."""
        ...

    def search(
        self, vector: "NDArray[np.float32]", k: int, allowed: frozenset[int] | None = None
    ) -> list[tuple[int, float]]:
        """The nearest passages with their inner products, among the allowed documents."""
        ...

    def close(self) -> None:
        """Let go of memory, files and connections."""
        ...
