"""Reads question and passage together to put the best first: slower and finer than either leg."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from docqa.errors import ModelError
from docqa.extras import missing
from docqa.llm.embeddings.files import find_folder
from docqa.llm.embeddings.sentence_transformers import hush, loading_errors, unreadable
from docqa.privacy import switch_off_telemetry

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

    from docqa.settings import Settings

# Small, so that the clock is looked at often.
_BATCH = 4


class Scorer(Protocol):
    """A model that reads question and passages together."""

    def score_batch(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers, between 0 and 1."""
        ...

    def close(self) -> None:
        """Let go of the model."""
        ...


class Reranker:
    """A model with a limit to the time it takes."""

    def __init__(self, scorer: Scorer, seconds: float) -> None:
        """Take a model; it is loaded with the first question."""
        self._scorer = scorer
        self._seconds = seconds

    def score(self, question: str, texts: Sequence[str]) -> list[float | None]:
        """How well each text answers, between 0 and 1; None from where the time was up."""
        scores: list[float | None] = [None] * len(texts)
        end = time.monotonic() + self._seconds
        for start in range(0, len(texts), _BATCH):
            if time.monotonic() >= end:
                break
            batch = texts[start : start + _BATCH]
            scores[start : start + len(batch)] = self._scorer.score_batch(question, batch)
        return scores

    def close(self) -> None:
        """Drop the model."""
        self._scorer.close()


class FolderReranker:
    """A sentence-transformers CrossEncoder."""

    def __init__(self, model: str, device: str = "") -> None:
        """Find the model and check that it is one; it is loaded with the first question."""
        self._folder = find_folder(model)
        _check(self._folder)
        self._device = device
        self._model: CrossEncoder | None = None

    def score_batch(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers, between 0 and 1."""
        pairs = [(question, text) for text in texts]
        found = self._load().predict(pairs, batch_size=_BATCH, show_progress_bar=False)
        return [float(score) for score in found]

    def close(self) -> None:
        """Drop the model."""
        self._model = None

    def _load(self) -> "CrossEncoder":
        if self._model is None:
            switch_off_telemetry()
            try:
                from sentence_transformers import CrossEncoder
                from torch.nn import Sigmoid
            except ModuleNotFoundError as error:
                raise missing("st", "CrossEncoder") from error
            hush()
            try:
                self._model = CrossEncoder(
                    str(self._folder),
                    device=self._device or None,
                    local_files_only=True,
                    activation_fn=Sigmoid(),
                )
            except loading_errors() as error:
                raise unreadable(self._folder, error) from error
        return self._model


def open_reranker(settings: "Settings") -> Reranker:
    """The reranker the settings name: an address, a GGUF file, or a folder or hub id."""
    search, embedding = settings.search, settings.embedding
    name, seconds = search.reranker, search.rerank_seconds
    # Imported here: each brings in what only it needs.
    if name.startswith(("http://", "https://")):
        from docqa.retrieval.rerank_endpoint import EndpointReranker

        return Reranker(EndpointReranker(name, embedding.key_variable, seconds), seconds)
    if name.endswith(".gguf"):
        from docqa.retrieval.rerank_gguf import GgufReranker

        return Reranker(GgufReranker(Path(name).expanduser()), seconds)
    return Reranker(FolderReranker(name, embedding.device), seconds)


def _check(folder: Path) -> None:
    # Another model would be given a head of random numbers, and rank at random.
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError("dense.not_a_reranker", path=folder) from error
    kinds = config.get("architectures") or ()
    labels = config.get("id2label") or {"0": "score"}
    if not any("SequenceClassification" in kind for kind in kinds) or len(labels) != 1:
        raise ModelError("dense.not_a_reranker", path=folder)
