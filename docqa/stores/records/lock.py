"""One writer per library: a file lock that the system lets go when its holder dies."""

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from docqa.errors import LibraryLocked, StorageError
from docqa.paths import private_file

# The lock lies beyond what is written, so that others can read who holds it (Windows locks ranges).
_LOCKED_BYTE = 1 << 20


@contextmanager
def write_lock(folder: Path) -> Iterator[None]:
    """Hold the library in this folder for writing; LibraryLocked names who has it already."""
    try:
        file = _open(private_file(folder / "write.lock"))
    except OSError as error:
        if error.errno in (errno.EROFS, errno.EACCES):
            raise StorageError("error.read_only", path=folder) from error
        raise
    with file:
        if not _acquire(file):
            raise LibraryLocked(holder=_holder(file), name=folder.name)
        try:
            _sign(file)
            yield
        finally:
            file.truncate(0)
            _release(file)


def _sign(file: IO[str]) -> None:
    """Write down who holds the lock; on a full disk it is held without a name."""
    file.truncate(0)
    with suppress(OSError):
        os.write(file.fileno(), f"{os.getpid()}, {time.strftime('%H:%M:%S')}".encode())


def _open(path: Path) -> IO[str]:
    # Between the look at it and now it may have become a link: then it is not opened.
    flags = os.O_RDWR | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
    return open(path, "a+", encoding="utf-8", opener=lambda name, _: os.open(name, flags))


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
