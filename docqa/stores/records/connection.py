"""How the SQLite file of the records is opened."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from docqa.errors import LibraryDamaged, StorageError
from docqa.paths import private_file

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

_BUSY_SECONDS = 30
# What SQLite says where nothing can be written beside the file: a read-only medium, a full disk.
_NOT_WRITABLE = ("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_FULL", "SQLITE_IOERR")


class Connection(sqlite3.Connection):
    """A connection that says in docqa's words that it is damaged, full or read-only."""

    read_only = False
    """Whether the file lies where nothing can be written."""
    copy: "TemporaryDirectory[str] | None" = None
    """Where a copy lies that is read instead; it goes with the connection."""

    def execute(self, *arguments: Any) -> sqlite3.Cursor:
        """Run a statement; StorageError where the file is damaged, full or read-only."""
        try:
            return super().execute(*arguments)
        except sqlite3.DatabaseError as error:
            raise self._wording(error) from error

    def executemany(self, *arguments: Any) -> sqlite3.Cursor:
        """Run a statement for many rows; errors as in `execute`."""
        try:
            return super().executemany(*arguments)
        except sqlite3.DatabaseError as error:
            raise self._wording(error) from error

    def _wording(self, error: sqlite3.DatabaseError) -> Exception:
        name = getattr(error, "sqlite_errorname", None) or ""
        if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or "decode" in str(error):
            # A text of which a flipped bit left no UTF-8 is damage, too.
            return LibraryDamaged(name=Path(_path(self)).parent.name, reason=str(error))
        if name == "SQLITE_FULL":
            return StorageError("error.disk_full", path=_path(self))
        if name.startswith("SQLITE_READONLY"):
            return StorageError("error.read_only", path=_path(self))
        return error


def connect(path: Path, *, to_write: bool = False) -> Connection:
    """Open the file with a write-ahead log, so that readers and the writer do not wait.

    Where nothing can be written it is opened for reading alone, unless it is opened `to_write`.
    """
    try:
        return _connect_for_writing(private_file(path))
    except (sqlite3.OperationalError, StorageError) as error:
        name = getattr(error.__cause__ or error, "sqlite_errorname", "SQLITE_CANTOPEN")
        is_readable = path.is_file() and not path.is_symlink()
        if to_write or not is_readable or not name.startswith(_NOT_WRITABLE):
            raise
        return _connect_for_reading(path)


def copy_of(connection: Connection) -> Connection:
    """A private copy that can be written, of a file that can only be read."""
    copy = _open("")
    connection.backup(copy)
    copy.read_only = True
    connection.close()
    return copy


@contextmanager
def changing(connection: sqlite3.Connection) -> Iterator[None]:
    """Make changes that are done together or not at all."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    except BaseException as error:
        # Where the disk is full, SQLite has already undone them by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if isinstance(error, sqlite3.OperationalError):
            raise StorageError(path=_path(connection), reason=str(error)) from error
        raise


def seal(*values: bytes | None) -> int:
    """A checksum of the columns of a row, each as bytes."""
    found = 0
    for value in values:
        # With its length, so that no byte can move from one column to the next.
        found = crc32(b"-" if value is None else b"%d:%b" % (len(value), value), found)
    return found


def _connect_for_writing(path: Path) -> Connection:
    connection = _open(str(path))
    try:
        # Only a new file takes this: what is removed then gives its room back to the disk.
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        connection.close()
        raise
    return connection


def _connect_for_reading(path: Path) -> Connection:
    log = path.with_name(f"{path.name}-wal")
    if log.is_file() and log.stat().st_size:
        # Imported here: next to no library is read in this way.
        from tempfile import TemporaryDirectory

        # What was written last stands in the log, which SQLite reads only where it can write.
        folder = TemporaryDirectory(prefix="docqa-")
        copy = Path(shutil.copy(path, folder.name))
        shutil.copy(log, folder.name)
        connection = _connect_for_writing(copy)
        connection.copy = folder
    else:
        connection = _open(f"{path.absolute().as_uri()}?immutable=1")
    connection.read_only = True
    return connection


def _open(name: str) -> Connection:
    connection = sqlite3.connect(
        name,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        factory=Connection,
        uri=name.startswith("file:"),
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.create_function("docqa_seal", -1, seal, deterministic=True)
    except BaseException:
        connection.close()
        raise
    return connection


def _path(connection: sqlite3.Connection) -> str:
    try:
        _, _, path = sqlite3.Connection.execute(connection, "PRAGMA database_list").fetchone()
    except sqlite3.DatabaseError:
        return "-"
    return str(path)
