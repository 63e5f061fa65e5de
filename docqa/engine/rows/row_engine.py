"""One row for each document: kept as they are finished, and continued after an interruption."""

import logging
import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, Self, TypeVar

import msgspec
from msgspec.structs import replace

from docqa import answer, retrieval, terms
from docqa.engine.engine import Engine
from docqa.engine.serving import ServingEngine
from docqa.errors import DocqaError, QueryError, StorageError
from docqa.fingerprint import fingerprint
from docqa.messages import say
from docqa.reasons import words
from docqa.settings import Settings
from docqa.stores.kept_rows import KeptRows
from docqa.types import UNLIMITED, Cancelled, Citation, DocumentInfo, DocumentLimits, EngineKind

log = logging.getLogger(__name__)

# Requests under way at an endpoint where nobody says how many; set by hand: servers for one user
# take this many without queueing long.
_AT_ONCE = 4
# What finds and reads values: kept rows are made again where any of it changed.
_CODE = (answer, retrieval, terms)


class DocumentRow(Protocol):
    """What is known of one document."""

    @property
    def error(self) -> str:
        """Why the document could not be asked, where it could not."""

    def move(self, document: str, cite: Callable[[Citation], Citation]) -> Self:
        """The same row of a document that has another name or number now."""


RowType = TypeVar("RowType", bound=DocumentRow)
Item = TypeVar("Item")
Result = TypeVar("Result")
Steps = Iterator[tuple[int, int, RowType]]
"""Rows as they are finished, each with its number and how many there will be."""


class RowEngine(ServingEngine):
    """An engine that works on one document after the other."""

    @classmethod
    def of(cls, engine: Engine) -> Self:
        """One that shares the open library and the model of another, and is closed with it."""
        shared = cls(engine.settings, engine.library)
        shared._opened, shared._opened_slot = engine._opened, engine._model_slot
        shared._notices = engine._notices
        return shared

    def documents_within(
        self, scope: Sequence[str], limits: DocumentLimits = UNLIMITED
    ) -> list[DocumentInfo]:
        """The documents of a scope within limits that have text to ask; QueryError for none."""
        readable = [info for info in self.documents(scope) if info.passages]
        if limits:
            dated = self._opened.library.find_dates(limits)
            readable = [info for info in readable if info.id in dated]
        if not readable:
            raise QueryError("table.no_documents")
        return readable

    def _rows(
        self,
        documents: Sequence[DocumentInfo],
        kind: type[RowType],
        asked: Mapping[str, object],
        make: Callable[[DocumentInfo], RowType],
        fail: Callable[[DocumentInfo, str], RowType],
        cancelled: Cancelled,
        *,
        anew: bool = False,
        jobs: int = 0,
    ) -> Steps[RowType]:
        """Rows of the documents: those that were kept, and new ones by `make`.

        `asked` is what they depend on beside the engine, its settings and docqa's own code. An
        endpoint is asked of `jobs` documents at once; a model here and quotes of one.
        """
        if self.writes:
            # The user hears once that a model cannot be loaded, not in every row.
            self.warm_up()
        with KeptRows(self._opened.path, {**asked, **self._dependencies()}) as kept:
            if anew:
                kept.drop()

            def take(info: DocumentInfo) -> tuple[str, RowType, bool]:
                content = self._opened.library.content_of(info.id)
                known = kept.get(content)
                if known is not None:
                    return content, self._take_up(msgspec.convert(known, kind), info), False
                return content, self._make(make, fail, info), True

            at_once = (jobs or _AT_ONCE) if self._model_slot.kind is EngineKind.ENDPOINT else 1
            rows = map_in_order(take, documents, at_once)
            for number, (content, row, is_new) in enumerate(rows, 1):
                if cancelled():
                    return
                if is_new and not row.error:
                    kept.put(content, row)
                yield number, len(documents), row

    def _make(
        self,
        make: Callable[[DocumentInfo], RowType],
        fail: Callable[[DocumentInfo, str], RowType],
        info: DocumentInfo,
    ) -> RowType:
        try:
            return make(info)
        except DocqaError as error:
            return fail(info, str(error))
        except Exception as error:
            # One document that cannot be asked, whatever the reason, costs its row, not the rest.
            log.error("a row failed", exc_info=error)
            return fail(info, say("table.crashed", reason=f"{type(error).__name__}: {error}"))

    def _take_up(self, row: RowType, info: DocumentInfo) -> RowType:
        """A kept row with the document's name and passages as they are now."""

        def cite(citation: Citation) -> Citation:
            passage = self._opened.library.passage_holding(info.id, citation.start)
            number = passage.id if passage else citation.passage_id
            return replace(citation, document=info.path, passage_id=number)

        return row.move(info.path, cite)

    def _dependencies(self) -> dict[str, object]:
        """What any row depends on: the engine, its settings, and the code that reads values."""
        groups = ("search", "answer", "embedding", "words", "model")
        known = msgspec.to_builtins(self._settings, enc_hook=str)
        settings = {name: known[name] for name in groups if name in known}
        if not self.writes:
            settings.pop("model")
        return {
            "engine": str(self._model_slot.kind),
            "file": self._model_file(),
            "settings": settings,
            "code": _code_fingerprint(),
        }

    def _model_file(self) -> Sequence[object]:
        """Which file the model is read from, and its state."""
        if self._model_slot.kind is not EngineKind.LLAMA:
            return ()
        from docqa.catalog import find_model

        path = find_model(self._settings.model.name).path
        state = path.stat()
        return str(path), state.st_size, state.st_mtime_ns


@contextmanager
def library_of(
    files: Sequence[Path], settings: Settings, text: str = ""
) -> Iterator[tuple[str, list[str]]]:
    """A library for this once of files, folders and a text; and why some could not be read."""
    with tempfile.TemporaryDirectory(prefix="docqa-") as folder:
        wanted = list(files)
        if text:
            piped = Path(folder) / f"{say('table.piped_name')}.txt"
            piped.write_text(text, encoding="utf-8")
            wanted.append(piped)
        for path in wanted:
            if not os.access(path, os.R_OK):
                raise StorageError(path=path, reason=say("table.unreadable_file"))
        place = str(Path(folder) / "library")
        problems = []
        with ServingEngine(settings, place) as engine:
            for step in engine.ingest(wanted):
                file = step.file
                if file is not None and (reason := words(file.reason, file.facts)):
                    problems.append(say("table.row_failed", document=file.shown, reason=reason))
        yield place, problems


def map_in_order(
    work: Callable[[Item], Result], items: Sequence[Item], at_once: int
) -> Iterator[Result]:
    """What `work` makes of each item, in their order; so many are under way at once.

    As many again may wait behind a slow one, so that memory does not grow with the items.
    """
    if at_once == 1:
        # In this thread, and none before it is asked for.
        yield from map(work, items)
        return
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(at_once, "docqa-row") as pool:
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) == 2 * at_once:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _code_fingerprint() -> str:
    packages = [Path(path) for package in _CODE for path in package.__path__]
    files = [file for folder in packages for file in folder.rglob("*") if file.suffix in _SOURCES]
    return fingerprint(packages[0].parent, files)


_SOURCES = (".py", ".toml", ".txt")
