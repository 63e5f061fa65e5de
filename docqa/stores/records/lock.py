"""One writer per library: a file lock that the system lets go when its holder dies."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from docqa.errors import LibraryLocked

# The lock lies beyond what is written, so that others can read who holds it (Windows locks ranges).
_LOCKED_BYTE = 1 << 20


@contextmanager
def write_lock(folder: Path) -> Iterator[None]:
    """Hold the library in this folder for writing; LibraryLocked names who has it already."""
    with (folder / "write.lock").open("a+", encoding="utf-8") as file:
        if not _acquire(file):
            raise LibraryLocked(holder=_holder(file), name=folder.name)
        try:
            file.truncate(0)
            file.write(f"{os.getpid()}, {time.strftime('%H:%M:%S')}")
            file.flush()
            yield
        finally:
            file.truncate(0)
            _release(file)


def _holder(file: IO[str]) -> str:
    file.seek(0)
    return file.read().strip() or "?"


if sys.platform == "win32":
    import msvcrt

    def _acquire(file: IO[str]) -> bool:
        file.seek(_LOCKED_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _release(file: IO[str]) -> None:
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _acquire(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _release(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
