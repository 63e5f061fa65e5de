"""Where a run puts what it reads, and asks what is kept already."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from msgspec import Struct

from ingest.splitting.packed import PackedDocument


class Place(Struct, frozen=True):
    """A file as it was found: where, how it is shown, and what tells that it changed."""

    folder: str
    name: str
    shown: str
    size: int = 0
    mtime: int = 0


class Known(NamedTuple):
    """A file as it was when it was kept; `sha256` is empty where it could not be read."""

    size: int
    mtime: int
    recipe: str
    sha256: str
    reason: str | None
    facts: str
    encoding: str | None
    pages: int
    unreadable_pages: str
    passages: int
    characters: int


class Sink(Protocol):
    """Keeps documents; what was done is lasting only once it is committed."""

    def find_known(self, folder: str) -> Mapping[str, Known]:
        """The files of a folder that are kept, or that failed, by name."""
        ...

    def folders(self, root: str) -> Iterable[str]:
        """Folders at or below this one that hold known files."""
        ...

    def contents(self, size: int, recipe: str) -> tuple[str, ...]:
        """Hashes of kept files of this size; a few, or none where they are too many to help."""
        ...

    def put(self, place: Place, document: PackedDocument, sha256: str, recipe: str) -> None:
        """Keep what was read at a place, replacing what was there."""
        ...

    def refer(self, place: Place, sha256: str, recipe: str) -> Known | None:
        """Let a place refer to content that is kept; None if it is no longer kept."""
        ...

    def fail(
        self, place: Place, recipe: str, reason: str, facts: Mapping[str, object], *, forget: bool
    ) -> None:
        """Remember that a file could not be read; `forget` drops what was there before."""
        ...

    def remove(self, folder: str, name: str) -> None:
        """Drop what was kept of a file."""
        ...

    def commit(self) -> None:
        """Make everything lasting that was done."""
        ...

    def rollback(self) -> None:
        """Undo what was not committed."""
        ...
