"""What every embedder does, in LangChain's form, too; one class per backend inherits it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from docqa.catalog import find_embedder
from docqa.errors import ModelError
from docqa.types import EmbedderIdentity

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from docqa.settings import EmbeddingSettings


# How far the similarities of unrelated texts lie apart, as a share of the way from their mean to 1.
USUAL_SPREAD = 0.1


class Embedder(ABC):
    """Turns text into vectors; adds the model's prefixes, batches by length, scales to length 1.

    It has the methods of LangChain's Embeddings, but does not inherit them: importing LangChain
    takes longer than a question by meaning. The LangChain vector store registers it.
    """

    turning: Path | None = None
    """What turns its questions, where something was learned for it."""
    usual_spread = USUAL_SPREAD
    """How far similarities lie apart for questions as they are looked for."""

    def __init__(self, settings: "EmbeddingSettings") -> None:
        """Keep how it was opened, so that a library can open it again."""
        self.settings = settings
        # Neither torch modules nor llama.cpp contexts may be entered twice at once.
        self._lock = Lock()

    @property
    @abstractmethod
    def identity(self) -> EmbedderIdentity:
        """Which model this is and how it is used; loads as little as it can."""

    @abstractmethod
    def _vectors(self, texts: list[str]) -> "NDArray[np.float32]":
        """The model's own vectors of one batch, a row for each text."""

    def embed_passages(
        self, texts: Sequence[str], done: Callable[[int], None] | None = None
    ) -> "NDArray[np.float32]":
        """A row for each passage; `done` hears how many are finished."""
        return self._embed([self.identity.passage_prefix + text for text in texts], done)

    def embed_question(self, text: str) -> "NDArray[np.float32]":
        """The vector of a question."""
        rows = self._embed([self.identity.query_prefix + text], None)
        return rows.reshape(-1)

    def turn(self, question: "NDArray[np.float32]") -> "NDArray[np.float32]":
        """The vector that passages are looked for with."""
        if self.turning is None:
            return question
        # Imported here: it needs numpy.
        from docqa.llm.embeddings.turning import turn

        return turn(question, self.turning)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """LangChain's form of embed_passages."""
        rows: list[list[float]] = self.embed_passages(texts).tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        """LangChain's form of embed_question."""
        row: list[float] = self.embed_question(text).tolist()
        return row

    def close(self) -> None:  # noqa: B027 - one that holds nothing need not say so
        """Let go of the model's memory."""

    def _embed(self, texts: list[str], done: Callable[[int], None] | None) -> "NDArray[np.float32]":
        import numpy as np

        # Texts of like length share a batch, so that little of it is padding.
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        result = np.empty((len(texts), self.identity.dimension), dtype=np.float32)
        for start in range(0, len(order), self.settings.batch):
            chosen = order[start : start + self.settings.batch]
            with self._lock:
                rows = self._vectors([texts[at] for at in chosen])
            self._check(rows)
            result[chosen] = rows
            if done:
                done(start + len(chosen))
        if self.identity.normalized:
            lengths = np.linalg.norm(result, axis=1, keepdims=True)
            result /= np.where(lengths > 0, lengths, 1)
        return result

    def _check(self, rows: "NDArray[np.float32]") -> None:
        import numpy as np

        if rows.ndim != 2 or rows.shape[1] != self.identity.dimension:
            raise ModelError(
                "dense.wrong_dimension",
                model=self.identity.model,
                wanted=self.identity.dimension,
                got=rows.shape[-1],
            )
        if not np.isfinite(rows).all():
            raise ModelError("dense.not_finite", model=self.identity.model)


def prefixes(
    settings: "EmbeddingSettings", shipped: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """What goes before questions and passages: as set, else the catalog's, else the model's."""
    entry, own = find_embedder(settings.model), shipped or {}
    query = entry.query_prefix if entry else own.get("query", "")
    passage = entry.passage_prefix if entry else own.get("document", own.get("passage", ""))
    return (
        query if settings.query_prefix is None else settings.query_prefix,
        passage if settings.passage_prefix is None else settings.passage_prefix,
    )
