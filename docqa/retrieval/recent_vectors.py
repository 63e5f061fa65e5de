"""Vectors of texts that are asked for again and again."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class RecentVectors:
    """Keeps the vectors that were made last: a table asks the same of every document.

    Spans of one document are held against each of its questions, and a question against the spans
    of each document.
    """

    def __init__(self, embed: "Callable[[Sequence[str]], NDArray[np.float32]]", most: int) -> None:
        """Embed what is not kept, and keep so many."""
        self._embed = embed
        self._most = most
        self._rows: dict[str, NDArray[np.float32]] = {}

    def of(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """A row for each text."""
        import numpy as np

        rows = {text: self._rows.pop(text) for text in dict.fromkeys(texts) if text in self._rows}
        new = [text for text in dict.fromkeys(texts) if text not in rows]
        if new:
            rows |= dict(zip(new, self._embed(new), strict=True))
        self._rows |= rows
        for text in list(self._rows)[: max(0, len(self._rows) - self._most)]:
            del self._rows[text]
        return np.stack([rows[text] for text in texts])
