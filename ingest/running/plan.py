"""Decides, file by file, what a run has to do: nothing, read, report, or forget."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from ingest.discover import FoundFile, FoundFolder, WalkOptions, discover
from ingest.formats import FAMILIES, reason_to_skip
from ingest.running.worker_protocol import WorkOptions
from ingest.sink import Known, Place, Sink
from ingest.types import FileReport, FileStatus

# Raise it when files are read or cut better than before: what is kept is then read again.
READING = 3
# These come and go without the file changing, so that each run looks again.
PASSING = frozenset({"vanished", "no_permission", "needs_extra", "worker_start", "unreadable"})
# The file was not opened: nothing is known about what is in it now.
UNOPENED = frozenset({"vanished", "no_permission", "not_a_file", "link_loop"})


class PlanOptions(Struct, frozen=True):
    """What a user may say about which files are read again or forgotten."""

    work: WorkOptions
    walk: WalkOptions = field(default_factory=WalkOptions)
    prune: bool = False
    retry: bool = False
    """Read files again that failed, wholly or in part."""


class FileTask(Struct, frozen=True):
    """A file that has to be read."""

    place: Place
    suffix: str
    recipe: str
    known: Known | None
    hashes: tuple[str, ...] = ()
    """Contents that are kept already; to find one of them is enough."""
    named: bool = False
    """The user asked for this very file."""

    @property
    def path(self) -> str:
        """Where the file lies."""
        return os.path.join(self.place.folder, self.place.name)  # noqa: PTH118


class Plan:
    """Walks the paths against what is kept; each file becomes a report or a task."""

    def __init__(self, paths: Sequence[Path], sink: Sink, options: PlanOptions) -> None:
        """Look at nothing yet."""
        self._paths = paths
        self._sink = sink
        self._options = options
        self._recipes: dict[str, str] = {}
        self.gone: list[tuple[str, str, str]] = []
        """Folder, name and shown name of the files that are kept though no longer there."""

    def __iter__(self) -> Iterator[FileReport | FileTask]:
        walked: set[str] = set()
        closed: list[str] = []
        for folder in discover(self._paths, self._options.walk):
            walked.add(folder.path)
            if ("", "skipped_library") not in folder.skipped and not folder.whole:
                closed.append(folder.path)
            yield from self._folder(folder)
        for path in self._paths:
            self._note_vanished_folders(os.path.abspath(path), walked, closed)  # noqa: PTH100

    def prune(self) -> Iterator[FileReport]:
        """Forget the files that are gone: last of all, so that a moved file is known again."""
        if self._options.prune:
            for folder, name, shown in self.gone:
                self._sink.remove(folder, name)
                place = os.path.join(folder, name)  # noqa: PTH118
                yield FileReport(shown, FileStatus.REMOVED, location=place)
            self.gone = []

    def _folder(self, folder: FoundFolder) -> Iterator[FileReport | FileTask]:
        known = self._sink.find_known(folder.path)
        for name, reason in folder.skipped:
            yield _report(folder, name, FileStatus.SKIPPED, reason)
        for name, reason in folder.failed:
            if reason == "vanished" and name in known and self._options.prune:
                self.gone.append((folder.path, name, folder.shown_of(name)))
                continue
            if name and reason != "vanished":
                place = Place(folder.path, name, folder.shown_of(name))
                self._sink.fail(place, "", reason, {}, forget=False)
            yield _report(folder, name, FileStatus.FAILED, reason)
        for file in folder.files:
            found = self._file(folder, file, known.get(file.name))
            is_report = isinstance(found, FileReport)
            yield replace(found, location=folder.place_of(file.name)) if is_report else found
        if folder.whole and known:
            present = {file.name for file in folder.files} | {name for name, _ in folder.failed}
            self.gone += [
                (folder.path, name, folder.shown_of(name)) for name in known if name not in present
            ]

    def _file(
        self, folder: FoundFolder, file: FoundFile, known: Known | None
    ) -> FileReport | FileTask:
        recipe, shown = self._recipe(file.suffix), folder.shown_of(file.name)
        if known and known.size == file.size and known.mtime == file.mtime:
            if known.reason is None and self._serves(known, recipe):
                return report_unchanged(shown, known)
            if known.reason is not None and self._fails_again(known, known.reason, recipe):
                facts = json.loads(known.facts)
                return FileReport(shown, FileStatus.FAILED, known.reason, facts)
        if known is None and not file.named and (reason := _reason_to_skip(folder, file)):
            return FileReport(shown, FileStatus.SKIPPED, reason)
        place = Place(folder.path, file.name, shown, file.size, file.mtime)
        hashes = self._hashes(file.size, recipe, known)
        return FileTask(place, file.suffix, recipe, known, hashes, file.named)

    def _serves(self, known: Known, recipe: str) -> bool:
        """Whether what is kept was read as this run would read it."""
        if self._options.retry and known.unreadable_pages != "[]":
            return False
        # An encoding that was once asked for holds until another is.
        forced = self._options.work.read.encoding is not None
        return (known.recipe if forced else known.recipe.partition("@")[0]) == recipe

    def _fails_again(self, known: Known, reason: str, recipe: str) -> bool:
        """Whether a file that failed would fail in the same way."""
        return reason not in PASSING and known.recipe == recipe and not self._options.retry

    def _hashes(self, size: int, recipe: str, known: Known | None) -> tuple[str, ...]:
        if self._options.retry:
            return ()
        own = (known.sha256,) if known and known.sha256 and known.recipe == recipe else ()
        return own or self._sink.contents(size, recipe)

    def _recipe(self, suffix: str) -> str:
        if suffix not in self._recipes:
            work = self._options.work
            marks = "t" * work.read.tables + "i" * (not work.read.ocr)
            recipe = f"{READING}/{FAMILIES.get(suffix, 'text')}/{work.size}+{work.overlap}/{marks}"
            encoding = work.read.encoding
            self._recipes[suffix] = f"{recipe}@{encoding}" if encoding else recipe
        return self._recipes[suffix]

    def _note_vanished_folders(self, root: str, walked: set[str], closed: Sequence[str]) -> None:
        for folder in self._sink.folders(root):
            unseen = any(folder == one or folder.startswith(one + os.sep) for one in closed)
            if folder not in walked and not unseen:
                shown = self._options.walk.name_of(root) + folder[len(root) :]
                self.gone += [
                    (folder, name, os.path.join(shown, name))  # noqa: PTH118
                    for name in self._sink.find_known(folder)
                ]


def _report(folder: FoundFolder, name: str, status: FileStatus, reason: str) -> FileReport:
    return FileReport(folder.shown_of(name), status, reason, location=folder.place_of(name))


def report_unchanged(shown: str, known: Known) -> FileReport:
    """The report of a file that is kept as it is."""
    return FileReport(
        shown,
        FileStatus.UNCHANGED,
        encoding=known.encoding,
        pages=known.pages,
        unreadable_pages=_numbers(known.unreadable_pages),
        passages=known.passages,
        characters=known.characters,
    )


def _numbers(packed: str) -> tuple[int, ...]:
    # Nearly every file was read whole, and JSON costs more than this look.
    return () if packed == "[]" else tuple(json.loads(packed))


def _reason_to_skip(folder: FoundFolder, file: FoundFile) -> str | None:
    # Most files tell by their suffix alone, without a Path being made.
    known = FAMILIES.get(file.suffix, "image") != "image"
    return None if known else reason_to_skip(Path(folder.path, file.name))
