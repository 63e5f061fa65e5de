"""How near spans are to a question in meaning, and what is read there; kept like the rows."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import md5
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from docqa.answer.reader.packaged import Reading, open_reader
from docqa.llm.embeddings.factory import open_embedder
from docqa.stores.lexical.documents import surroundings
from docqa.types import Passage
from tests.bench.quotes.rows import MEANING

if TYPE_CHECKING:
    from docqa.answer.reader.packaged import PackagedReader
    from docqa.llm.embeddings.embedder import Embedder

# What is kept of a set, each in a file.
_KEPT = ("spans", "readings")


class Nearness:
    """Vectors of questions and spans by the packaged embedder, and readings; made once each."""

    def __init__(
        self, embedder: "Embedder", vectors: dict[str, bytes], readings: dict[str, bytes]
    ) -> None:
        self._embedder = embedder
        self._reader: PackagedReader | None = None
        self.vectors, self.readings = vectors, readings

    def compare(self, question: str, texts: Sequence[str]) -> list[float]:
        """How near each text is to what answers a question, as the search itself would tell it."""
        new = [text for text in dict.fromkeys(texts) if text not in self.vectors]
        if new:
            for text, row in zip(new, self._embedder.embed_passages(new), strict=True):
                self.vectors[text] = row.astype("f2").tobytes()
        key = f"\0{question}"
        if key not in self.vectors:
            turned = self._embedder.turn(self._embedder.embed_question(question))
            self.vectors[key] = turned.astype("f2").tobytes()
        asked = np.frombuffer(self.vectors[key], "f2").astype("f4")
        held = np.stack([np.frombuffer(self.vectors[text], "f2") for text in texts])
        near: list[float] = (held.astype("f4") @ asked).tolist()
        return near

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """What the packaged reader reads in passages."""
        keys = [md5(f"{question}\0{one.text}".encode()).hexdigest() for one in passages]
        new = [at for at, key in enumerate(keys) if key not in self.readings]
        if new:
            self._reader = self._reader or open_reader()
            texts = [(surroundings(passages[at]), passages[at].text) for at in new]
            for at, reading in zip(new, self._reader.read(question, texts), strict=True):
                self.readings[keys[at]] = _pack(reading)
        return [_unpack(self.readings[key]) for key in keys]


def _pack(reading: Reading) -> bytes:
    places = np.stack([reading.starts, reading.ends]).astype("<i2")
    parts = (places.tobytes(), reading.marks.astype("<f4").tobytes())
    return msgspec.msgpack.encode(parts)


def _unpack(packed: bytes) -> Reading:
    places, marks = msgspec.msgpack.decode(packed, type=tuple[bytes, bytes])
    starts, ends = np.frombuffer(places, "<i2").astype("i8").reshape(2, -1)
    return Reading(starts, ends, np.frombuffer(marks, "<f4").reshape(-1, 2))


@contextmanager
def open_nearness(name: str) -> Iterator[Nearness]:
    """The vectors of a set; written back where a folder is named."""
    folder = os.environ.get("DOCQA_BENCH_CACHE")
    files = [Path(folder) / f"{name}-{kind}.msgpack" for kind in _KEPT] if folder else []
    kept = [file.read_bytes() if file.is_file() else b"\x80" for file in files] or [b"\x80"] * 2
    vectors, readings = (msgspec.msgpack.decode(one, type=dict[str, bytes]) for one in kept)
    embedder = open_embedder(MEANING.embedding)
    assert embedder is not None
    before = len(vectors), len(readings)
    try:
        yield Nearness(embedder, vectors, readings)
    finally:
        embedder.close()
        for file, now, then in zip(files, (vectors, readings), before, strict=bool(files)):
            if len(now) > then:
                file.write_bytes(msgspec.msgpack.encode(now))
