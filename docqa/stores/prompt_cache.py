"""Computed prompts kept on disk, each a file beside the table that knows it."""

import array
import contextlib
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from docqa import paths
from docqa.closing import Closing
from docqa.errors import StorageError
from docqa.stores.records.connection import changing, connect
from docqa.stores.records.library import RECORDS

FOLDER = "readings"
_SUFFIX = ".reading"
_PART = ".part"
_WIDTH = array.array("I").itemsize
_GIGABYTE = 1_000_000_000
# A writer that has not finished for this long is taken for dead.
_STALE_SECONDS = 24 * 3600
_COLUMNS = "id, identity, label, count, file, bytes, made, used"


class CachedSpan(Struct, frozen=True):
    """A part of a document that a cached prompt holds, in characters of its text."""

    document_id: int
    start: int
    end: int


class CachedPrompt(Struct, frozen=True):
    """One cached prompt; times are seconds since the epoch."""

    id: int
    identity: str
    label: str
    tokens: int
    file: Path
    bytes: int
    made: float
    used: float
    spans: tuple[CachedSpan, ...] = ()
    """What it holds of the library, in the order of the prompt; empty for a mere head."""


class Match(Struct, frozen=True):
    """A cached prompt and how many tokens of another it spares."""

    reading: CachedPrompt
    tokens: tuple[int, ...]
    shared: int


class CachedPrompts(Closing):
    """The cached prompts of one library; many processes may use and add them at once."""

    def __init__(self, library: Path, limit_gigabytes: float) -> None:
        """Keep at most this much for all libraries together, or a tenth of the free disk."""
        self._folder = library / FOLDER
        self._records = library / RECORDS
        self._limit = limit_gigabytes
        # A connection of its own: the library's may be in the midst of a change.
        self._connection = connect(self._records)

    def close(self) -> None:
        """Let go of the records."""
        self._connection.close()

    def list_all(self) -> list[CachedPrompt]:
        """All of them, the last used first."""
        rows = self._connection.execute(f"SELECT {_COLUMNS} FROM readings ORDER BY used DESC")
        return [self._reading(row) for row in rows.fetchall()]

    def match(self, identity: str, prompt: Sequence[int]) -> Match | None:
        """The reading that spares most of this prompt under exactly this identity."""
        best: Match | None = None
        wanted = _pack(prompt)
        # Of readings that spare as much, the smallest is loaded soonest.
        rows = self._connection.execute(
            f"SELECT {_COLUMNS}, tokens FROM readings WHERE identity = ? ORDER BY bytes",
            (identity,),
        )
        for *row, packed in rows.fetchall():
            shared = _share(wanted, packed)
            if shared > (best.shared if best else 0):
                best = Match(self._reading(row), _unpack(packed), shared)
        return best

    def mark_used(self, reading: CachedPrompt) -> None:
        """Let the reading outlive those that were used before."""
        with contextlib.suppress(sqlite3.OperationalError, StorageError):
            self._connection.execute(
                "UPDATE readings SET used = ? WHERE id = ?", (time.time(), reading.id)
            )

    def keep(
        self,
        identity: str,
        tokens: Sequence[int],
        label: str,
        spans: Sequence[CachedSpan],
        save: Callable[[Path], int],
    ) -> CachedPrompt | None:
        """Write a reading aside and take it in; None where the disk or the limit has no room."""
        part = self._folder / f"{os.urandom(16).hex()}{_PART}"
        try:
            paths.private_part(self._folder)
            # Made first with nobody else's rights: llama.cpp would open it to the whole group.
            part.touch(mode=0o600)
            if not save(part):
                return None
            size = part.stat().st_size
            if size > self.room() or not self._make_room(size):
                return None
            return self._take_in(part, identity, tokens, label, spans, size)
        except (OSError, StorageError, sqlite3.IntegrityError):
            # A full disk, a read-only medium, or a document that was removed while it was read.
            return None
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

    def drop(self, ids: Sequence[int] | None = None) -> int:
        """Forget these readings, or all; returns the bytes that were freed."""
        chosen = [r for r in self.list_all() if ids is None or r.id in ids]
        with changing(self._connection):
            for reading in chosen:
                self._connection.execute("DELETE FROM readings WHERE id = ?", (reading.id,))
        self.sweep()
        return sum(reading.bytes for reading in chosen)

    def sweep(self) -> None:
        """Delete files whose documents are gone, and what dead writers left."""
        if not self._folder.is_dir():
            return
        with changing(self._connection):
            known = {name for (name,) in self._connection.execute("SELECT file FROM readings")}
            for file in self._folder.iterdir():
                with contextlib.suppress(OSError):
                    orphan = file.suffix == _SUFFIX and file.name not in known
                    idle = time.time() - file.stat().st_mtime
                    if orphan or (file.suffix == _PART and idle > _STALE_SECONDS):
                        file.unlink()

    def room(self) -> int:
        """Bytes that all readings together may take."""
        free = shutil.disk_usage(self._records.parent).free
        return int(min(self._limit * _GIGABYTE, (free + self._everywhere()) / 10))

    def _make_room(self, wanted: int) -> bool:
        """Drop the least recently used of all libraries until this many bytes fit."""
        excess = self._everywhere() + wanted - self.room()
        for place in self._oldest_first() if excess > 0 else ():
            folder, reading_id, size = place
            with _open(folder) as connection:
                row = connection.execute(
                    "DELETE FROM readings WHERE id = ? RETURNING file", (reading_id,)
                ).fetchone()
            if row:
                (folder / FOLDER / row[0]).unlink(missing_ok=True)
                excess -= size
            if excess <= 0:
                break
        return excess <= 0

    def _take_in(
        self,
        aside: Path,
        identity: str,
        tokens: Sequence[int],
        label: str,
        spans: Sequence[CachedSpan],
        size: int,
    ) -> CachedPrompt:
        file = aside.with_suffix(_SUFFIX)
        now = time.time()
        with changing(self._connection):
            for reading, shorter in self._outdone(identity, tokens, label):
                self._connection.execute("DELETE FROM readings WHERE id = ?", (reading,))
                (self._folder / shorter).unlink(missing_ok=True)
            cursor = self._connection.execute(
                "INSERT INTO readings (identity, label, count, tokens, file, bytes, made, used)"
                " VALUES (?,?,?,?,?,?,?,?)",
                (
                    identity,
                    label,
                    len(tokens),
                    _pack(tokens),
                    file.name,
                    size,
                    now,
                    now,
                ),
            )
            self._connection.executemany(
                "INSERT INTO reading_documents VALUES (?,?,?,?,?)",
                (
                    (cursor.lastrowid, number, part.document_id, part.start, part.end)
                    for number, part in enumerate(spans)
                ),
            )
            aside.replace(file)
        return next(r for r in self.list_all() if r.id == cursor.lastrowid)

    def _outdone(self, identity: str, tokens: Sequence[int], label: str) -> list[tuple[int, str]]:
        """Prompts that this one goes on from; a short head stays, since it loads sooner."""
        whole = _pack(tokens)
        rows = self._connection.execute(
            "SELECT id, file, label, tokens FROM readings WHERE identity = ?", (identity,)
        )
        return [
            (number, file)
            for number, file, name, kept in rows.fetchall()
            if whole.startswith(kept) and (name == label or 2 * len(kept) > len(whole))
        ]

    def _reading(self, row: Sequence[object]) -> CachedPrompt:
        number, identity, label, count, file, size, made, used = row
        parts = self._connection.execute(
            'SELECT document_id, start, "end" FROM reading_documents WHERE reading_id = ?'
            " ORDER BY number",
            (number,),
        )
        return CachedPrompt(
            id=number,  # type: ignore[arg-type]  # columns as the migration declares them
            identity=str(identity),
            label=str(label),
            tokens=count,  # type: ignore[arg-type]
            file=self._folder / str(file),
            bytes=size,  # type: ignore[arg-type]
            made=made,  # type: ignore[arg-type]
            used=used,  # type: ignore[arg-type]
            spans=tuple(CachedSpan(*part) for part in parts),
        )

    def _everywhere(self) -> int:
        return sum(size for _, _, size in self._oldest_first())

    def _oldest_first(self) -> list[tuple[Path, int, int]]:
        found: list[tuple[float, Path, int, int]] = []
        for folder in {self._records.parent, *map(paths.library_dir, paths.libraries())}:
            with contextlib.suppress(sqlite3.DatabaseError), _open(folder) as connection:
                rows = connection.execute("SELECT used, id, bytes FROM readings")
                found += [(used, folder, number, size) for used, number, size in rows]
        return [place for _, *place in sorted(found)]  # type: ignore[misc]


@contextlib.contextmanager
def _open(folder: Path) -> Iterator[sqlite3.Connection]:
    connection = connect(folder / RECORDS)
    try:
        yield connection
    finally:
        connection.close()


def _pack(tokens: Sequence[int]) -> bytes:
    numbers = array.array("I", tokens)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _unpack(packed: bytes) -> tuple[int, ...]:
    numbers = array.array("I", packed)
    if sys.byteorder == "big":
        numbers.byteswap()
    return tuple(numbers)


def _share(one: bytes, other: bytes) -> int:
    """How many numbers both begin with."""
    low, high = 0, min(len(one), len(other)) // _WIDTH
    while low < high:
        middle = (low + high + 1) // 2
        if one[: middle * _WIDTH] == other[: middle * _WIDTH]:
            low = middle
        else:
            high = middle - 1
    return low
