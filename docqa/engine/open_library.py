"""The library in use with its search and its sessions, opened when first needed."""

import threading
from pathlib import Path

from docqa.errors import QueryError
from docqa.retrieval import Searcher, open_searcher
from docqa.settings import Settings
from docqa.stores.records.library import CATALOGUE, Library
from docqa.stores.sessions import Sessions
from docqa.types import Progress, SearchRequest, SearchResult, Warned


class Shelf:
    """One library for all threads: `lock` is held for whatever must not interleave."""

    def __init__(self, path: Path, settings: Settings) -> None:
        """Open nothing yet."""
        self.path = path
        self.lock = threading.RLock()
        self._settings = settings
        self._library: Library | None = None
        self._file: tuple[int, int] | None = None
        self._searcher: Searcher | None = None
        self._heard: list[Warned] = []
        self._untold = 0

    @property
    def library(self) -> Library:
        """The library; UnknownLibrary where there is none."""
        with self.lock:
            file = _file(self.path / CATALOGUE)
            if self._library is not None and file != self._file:
                # Deleted or made anew meanwhile: what is still open would be kept nowhere.
                self.close()
            self._library = self._library or Library.open(self.path)
            self._file = file
            return self._library

    @property
    def sessions(self) -> Sessions:
        """The library's sessions."""
        return Sessions(self.library.connection)

    def search(self, request: SearchRequest) -> SearchResult:
        """Search the library; QueryError where it is empty."""
        with self.lock:
            if not self.library.counts().passages:
                raise QueryError("answer.library_empty", name=self.library.name)
            self._searcher = self._searcher or open_searcher(
                self.library, self._settings, self._hear
            )
            return self._searcher.search(request)

    def fresh_notes(self) -> list[Warned]:
        """What the user should know about the search, such as that it goes by words alone; once."""
        notes = self._heard[self._untold :]
        self._untold += len(notes)
        return notes

    def close(self) -> None:
        """Let go of what was opened."""
        with self.lock:
            if self._searcher is not None:
                self._searcher.close()
            # Not closed by hand: a thread may be reading from it, and SQLite would end the whole
            # process. The connection closes when the last reader lets go of it.
            self._searcher = self._library = None

    def _hear(self, progress: Progress) -> None:
        note = Warned(progress.message, progress.facts)
        # What tells how far it is goes by while one waits.
        if progress.total is None and note not in self._heard:
            self._heard.append(note)


def _file(path: Path) -> tuple[int, int] | None:
    try:
        known = path.stat()
    except OSError:
        return None
    return known.st_dev, known.st_ino
