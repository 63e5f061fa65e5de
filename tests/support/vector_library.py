"""A small library with given vectors, for the tests of every store."""

from pathlib import Path

import numpy as np

from docqa.stores.records.library import Library
from docqa.stores.vectors.table import NewVector, StoredEmbedder, VectorTable, text_hash
from docqa.types import EmbedderIdentity
from ingest.types import BlockKind, Extract, PassageSpan, Section

DIMENSION = 32
IDENTITY = EmbedderIdentity("test", "随机", "1", DIMENSION)


def add_document(library: Library, path: str, texts: list[str]) -> int:
    """A document whose passages are these texts."""
    whole, passages = "".join(texts), []
    for number, text in enumerate(texts):
        start = passages[-1].end if passages else 0
        passages.append(PassageSpan(number, start, start + len(text), text))
    section = Section(0, len(whole), BlockKind.PARAGRAPH, None, ())
    return library.add_document(path, Extract(whole, (section,)), passages)


def vector_of(text: str) -> np.ndarray:
    """The same vector for the same text, of length 1."""
    random = np.random.default_rng(int.from_bytes(text_hash(text)))
    row = random.standard_normal(DIMENSION).astype(np.float32)
    return row / np.linalg.norm(row)


def embed(library: Library) -> StoredEmbedder:
    """Store a vector for every passage that has none."""
    stored = VectorTable(library).enter(IDENTITY, "{}")
    embed_rows(library, stored)
    return stored


def embed_rows(library: Library, stored: StoredEmbedder) -> None:
    """The same for an embedder that is entered already."""
    table = VectorTable(library)
    passages = library.passages(table.missing(stored.id, 0, 1_000_000))
    table.put(
        stored.id,
        [
            NewVector(
                p.id, p.document_id, text_hash(p.text), vector_of(p.text).astype("<f2").tobytes()
            )
            for p in passages
        ],
    )


def made(path: Path, documents: int = 3, passages: int = 20) -> Library:
    """A library of some documents, embedded."""
    library = Library.open(path, create=True)
    for number in range(documents):
        texts = [f"第{number}号文件第{n}条规定的内容。" for n in range(passages)]
        add_document(library, f"{number}.txt", texts)
    embed(library)
    return library


def forget(library: Library, path: str) -> None:
    """Remove a document."""
    place = Path(path).absolute()
    assert library.writer.forget(str(place.parent), place.name)
