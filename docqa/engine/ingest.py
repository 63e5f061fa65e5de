"""A whole ingest: files into the records, then what is derived from it brought up to date."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from docqa.engine.background_indexing import IndexFollower
from docqa.errors import UsageError
from docqa.llm.embeddings.backend import choose_backend
from docqa.stores.records.ingest_sink import Intake
from docqa.stores.records.library import Library
from docqa.stores.records.names import name_folders
from docqa.stores.reserve import keep_reserve
from docqa.types import Cancelled, IngestStep, ReportProgress
from ingest.discover import WalkOptions, discover
from ingest.errors import Interrupted
from ingest.running.pipeline import Run, RunOptions, Tally
from ingest.running.plan import PlanOptions
from ingest.running.worker_protocol import WorkOptions
from ingest.types import ReadOptions

if TYPE_CHECKING:
    from docqa.settings import IngestSettings, Settings
    from docqa.stores.lexical.index import LexicalIndex
    from docqa.terms import Words

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")
# From here on it pays to index while files are still being read.
_MANY_PASSAGES = 1000


class IngestRequest(Struct, frozen=True):
    """What is asked of one ingest, beside the settings."""

    paths: tuple[Path, ...]
    prune: bool = False
    retry: bool = False
    """Read files again that failed, wholly or in part."""
    password: str | None = None
    """Of locked files; it is kept nowhere."""
    count: bool = False
    """Count the files first, so that progress knows its end."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What folders are to be called, where that is known beforehand."""


class Ingestion:
    """One ingest into one library; iterate for its steps, then look at the tally."""

    def __init__(
        self,
        library: Path,
        settings: "Settings",
        request: IngestRequest,
        cancelled: Cancelled = lambda: False,
        tick: Callable[[Tally], None] = lambda tally: None,
        report: ReportProgress | None = None,
    ) -> None:
        """Prepare; the library is made if it is new, and locked only while this runs."""
        self.tally = Tally()
        self.interrupted = False
        self.total: int | None = None
        self.seconds = 0.0
        self._library = library
        self._settings = settings
        self._request = request
        self._cancelled = cancelled
        self._tick = tick
        self._report = report
        self._follower: IndexFollower | None = None

    def __iter__(self) -> Iterator[IngestStep]:
        _check_paths(self._request, self._library)
        started = time.monotonic()
        with (
            Library.open(self._library, create=True) as library,
            library.write_lock(),
        ):
            keep_reserve(self._library)
            try:
                yield from self._files(library, started)
                yield IngestStep(self.tally.done, self.total, message="ingest.indexing")
                self._derive(library)
            except Interrupted:
                # What is finished is kept; indexes that lag catch up when they are next opened.
                self.interrupted = True
            finally:
                if self._follower:
                    self._follower.leave()
                sweep_prompts(library, self._settings)
                self.seconds = time.monotonic() - started

    def _files(self, library: Library, started: float) -> Iterator[IngestStep]:
        known = name_folders(library.connection, self._request.paths)
        names = {**known, **self._request.names}
        options = run_options(self._settings.ingest, self._request, names)
        if self._request.count:
            self.total = self._count(options.plan.walk)
        run = Run(
            self._request.paths,
            Intake(library),
            options,
            self._cancelled,
            lambda: self._tick(self.tally),
        )
        self.tally = run.tally
        for report in run:
            if self._follower is None and self.tally.passages > _MANY_PASSAGES:
                self._follower = IndexFollower(self._library, _words(self._settings))
            yield IngestStep(self.tally.done, self.total, report, seconds_left=self._leave(started))

    def _count(self, walk: WalkOptions) -> int:
        count = 0
        for folder in discover(self._request.paths, walk):
            if self._cancelled():
                raise Interrupted
            count += len(folder.files)
        return count

    def _derive(self, library: Library) -> None:
        # Even where nothing was added: an earlier run may have left much to be indexed.
        if self._follower is None and not _lexical(library, self._settings).is_level:
            self._follower = IndexFollower(self._library, _words(self._settings), more=False)
        if self._follower and not self._follower.finish(self._cancelled):
            raise Interrupted
        _refresh_vectors(library, self._settings, self._report)
        if choose_backend(self._settings.embedding) != "none":
            # Imported here: most libraries are searched by words alone.
            from docqa.retrieval.embedding_run import embed_new

            embed_new(library, self._settings, self._report, self._cancelled)
        if self._cancelled():
            raise Interrupted

    def _leave(self, started: float) -> float | None:
        """Seconds until the end, if the rest goes as what was read did."""
        read = self.tally.done - self.tally.unchanged
        if not self.total or not read:
            return None
        return (time.monotonic() - started) / read * max(self.total - self.tally.done, 0)


def run_options(
    settings: "IngestSettings", request: IngestRequest, names: Mapping[str, str]
) -> RunOptions:
    """How the settings say that files are found, called, read and cut."""
    return RunOptions(
        PlanOptions(
            work=_with_password(work_options(settings), request.password),
            walk=WalkOptions(settings.hidden, settings.exclude, names=names),
            prune=request.prune,
            retry=request.retry or request.password is not None,
        ),
        settings.jobs,
        settings.file_seconds,
        settings.memory_megabytes << 20,
    )


def _with_password(work: WorkOptions, password: str | None) -> WorkOptions:
    return replace(work, read=replace(work.read, password=password)) if password else work


def work_options(settings: "IngestSettings") -> WorkOptions:
    """How the settings say that one file is read and cut."""
    read = ReadOptions(
        encoding=settings.encoding or None,
        tables=settings.tables,
        ocr=settings.ocr,
        max_bytes=settings.file_megabytes << 20,
    )
    return WorkOptions(read, settings.passage_characters, settings.overlap_sentences)


def refresh_indexes(library: Library, settings: "Settings") -> None:
    """Have every index follow the records, so that the next search need not wait."""
    with _lexical(library, settings) as index:
        index.catch_up()
    _refresh_vectors(library, settings, None)


def _lexical(library: Library, settings: "Settings") -> "LexicalIndex":
    # Imported here: so that errors and help come without waiting for it.
    from docqa.stores.lexical.index import LexicalIndex

    return LexicalIndex(library, _words(settings), None)


def sweep_prompts(library: Library, settings: "Settings") -> None:
    """Delete what the model kept of documents that changed or went: it is as private as they."""
    from docqa.stores.prompt_cache import CachedPrompts

    with CachedPrompts(library.path, settings.readings.limit_gigabytes) as readings:
        readings.sweep()


def _refresh_vectors(library: Library, settings: "Settings", report: ReportProgress | None) -> None:
    from docqa.stores.vectors.factory import refresh_index

    refresh_index(library, settings.embedding, report)


def _words(settings: "Settings") -> "Words":
    from docqa.terms import read_words

    return read_words(settings.search.user_dictionary)


def _check_paths(request: IngestRequest, library: Path) -> None:
    """A mistyped path is an error at once; beside paths that exist, only it fails."""
    missing = [path for path in request.paths if not path.exists() and not path.is_symlink()]
    if len(missing) < len(request.paths):
        return
    if request.prune and library.is_dir():
        # What is gone from disk may be named so that it goes from the library, too.
        with Library.open(library) as kept:
            if all(kept.holds(path) for path in missing):
                return
    # A path's double slashes become one, so that `https://…` arrives as `https:/…`.
    if address := next((path for path in missing if _ADDRESS.match(str(path))), None):
        raise UsageError("ingest.is_address", address=str(address).replace(":/", "://", 1))
    raise UsageError("ingest.no_such_path", path=missing[0])
