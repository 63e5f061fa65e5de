"""Zip containers, opened only after their sizes were checked, declared and actual."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from ingest.errors import FileUnreadable, TooLarge
from ingest.source import SourceFile

# Office files of text shrink to a tenth or so; ten times that is no longer a document.
_MOST_GROWTH = 200
_ALWAYS_ALLOWED = 32 * 1024 * 1024
_MOST_ENTRIES = 20_000
# Office readers trust the parts of a document to be there and to be well-formed.
FAULTS: tuple[type[Exception], ...] = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, SyntaxError,
    KeyError, IndexError, ValueError, AttributeError, TypeError,
)  # fmt: skip


def check_archive(source: SourceFile, *, office: bool = True) -> None:
    """Refuse a container that would unpack to more than the limits allow."""
    with open_checked(source) as archive:
        if office and any(_declares_entities(archive, entry) for entry in archive.infolist()):
            raise FileUnreadable("xml_entities")


@contextmanager
def open_checked(source: SourceFile) -> Iterator[zipfile.ZipFile]:
    """The container, once it is known not to unpack to more than the limits allow."""
    with open_archive(source) as archive:
        entries = archive.infolist()
        if len(entries) > _MOST_ENTRIES:
            raise TooLarge("archive_entries", entries=len(entries), limit=_MOST_ENTRIES)
        limit = limit_of(source)
        declared = sum(entry.file_size for entry in entries)
        if declared > limit:
            raise TooLarge("archive_bomb", size=declared, limit=limit)
        if any(entry.flag_bits & 1 for entry in entries):
            raise FileUnreadable("encrypted")
        yield archive


def _declares_entities(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    # Office formats forbid document types, so a file with one is an attack.
    if not entry.filename.endswith((".xml", ".rels")) or entry.file_size < 32:
        return False
    try:
        with archive.open(entry) as file:
            return b"<!DOCTYPE" in file.read(512)
    except FAULTS:
        return False  # the reader of the part finds it damaged


def limit_of(source: SourceFile) -> int:
    """How many bytes the container may hold unpacked."""
    grown = max(_ALWAYS_ALLOWED, _MOST_GROWTH * len(source.data))
    return min(grown, source.options.max_bytes)


@contextmanager
def open_archive(source: SourceFile) -> Iterator[zipfile.ZipFile]:
    """The container, each of its faults reported as a damaged file."""
    with faults_named(), zipfile.ZipFile(io.BytesIO(source.data)) as archive:
        yield archive


@contextmanager
def faults_named(*further: type[Exception]) -> Iterator[None]:
    """Report what fails in a broken container as a damaged file."""
    faults = FAULTS + further
    try:
        yield
    except faults as error:
        raise FileUnreadable("damaged") from error


def entry(archive: zipfile.ZipFile, name: str) -> bytes:
    """One entry; more bytes than it declares is a fault."""
    info = archive.getinfo(name)
    with archive.open(info) as file:
        data = file.read(info.file_size + 1)
    if len(data) > info.file_size:
        raise TooLarge("archive_bomb", size=len(data), limit=info.file_size)
    return data


def intact_entries(archive: zipfile.ZipFile) -> tuple[dict[str, bytes], set[str]]:
    """The entries that can be read, and the names of those that are damaged."""
    intact: dict[str, bytes] = {}
    damaged: set[str] = set()
    for name in dict.fromkeys(archive.namelist()):
        try:
            intact[name] = entry(archive, name)
        except FAULTS:
            damaged.add(name)
    return intact, damaged
