"""Whole libraries: listed, made, renamed, removed, and packed into one file for another machine."""

import hashlib
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import msgspec
from msgspec import Struct

from docqa import __version__, paths
from docqa.engine.library.upkeep import measure_disk
from docqa.errors import LibraryDamaged, StorageError, UnknownLibrary, UsageError
from docqa.stores.records.library import RECORDS, Library

SUFFIX = ".docqa"
_MANIFEST = "docqa.json"
_FORMAT = 1
_BLOCK = 1 << 20


class LibraryInfo(Struct, frozen=True):
    """What people want to know of a library before they open it."""

    name: str
    path: str
    documents: int
    passages: int
    characters: int
    failed: int
    sessions: int
    bytes: int
    updated: float | None
    """When a document was last read, in seconds since the epoch."""
    embedder: str | None
    problem: str | None = None
    """Why it cannot be opened, where it cannot."""


class _Manifest(Struct, frozen=True):
    format: int
    name: str
    docqa: str
    bytes: int
    sha256: str


def describe_all() -> list[LibraryInfo]:
    """Every library of the data folder; one that cannot be opened says why."""
    return [_describe_or_say(name) for name in paths.libraries()]


def describe(name: str) -> LibraryInfo:
    """One library, by name or path."""
    folder = paths.library_dir(name)
    with Library.open(folder) as library:
        counts, read = library.counts(), library.connection.execute
        (updated,) = read("SELECT max(updated) FROM documents").fetchone()
        (sessions,) = read("SELECT count(*) FROM sessions WHERE deleted IS NULL").fetchone()
        row = read("SELECT identity FROM embedders WHERE serving = 1").fetchone()
        return LibraryInfo(
            name=library.name,
            path=str(folder),
            documents=counts.documents,
            passages=counts.passages,
            characters=counts.characters,
            failed=len(library.list_failed()),
            sessions=sessions,
            bytes=sum(measure_disk(folder).values()),
            updated=updated,
            embedder=msgspec.json.decode(row[0])["model"] if row else None,
        )


def create(name: str) -> Path:
    """Make an empty library; UsageError where there is one of this name."""
    folder = _free_folder(name)
    Library.open(folder, create=True).close()
    return folder


def rename(old: str, new: str) -> Path:
    """Give a library another name."""
    folder, target = _existing(old), _free_folder(new)
    with _find_unused(folder):
        pass
    try:
        folder.rename(target)
    except OSError as error:
        raise StorageError(path=target, reason=error.strerror) from error
    return target


def remove(name: str) -> Path:
    """Delete a library with its sessions and indexes; the documents' files stay where they are."""
    folder = _existing(name)
    with _find_unused(folder):
        # Out of the way first: what cannot be deleted at once is no library any more.
        doomed = folder.with_name(f".{folder.name}.removed")
        shutil.rmtree(doomed, ignore_errors=True)
    folder.rename(doomed)
    shutil.rmtree(doomed, ignore_errors=True)
    return folder


def pack(name: str, file: Path, *, sessions: bool = True) -> Path:
    """Write a library into one new file; indexes are rebuilt where it is unpacked."""
    folder = _existing(name)
    if file.exists():
        raise UsageError("library.file_exists", path=file)
    with TemporaryDirectory(dir=file.parent or None, prefix=".docqa-") as temporary:
        copy = Path(temporary) / RECORDS
        _copy(folder, copy, sessions=sessions)
        digest, size = _digest(copy)
        manifest = _Manifest(_FORMAT, folder.name, __version__, size, digest)
        packed = Path(temporary) / "packed"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(_MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
            archive.write(copy, RECORDS)
        packed.rename(file)
    return file


def unpack(file: Path, name: str | None = None) -> Path:
    """Make a library of a packed file under a free name, after its hash was checked."""
    if not file.is_file():
        raise UsageError("libraries.no_pack", path=file)
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _manifest(archive, file)
            folder = _free_folder(name or manifest.name)
            paths.private_dir(folder.parent)
            with TemporaryDirectory(dir=folder.parent, prefix=".docqa-") as temporary:
                inside = paths.private_dir(Path(temporary) / folder.name)
                _extract(archive, manifest, inside / RECORDS, file)
                # Opened once, so that one of a newer docqa is refused before it is in place.
                Library.open(inside).close()
                inside.rename(folder)
    except OSError as error:
        raise StorageError(path=error.filename or file, reason=error.strerror) from error
    except zipfile.BadZipFile as error:
        raise LibraryDamaged("library.not_packed", path=file, reason=str(error)) from error
    return folder


def _describe_or_say(name: str) -> LibraryInfo:
    try:
        return describe(name)
    except (StorageError, sqlite3.DatabaseError) as error:
        folder = str(paths.library_dir(name))
        return LibraryInfo(name, folder, 0, 0, 0, 0, 0, 0, None, None, str(error))


def _existing(name: str) -> Path:
    folder = paths.library_dir(name)
    if not (folder / RECORDS).is_file():
        raise UnknownLibrary(name=name, known=", ".join(paths.libraries()) or "-")
    return folder


def _free_folder(name: str) -> Path:
    folder = paths.library_dir(name)
    if not folder.name or name != name.strip() or name in (".", ".."):
        raise UsageError("library.bad_name", name=name)
    if folder.exists():
        raise UsageError("library.name_taken", name=name)
    return folder


@contextmanager
def _find_unused(folder: Path) -> Iterator[None]:
    """Hold the library while nobody writes; LibraryLocked where somebody does."""
    with Library.open(folder) as library, library.write_lock():
        yield


def _copy(folder: Path, target: Path, *, sessions: bool) -> None:
    with Library.open(folder) as library:
        library.connection.execute("VACUUM INTO ?", (str(target),))
    with closing(sqlite3.connect(target)) as copy:
        # Computed prompts are files of this machine, and not packed.
        copy.execute("DELETE FROM readings")
        if not sessions:
            copy.execute("DELETE FROM turns")
            copy.execute("DELETE FROM sessions")
        copy.commit()
        copy.execute("VACUUM")


def _manifest(archive: zipfile.ZipFile, file: Path) -> _Manifest:
    try:
        with archive.open(_MANIFEST) as member:
            manifest = msgspec.json.decode(member.read(_BLOCK), type=_Manifest)
    except (KeyError, msgspec.DecodeError) as error:
        raise LibraryDamaged("library.not_packed", path=file, reason=str(error)) from error
    if manifest.format > _FORMAT:
        raise LibraryDamaged("library.packed_by_newer", path=file, version=manifest.docqa)
    if Path(manifest.name).name != manifest.name:
        raise LibraryDamaged("library.not_packed", path=file, reason=manifest.name)
    return manifest


def _extract(archive: zipfile.ZipFile, manifest: _Manifest, target: Path, file: Path) -> None:
    """Copy the library out, no more than was promised; LibraryDamaged where the hash differs."""
    with archive.open(RECORDS) as member, target.open("wb") as out:
        left = manifest.bytes
        while block := member.read(min(_BLOCK, left)):
            out.write(block)
            left -= len(block)
        is_longer = bool(member.read(1))
    if is_longer or _digest(target) != (manifest.sha256, manifest.bytes):
        raise LibraryDamaged("library.hash_differs", path=file)


def _digest(file: Path) -> tuple[str, int]:
    with file.open("rb") as opened:
        return _hash(opened), file.stat().st_size


def _hash(opened: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := opened.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()
