"""Rerankers as GGUF files through llama.cpp, by its pooling for ranks: no torch."""

from collections.abc import Sequence
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING

from docqa.errors import ModelError
from docqa.llm.files.gguf import read_metadata
from docqa.llm.llama.pooling_model import load_pooling_model

if TYPE_CHECKING:
    from llama_cpp import Llama

# llama.cpp's number for pooling to one score.
_RANK = 4


class GgufReranker:
    """One GGUF file; llama.cpp is imported with the first question."""

    def __init__(self, path: Path) -> None:
        """Check that the file says it is a reranker."""
        self._file = read_metadata(path)
        if self._file.number(f"{self._file.architecture}.pooling_type") != _RANK:
            raise ModelError("dense.not_a_reranker", path=path)
        self._llama: Llama | None = None

    def score_batch(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers, between 0 and 1."""
        if self._llama is None:
            self._llama = load_pooling_model(self._file, _RANK)
        asked = self._llama.tokenize(question.encode(), add_bos=False)
        return [self._score(self._llama, asked, text) for text in texts]

    def close(self) -> None:
        """Free the model's memory."""
        if self._llama is not None:
            self._llama.close()
            self._llama = None

    def _score(self, llama: "Llama", asked: list[int], text: str) -> float:
        import llama_cpp

        begin, end = llama.token_bos(), llama.token_eos()
        said = llama.tokenize(text.encode(), add_bos=False)
        pair = [begin, *asked, end, end, *said]
        tokens = [*pair[: llama.n_batch - 1], end]
        # Not by `embed`, which reads a whole vector where there is but one score.
        batch, context = llama._batch, llama._ctx
        batch.reset()  # type: ignore[no-untyped-call]
        batch.add_sequence(tokens, 0, True)
        context.kv_cache_clear()  # type: ignore[no-untyped-call]
        context.decode(batch)
        batch.reset()  # type: ignore[no-untyped-call]
        score = float(llama_cpp.llama_get_embeddings_seq(context.ctx, 0)[0])
        return 1 / (1 + exp(-max(-30.0, min(30.0, score))))
