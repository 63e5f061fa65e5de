"""The library in use with its search and its sessions, opened when first needed."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from docqa.engine.notices import Notices
from docqa.errors import MissingExtra, ModelError, QueryError
from docqa.retrieval import Searcher, open_searcher
from docqa.settings import Settings
from docqa.stores.records.library import RECORDS, Library
from docqa.types import Answer, DocumentLimits, Passage, SearchRequest, SearchResult, Warned

if TYPE_CHECKING:
    from docqa.answer.quoting.ranking import Rated
    from docqa.answer.reader.rating import Rater
    from docqa.stores.sessions import Sessions


class OpenLibrary:
    """One library for all threads: `lock` is held for whatever must not interleave."""

    def __init__(self, path: Path, settings: Settings, notices: Notices) -> None:
        """Open nothing yet; what the user should know goes into the notices."""
        self.path = path
        self.lock = threading.RLock()
        self._settings = settings
        self._library: Library | None = None
        self._file: tuple[int, int] | None = None
        self._searcher: Searcher | None = None
        self._rater: Rater | None = None
        self._has_reader = True
        self._notices = notices

    @property
    def library(self) -> Library:
        """The library; UnknownLibrary where there is none."""
        with self.lock:
            file = _file(self.path / RECORDS)
            if self._library is not None and file != self._file:
                # Deleted or replaced meanwhile: what is still open would be kept nowhere.
                self.close()
            self._library = self._library or Library.open(self.path)
            self._file = file
            return self._library

    @property
    def sessions(self) -> "Sessions":
        """The library's sessions."""
        # Imported here: a search opens none.
        from docqa.stores.sessions import Sessions

        return Sessions(self.library.connection)

    def search(self, request: SearchRequest) -> SearchResult:
        """Search the library; QueryError where it is empty."""
        with self.lock:
            if not self.library.counts().passages:
                raise QueryError("answer.library_empty", name=self.library.name)
            self._searcher = self._searcher or open_searcher(
                self.library, self._settings, self._notices.hear
            )
            if request.limits:
                self._notices.push(self._describe(request.limits))
            return self._searcher.search(request)

    def compare(self, question: str, texts: Sequence[str]) -> list[float]:
        """How near texts are in meaning to what answers a question; nothing where not known."""
        with self.lock:
            return self._searcher.compare(question, texts) if self._searcher else []

    def measure_likeness(self, text: str, others: Sequence[str]) -> list[float]:
        """How much texts say the same as another in meaning; nothing where that is not known."""
        with self.lock:
            return self._searcher.measure_likeness(text, others) if self._searcher else []

    def rate(self, question: str, result: SearchResult) -> "list[Rated]":
        """How likely each span of what was found is, by the ranking alone where no reader can."""
        # Imported here: a search rates nothing.
        from docqa.answer.quoting.ranking import rate
        from docqa.answer.reader.rating import Rater

        with self.lock:
            self._rater = self._rater or Rater(self._settings, self.compare)
            if self._has_reader:
                try:
                    return self._rater.rate(question, result)
                except (ModelError, MissingExtra) as error:
                    self._has_reader = False
                    self._notices.push(Warned("reader.ranking_instead", {"reason": str(error)}))
            return rate(question, result, self.compare)

    def _describe(self, limits: DocumentLimits) -> Warned:
        """How many documents limits let through, and how their dates are known."""
        dated = self.library.find_dates(limits)
        sources = Counter(one.source for one in dated.values())
        facts = {"count": len(dated), "all": self.library.counts().documents}
        counts = {source: sources[source] for source in ("name", "text", "metadata", "file")}
        return Warned("search.limited", facts | counts)

    def neighbours(self, passage: Passage, reach: int) -> tuple[list[Passage], list[Passage]]:
        """The passages before and after one in its document."""
        number, at = passage.document_id, passage.ordinal
        before = self.library.passages_of(number, max(0, at - reach), at - 1) if at else []
        return before, self.library.passages_of(number, at + 1, at + reach)

    def warn_of_changes(self, answer: Answer) -> Iterator[Warned]:
        """Whether files that the answer rests on have changed or gone since they were read."""
        documents = dict.fromkeys(one.document for one in answer.citations)
        states = {document: self.library.state_of(document) for document in documents}
        for state, message in (("changed", "ask.file_changed"), ("gone", "ask.file_gone")):
            if names := [document for document, known in states.items() if known == state]:
                yield Warned(message, {"documents": ", ".join(names)})

    def close(self) -> None:
        """Let go of what was opened."""
        with self.lock:
            if self._searcher is not None:
                self._searcher.close()
            # Not closed by hand: a thread may be reading from it, and SQLite would end the whole
            # process. The connection closes when the last reader lets go of it.
            self._searcher = self._library = self._rater = None


def _file(path: Path) -> tuple[int, int] | None:
    try:
        known = path.stat()
    except OSError:
        return None
    return known.st_dev, known.st_ino
