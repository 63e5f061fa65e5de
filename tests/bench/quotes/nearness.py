"""How near spans are to a question in meaning, kept between runs like the rows."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from docqa.llm.embeddings.factory import open_embedder
from tests.bench.quotes.rows import MEANING

if TYPE_CHECKING:
    from docqa.llm.embeddings.embedder import Embedder


class Nearness:
    """Vectors of questions and spans by the packaged embedder; encoded once each."""

    def __init__(self, embedder: "Embedder", vectors: dict[str, bytes]) -> None:
        self._embedder = embedder
        self.vectors = vectors

    def compare(self, question: str, texts: Sequence[str]) -> list[float]:
        """The similarity of each text to a question, as the search itself would tell it."""
        new = [text for text in dict.fromkeys(texts) if text not in self.vectors]
        if new:
            for text, row in zip(new, self._embedder.embed_passages(new), strict=True):
                self.vectors[text] = row.astype("f2").tobytes()
        key = f"\0{question}"
        if key not in self.vectors:
            self.vectors[key] = self._embedder.embed_question(question).astype("f2").tobytes()
        asked = np.frombuffer(self.vectors[key], "f2").astype("f4")
        held = np.stack([np.frombuffer(self.vectors[text], "f2") for text in texts])
        near: list[float] = (held.astype("f4") @ asked).tolist()
        return near


@contextmanager
def open_nearness(name: str) -> Iterator[Nearness]:
    """The vectors of a set; written back where a folder is named."""
    folder = os.environ.get("DOCQA_BENCH_CACHE")
    file = Path(folder) / f"{name}-spans.msgpack" if folder else None
    kept = file.read_bytes() if file and file.is_file() else b"\x80"
    vectors = msgspec.msgpack.decode(kept, type=dict[str, bytes])
    embedder = open_embedder(MEANING.embedding)
    assert embedder is not None
    before = len(vectors)
    try:
        yield Nearness(embedder, vectors)
    finally:
        embedder.close()
        if file and len(vectors) > before:
            file.write_bytes(msgspec.msgpack.encode(vectors))
