"""What a library holds: its documents and sessions, to list, show and change."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from docqa.closing import Closing
from docqa.engine.open_library import OpenLibrary
from docqa.types import CitationCheck, DocumentInfo, Passage, SessionInfo, Turn
from ingest.types import Section

if TYPE_CHECKING:
    from docqa.stores.records.library import Counts
    from docqa.stores.records.limits import Dated


class Holdings(Closing):
    """The part of the engine that shows what the library in use holds."""

    _opened: OpenLibrary

    @property
    def folder(self) -> Path:
        """The folder of the library in use."""
        return self._opened.path

    @property
    def name(self) -> str:
        """Name of the library in use, also where it was given as a path."""
        return self._opened.path.name

    def counts(self) -> "Counts":
        """How many documents, passages and characters the library holds."""
        return self._opened.library.counts()

    # Documents

    def documents(self, scope: Sequence[str] = ()) -> list[DocumentInfo]:
        """Documents of the library, or those that the globs or paths match."""
        return self._opened.library.documents(scope)

    def list_all(self, scope: Sequence[str] = ()) -> list[DocumentInfo]:
        """Documents and files that could not be read, or those that the scope matches."""
        from docqa.engine.library.upkeep import list_all

        return list_all(self._opened.library, list(scope))

    def failed_documents(self) -> list[DocumentInfo]:
        """Files that could not be read, with the reason."""
        return self._opened.library.list_failed()

    def document_text(self, document_id: int, start: int = 0, end: int | None = None) -> str:
        """A stretch of a document's extracted text."""
        return self._opened.library.text(document_id, start, end)

    def location_of(self, document: str) -> str | None:
        """The absolute path of a document by its name; None where the library has none."""
        return self._opened.library.location_of(document)

    def changed_files(self, most: int = 5_000) -> dict[str, str]:
        """Files that are `changed` or `gone` since they were read; only so many are looked at."""
        return self._opened.library.changed_files(most)

    def embedded_share(self) -> float | None:
        """The part of the passages that searches by meaning see; None where nothing is embedded."""
        return self._opened.library.embedded_share()

    def dates(self) -> "dict[int, Dated]":
        """When each document is from and how that is known, by its id."""
        return self._opened.library.find_dates()

    def file_of(self, document: str) -> Path | None:
        """Where a document lies on disk, if it still does."""
        library = self._opened.library
        places = library.places(library.document(document).id)
        return next((file for place in places if (file := Path(place)).is_file()), None)

    def page_label(self, document_id: int, page: int) -> str | None:
        """The number printed on a page of a document, where it is not that of the sheet."""
        return self._opened.library.page_label(document_id, page)

    def sections(self, document_id: int) -> list[Section]:
        """Blocks of a document with their pages and headings."""
        return self._opened.library.sections(document_id)

    def neighbours(self, passage: Passage, reach: int) -> tuple[list[Passage], list[Passage]]:
        """The passages before and after one in its document."""
        return self._opened.neighbours(passage, reach)

    # Sessions

    def sessions(self, matching: str = "") -> list[SessionInfo]:
        """Kept sessions, newest first; each word of `matching` must occur in their text."""
        return self._opened.sessions.list_all(matching)

    def last_session(self) -> SessionInfo | None:
        """The session that was used last."""
        return self._opened.sessions.last()

    def session(self, session: str) -> tuple[SessionInfo, list[Turn]]:
        """A session by its id or the beginning of it, with its turns."""
        info = self._opened.sessions.get(session)
        return info, self._opened.sessions.turns(info.id)

    def rename_session(self, session: str, title: str) -> None:
        """Give a session another title."""
        with self._opened.lock:
            sessions = self._opened.sessions
            sessions.rename(sessions.get(session).id, title)

    def delete_session(self, session: str) -> None:
        """Delete a session; `restore_sessions` brings back what was deleted last."""
        with self._opened.lock:
            sessions = self._opened.sessions
            sessions.delete([sessions.get(session).id])

    def restore_sessions(self) -> int:
        """Bring back what was deleted last; return how many sessions that were."""
        with self._opened.lock:
            return self._opened.sessions.restore()

    def export_session(self, session: str, form: str = "markdown") -> str:
        """A session as `markdown`, `json` or `html`, with quotes and file hashes."""
        from docqa.answer.export import export

        info, turns = self.session(session)
        sessions = self._opened.sessions
        lost = sessions.unreadable(info.id)
        return export(info, turns, sessions.sources(info.id), form, lost)

    def verify_session(self, session: str) -> list[CitationCheck]:
        """Compare a session's citations with the documents as they are now."""
        from docqa.answer.checking.kept_citations import verify

        _, turns = self.session(session)
        return verify(self._opened.library, turns)
