"""How a file is read, or how a document of the library was."""

from pathlib import Path

from msgspec import Struct

from docqa import paths
from docqa.engine.ingest import work_options
from docqa.errors import QueryError, StorageError, UnknownLibrary, UsageError
from docqa.reasons import words
from docqa.settings import Settings
from docqa.stores.records.library import Library
from docqa.types import DocumentInfo
from ingest.running.pool import Pool
from ingest.running.worker_protocol import FileOutcome, work_file
from ingest.splitting.packed import PackedDocument, unpack_pages
from ingest.types import PageReport


class Cut(Struct, frozen=True):
    """A passage as it was cut: its span, its page and its headings."""

    start: int
    end: int
    page: int | None
    heading: tuple[str, ...]


class Inspection(Struct, frozen=True):
    """What was read of a file, just now or when it was kept."""

    path: str
    library: str | None
    text: str
    title: str | None
    encoding: str | None
    confidence: float | None
    pages: tuple[PageReport, ...]
    passages: tuple[Cut, ...]
    headings: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]

    @property
    def unreadable_pages(self) -> tuple[int, ...]:
        """Numbers of the pages that hold no readable text."""
        return tuple(page.number for page in self.pages if not page.readable)


def inspect_file(file: Path, settings: Settings) -> Inspection:
    """Read a file as an ingest would, and keep nothing."""
    shown = paths.printable(str(file))
    outcome = _read(file, settings)
    if outcome.document is None:
        reason = words(outcome.reason, outcome.facts)
        raise StorageError("library.unreadable", path=shown, reason=reason)
    return _from_packed(shown, outcome.document, _library_with(file, settings))


def inspect_document(name: str, settings: Settings) -> Inspection:
    """How a document of the library was read; UsageError where nothing has this name."""
    try:
        with Library.open(paths.library_dir(settings.library.name)) as library:
            return _from_library(library, library.document(name))
    except (UnknownLibrary, QueryError) as error:
        if error.code in ("library.ambiguous", "library.several_match"):
            raise
        raise UsageError("library.no_such_file", path=name) from error


def _read(file: Path, settings: Settings) -> FileOutcome:
    """What a worker makes of the file, within the limits that ingest sets."""
    limits = settings.ingest
    pool = Pool(work_options(limits), 1, limits.file_seconds, limits.memory_megabytes << 20)
    try:
        pool.give([work_file(1, str(file.absolute()), ())])
        while True:
            if outcomes := pool.outcomes(timeout=0.1):
                return outcomes[0]
    finally:
        pool.close()


def _from_packed(path: str, document: PackedDocument, library: str | None) -> Inspection:
    cuts = (Cut(s, e, page, document.headings[h]) for s, e, page, h in document.passages)
    return Inspection(
        path=path,
        library=library,
        text=document.text,
        title=document.title,
        encoding=document.encoding,
        confidence=document.confidence,
        pages=unpack_pages(document.pages),
        passages=tuple(cuts),
        headings=tuple(heading for heading in document.headings if heading),
        notes=document.notes,
    )


def _library_with(file: Path, settings: Settings) -> str | None:
    """The library's name, where it holds this file."""
    try:
        with Library.open(paths.library_dir(settings.library.name)) as library:
            return library.name if library.holds(file) else None
    except UnknownLibrary:
        return None


def _from_library(library: Library, info: DocumentInfo) -> Inspection:
    passages = library.passages_of(info.id)
    confidence, notes = info.facts.get("confidence"), info.facts.get("notes", ())
    headings = dict.fromkeys(s.heading for s in library.sections(info.id) if s.heading)
    return Inspection(
        path=info.path,
        library=library.name,
        text=library.text(info.id),
        title=info.title,
        encoding=info.encoding,
        confidence=confidence if isinstance(confidence, float) else None,
        pages=library.pages(info.id),
        passages=tuple(Cut(p.start, p.end, p.page, p.heading) for p in passages),
        headings=tuple(headings),
        notes=tuple(notes) if isinstance(notes, list) else (),
    )
