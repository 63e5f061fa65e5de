"""The file of a FAISS index: built aside and renamed, described by a manifest, never pickled."""

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import faiss
import msgspec
import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from docqa.errors import StorageError
from docqa.fingerprint import fingerprint
from docqa.paths import private_part
from docqa.stores.records.lock import write_lock
from docqa.stores.vectors.table import StoredEmbedder, VectorTable, vector_key
from docqa.types import Progress, ReportProgress

if TYPE_CHECKING:
    from docqa.stores.records.library import Library

_MANIFEST = "index.json"
# Measured on 1 million clustered vectors of 512 numbers (tests/bench/vectors.py).
_LISTS = 2.0
_TRAINING_PER_LIST = 40
_ROUNDS = 8


class FaissState(Struct, frozen=True):
    """What an index file holds: `last` is the newest row, `generation` that of the records then."""

    rows: int
    last: int
    generation: int
    embedder: str
    file: str = ""
    digest: str = ""


class FaissFile:
    """The index of one embedder's vectors, in a folder of its own."""

    def __init__(self, folder: Path, stored: StoredEmbedder) -> None:
        """Touch nothing yet."""
        self._folder = folder
        self._stored = stored

    def was_built(self) -> bool:
        """Whether there should be an index, sound or not."""
        return (self._folder / _MANIFEST).is_file()

    def open(self, generation: int) -> tuple[FaissState, Any] | None:
        """The index, mapped into memory so that opening costs nothing, and what it holds.

        None where it is missing, damaged, of other vectors, or newer than the records.
        """
        try:
            manifest = (self._folder / _MANIFEST).read_bytes()
            state = msgspec.json.decode(manifest, type=FaissState)
            path = self._folder / Path(state.file).name
            if state.embedder != self._key or state.generation > generation:
                return None
            if state.digest != fingerprint(path, [path]):
                return None
            return state, faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        except (OSError, RuntimeError, msgspec.DecodeError):
            return None

    def build(self, library: "Library", report: ReportProgress | None) -> None:
        """Rebuild the index; LibraryLocked where another process is doing so."""
        with write_lock(private_part(self._folder)):
            table = VectorTable(library)
            generation, rows = library.generation, table.count(self._stored.id)
            index = self._train(table, rows)
            last = done = 0
            for block in table.rows_after(self._stored, 0):
                index.add_with_ids(block.vectors.astype(np.float32), block.passages)
                last, done = block.last, done + len(block.passages)
                if report:
                    report(Progress("dense.faiss_building", done, rows))
            self._write(index, FaissState(done, last, generation, self._key))

    @property
    def _key(self) -> str:
        return vector_key(self._stored.identity)

    def _train(self, table: VectorTable, rows: int) -> Any:
        dimension = self._stored.identity.dimension
        lists = max(1, min(int(_LISTS * rows**0.5), rows // _TRAINING_PER_LIST))
        index = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlatIP(dimension),
            dimension,
            lists,
            faiss.ScalarQuantizer.QT_8bit,
            faiss.METRIC_INNER_PRODUCT,
        )
        index.cp.niter = _ROUNDS
        index.cp.min_points_per_centroid = 1
        sample = table.sample(self._stored, max(lists, 1) * _TRAINING_PER_LIST)
        index.train(sample.astype(np.float32))
        return index

    def _write(self, index: Any, state: FaissState) -> None:
        path = self._folder / f"{state.generation}-{os.getpid()}.faiss"
        aside = path.with_suffix(".part")
        try:
            faiss.write_index(index, str(aside))
            aside.replace(path)
            state = replace(state, file=path.name, digest=fingerprint(path, [path]))
            aside.write_bytes(msgspec.json.encode(state))
            aside.replace(self._folder / _MANIFEST)
        except (OSError, RuntimeError) as error:
            aside.unlink(missing_ok=True)
            raise StorageError(
                "error.not_writable", path=self._folder, reason=str(error)
            ) from error
        self._drop_others(path)

    def _drop_others(self, kept: Path) -> None:
        for path in self._folder.glob("*.faiss"):
            if path != kept:
                try:
                    path.unlink()
                except OSError:
                    # Windows keeps a file that another process has mapped; the next build tries.
                    continue


def selector(passages: Iterable[int] | None, gone: set[int], highest: int) -> Any:
    """Passages that may be found, as a bitmap; None for `passages` is every one not gone."""
    bits = np.full(highest + 1, passages is None, dtype=bool)
    if passages is not None:
        bits[np.fromiter(passages, dtype=np.int64)] = True
    bits[[number for number in gone if number <= highest]] = False
    # FAISS's stubs know only the C++ signature.
    return faiss.IDSelectorBitmap(np.packbits(bits, bitorder="little"))  # type: ignore[call-arg, arg-type]


def on_gpu(index: Any) -> Any:
    """A copy of the index on the GPU; None without the GPU build, a GPU, or room on it."""
    if not hasattr(faiss, "StandardGpuResources") or not faiss.get_num_gpus():
        return None
    try:
        return faiss.index_cpu_to_gpu(_resources(), 0, index)
    except RuntimeError:
        return None


@cache
def _resources() -> Any:
    # Kept: copies on the GPU live only as long as their resources.
    return faiss.StandardGpuResources()
