"""Indexes passages while an ingest is still adding more, beside it in a thread."""

from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from docqa.stores.records.library import Library
from docqa.types import Cancelled

if TYPE_CHECKING:
    from docqa.terms import Words

_LOOK_SECONDS = 0.05


class IndexFollower:
    """Keeps the lexical index behind the records by little; `finish` waits until it is level."""

    def __init__(self, library: Path, words: "Words", *, more: bool = True) -> None:
        """Begin at once, through a connection of its own; `more` says that more will be added."""
        self._library = library
        self._words = words
        self._finished = Event()
        if not more:
            self.leave()
        self._error: Exception | None = None
        # Nobody waits for it when the run is stopped: the next search makes up for the rest.
        self._thread = Thread(target=self._follow, daemon=True)
        self._thread.start()

    def leave(self) -> None:
        """Let it end by itself once it has caught up."""
        self._finished.set()

    def finish(self, cancelled: Cancelled) -> bool:
        """Wait until all is indexed, False if cancelled; the thread's error is raised here."""
        self.leave()
        while self._thread.is_alive():
            if cancelled():
                return False
            self._thread.join(_LOOK_SECONDS)
        if self._error:
            raise self._error
        return True

    def _follow(self) -> None:
        # Imported here: the run need not wait for tantivy.
        from docqa.stores.lexical.index import LexicalIndex

        try:
            # What can only be read is read from a copy, which the end of the process sweeps away:
            # no thread may still be filling it then.
            with Library.open(self._library, to_write=True) as library:
                index = LexicalIndex(library, self._words, None)
                index.catch_up(lambda: not self._finished.is_set())
                index.close()
        except Exception as error:  # handed on to the thread that waits
            self._error = error
