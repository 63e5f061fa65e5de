"""A file as it came from the disk, with what the user said about reading it."""

import errno
import os
import stat
from pathlib import Path

from msgspec import Struct

from ingest.errors import FileUnreadable, TooLarge
from ingest.types import ReadOptions


class SourceFile(Struct, frozen=True):
    """The bytes of a file, read once; `path` gives its name and place."""

    path: Path
    data: bytes
    options: ReadOptions

    @property
    def suffix(self) -> str:
        """The name's suffix in lower case, such as `.pdf`."""
        return self.path.suffix.lower()


def load(path: Path, options: ReadOptions) -> SourceFile:
    """Read a regular file whole; never waits on a pipe, never passes `max_bytes`."""
    # Without NONBLOCK, opening a pipe waits for a writer that may never come.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        raise _phrase(error) from error
    try:
        data = _content(descriptor, options.max_bytes)
    except OSError as error:
        raise _phrase(error) from error
    finally:
        os.close(descriptor)
    if not data:
        raise FileUnreadable("empty")
    return SourceFile(path, data, options)


def _content(descriptor: int, limit: int) -> bytes:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise FileUnreadable("not_a_file")
    _check_size(status.st_size, limit)
    with os.fdopen(descriptor, "rb", closefd=False) as file:
        data = file.read(status.st_size + 1)
    _check_size(len(data), limit)
    return data


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise TooLarge("too_large", size=size, limit=limit)


def _phrase(error: OSError) -> FileUnreadable:
    if isinstance(error, FileNotFoundError):
        return FileUnreadable("vanished")
    if error.errno == errno.ELOOP:
        return FileUnreadable("link_loop")
    if isinstance(error, PermissionError):
        return FileUnreadable("no_permission")
    if isinstance(error, IsADirectoryError) or error.errno == errno.ENXIO:
        return FileUnreadable("not_a_file")
    return FileUnreadable("unreadable", reason=error.strerror or str(error))
