"""Embeds the passages of a library that have no vector yet; resumes where it was stopped."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from docqa.errors import EmbedderMismatch
from docqa.llm.embeddings.embedder import Embedder
from docqa.llm.embeddings.factory import open_serving
from docqa.stores.vectors.factory import refresh_index
from docqa.stores.vectors.table import NewVector, StoredEmbedder, VectorTable, text_hash, vector_key
from docqa.types import Cancelled, Passage, Progress, ReportProgress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from docqa.settings import EmbeddingSettings, Settings
    from docqa.stores.records.library import Library

# Passages sorted by length together.
_WINDOW = 2048


class EmbeddingRun(Struct, frozen=True):
    """What a run did; `left` passages wait where it was cancelled."""

    embedded: int
    reused: int
    left: int
    seconds: float


def embed_new(
    library: "Library",
    settings: "Settings",
    report: ReportProgress | None = None,
    cancelled: Cancelled | None = None,
) -> None:
    """Embed what is new with the embedder that the settings name, where they name one."""
    embedder = open_serving(settings.embedding, VectorTable(library).serving())
    if embedder is not None:
        try:
            embed_missing(library, embedder, report, cancelled)
        finally:
            embedder.close()


def embed_missing(
    library: "Library",
    embedder: Embedder,
    report: ReportProgress | None = None,
    cancelled: Cancelled | None = None,
) -> EmbeddingRun:
    """Give every new passage its vector; EmbedderMismatch where another embedder serves here."""
    table = VectorTable(library)
    serving, wanted = table.serving(), embedder.identity
    if serving and vector_key(serving.identity) != vector_key(wanted):
        raise EmbedderMismatch(name=library.name, stored=serving.identity, wanted=wanted)
    stored = serving or table.enter(wanted, _tell_how_to_open(embedder.settings))
    return _run(library, embedder, stored, report, cancelled)


def embed_anew(
    library: "Library",
    embedder: Embedder,
    report: ReportProgress | None = None,
    cancelled: Cancelled | None = None,
) -> EmbeddingRun:
    """Let this embedder take over; the old vectors serve until every passage has its new one."""
    table = VectorTable(library)
    stored = table.enter(embedder.identity, _tell_how_to_open(embedder.settings))
    run = _run(library, embedder, stored, report, cancelled)
    if not run.left:
        table.serve(stored.id)
        refresh_index(library, embedder.settings, report)
    return run


def _run(
    library: "Library",
    embedder: Embedder,
    stored: StoredEmbedder,
    report: ReportProgress | None,
    cancelled: Cancelled | None,
) -> EmbeddingRun:
    began = time.perf_counter()
    table = VectorTable(library)
    total = table.count_missing(stored.id)
    embedded = reused = 0
    for passages in _windows(library, table, stored):
        for kept, made in _store_window(table, stored, embedder, passages, cancelled):
            reused, embedded = reused + kept, embedded + made
            if report:
                report(_tell_progress(reused, embedded, total, time.perf_counter() - began))
        if cancelled and cancelled():
            break
    left = total - embedded - reused
    if not left:
        table.drop_spares()
        if stored.serving and total:
            refresh_index(library, embedder.settings, report)
    return EmbeddingRun(embedded, reused, left, time.perf_counter() - began)


def _tell_progress(reused: int, embedded: int, total: int, seconds: float) -> Progress:
    """How far it is; how long it will take as soon as that can be told."""
    done = reused + embedded
    facts: dict[str, object] = {"done": done, "total": total}
    if not embedded or done == total:
        return Progress("dense.embedding", done, total, facts)
    facts["minutes"] = max(1, round(seconds / embedded * (total - done) / 60))
    return Progress("dense.embedding_left", done, total, facts)


def _windows(
    library: "Library", table: VectorTable, stored: StoredEmbedder
) -> Iterator[list[Passage]]:
    last = 0
    while missing := table.missing(stored.id, last, _WINDOW):
        last = missing[-1]
        yield library.passages(missing)


def _store_window(
    table: VectorTable,
    stored: StoredEmbedder,
    embedder: Embedder,
    passages: list[Passage],
    cancelled: Cancelled | None,
) -> Iterator[tuple[int, int]]:
    """Yields how many vectors were taken over and made, after each batch is safely stored."""
    by_hash: dict[bytes, list[Passage]] = {}
    for passage in passages:
        by_hash.setdefault(text_hash(text_to_embed(passage)), []).append(passage)
    known = table.find_vectors(stored.id, by_hash)
    table.put(stored.id, _rows(by_hash, known))
    yield sum(len(by_hash[key]) for key in known), 0
    # Texts of like length share a batch, so that little of it is padding.
    waiting = sorted(by_hash.keys() - known.keys(), key=lambda key: len(by_hash[key][0].text))
    size = embedder.settings.batch
    for start in range(0, len(waiting), size):
        if cancelled and cancelled():
            return
        keys = waiting[start : start + size]
        vectors = embedder.embed_passages([text_to_embed(by_hash[key][0]) for key in keys])
        made = dict(zip(keys, map(_pack, vectors), strict=True))
        table.put(stored.id, _rows(by_hash, made))
        yield 0, sum(len(by_hash[key]) for key in keys)


def text_to_embed(passage: Passage) -> str:
    """What stands for a passage: its text below the headings that say what it is about."""
    above = [heading for heading in passage.heading if heading not in passage.text]
    return "\n".join([*above, passage.text])


def _rows(by_hash: dict[bytes, list[Passage]], vectors: dict[bytes, bytes]) -> list[NewVector]:
    return [
        NewVector(passage.id, passage.document_id, key, vector)
        for key, vector in vectors.items()
        for passage in by_hash[key]
    ]


def _pack(vector: "NDArray[np.float32]") -> bytes:
    return vector.astype("<f2").tobytes()


def _tell_how_to_open(settings: "EmbeddingSettings") -> str:
    """How to open the embedder again; never where on the network it is."""
    return msgspec.json.encode(
        msgspec.structs.replace(settings, endpoint="", chroma_url="")
    ).decode()
