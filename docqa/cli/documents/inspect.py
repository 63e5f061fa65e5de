"""`docqa inspect`: how a file is read, or how a document of the library was."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docqa.clean import clean, one_line
from docqa.cli.common import JsonOption, LibraryOption, library_path, line, print_json, settings
from docqa.cli.exit_codes import SOME_UNREADABLE
from docqa.messages import say
from docqa.page_words import page_words

if TYPE_CHECKING:
    from docqa.settings import Settings
    from docqa.stores.records.library import Library
    from docqa.types import DocumentInfo
    from ingest.running.worker_protocol import Outcome
    from ingest.splitting.packed import PackedDocument
    from ingest.types import PageReport

app = typer.Typer()

_FEWEST = 20  # columns of a passage that are shown, however narrow the terminal
_METHODS = {
    "text": "library.method_text",
    "second": "library.method_second",
    "ocr": "library.method_ocr",
}


@dataclass(frozen=True, slots=True)
class _Cut:
    start: int
    end: int
    page: int | None
    heading: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a document was read, whether just now or when it was kept."""

    path: str
    library: str | None
    text: str
    title: str | None
    encoding: str | None
    confidence: float | None
    pages: "tuple[PageReport, ...]"
    passages: tuple[_Cut, ...]
    headings: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]

    @property
    def unreadable_pages(self) -> tuple[int, ...]:
        """Numbers of the pages that hold no readable text."""
        return tuple(page.number for page in self.pages if not page.readable)


@app.command(help=say("help_library.inspect"))
def inspect(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help=say("help_library.file"))],
    encoding: Annotated[
        str | None, typer.Option("--encoding", help=say("help_library.encoding"))
    ] = None,
    text: Annotated[bool, typer.Option("--text", help=say("help_library.text"))] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the file as ingest would and show what came of it; keep nothing."""
    chosen = settings(ctx, {"library.name": library, "ingest.encoding": encoding})
    on_disk = Path(file).is_file()
    reading = _read(Path(file), chosen) if on_disk else _kept(file, chosen)
    if text:
        sys.stdout.write(reading.text if as_json else clean(reading.text) + "\n")
    elif as_json:
        print_json(_as_json(reading))
    else:
        _print(reading)
    raise typer.Exit(SOME_UNREADABLE if reading.unreadable_pages else 0)


def _read(file: Path, chosen: "Settings") -> _Reading:
    from docqa.errors import StorageError
    from docqa.reasons import words
    from docqa.stores.records.paths import shown

    outcome = _outcome(file, chosen)
    if outcome.document is None:
        reason = words(outcome.reason, outcome.facts)
        raise StorageError("library.unreadable", path=shown(str(file)), reason=reason)
    return _from_packed(shown(str(file)), outcome.document, _library_with(file, chosen))


def _outcome(file: Path, chosen: "Settings") -> "Outcome":
    """What a worker makes of the file, within the limits that ingest sets."""
    from docqa.engine.ingest import work_options
    from ingest.running.pool import Pool
    from ingest.running.worker_protocol import work_file

    limits = chosen.ingest
    pool = Pool(work_options(limits), 1, limits.file_seconds, limits.memory_megabytes << 20)
    try:
        pool.give([work_file(1, str(file.absolute()), ())])
        while True:
            if outcomes := pool.outcomes(timeout=0.1):
                return outcomes[0]
    finally:
        pool.close()


def _from_packed(path: str, document: "PackedDocument", library: str | None) -> _Reading:
    from ingest.splitting.packed import unpack_pages

    cuts = (_Cut(s, e, page, document.headings[h]) for s, e, page, h in document.passages)
    return _Reading(
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


def _library_with(file: Path, chosen: "Settings") -> str | None:
    """The library's name, where it holds this file."""
    from docqa.errors import UnknownLibrary
    from docqa.stores.records.library import Library

    try:
        with Library.open(library_path(chosen.library.name)) as kept:
            return kept.name if kept.holds(file) else None
    except UnknownLibrary:
        return None


def _kept(name: str, chosen: "Settings") -> _Reading:
    from docqa.errors import QueryError, UnknownLibrary, UsageError
    from docqa.stores.records.library import Library

    try:
        with Library.open(library_path(chosen.library.name)) as kept:
            return _from_library(kept, kept.document(name))
    except (UnknownLibrary, QueryError) as error:
        if error.code == "library.ambiguous":
            raise
        raise UsageError("library.no_such_file", path=name) from error


def _from_library(kept: "Library", info: "DocumentInfo") -> _Reading:
    passages = kept.passages_of(info.id)
    confidence, notes = info.facts.get("confidence"), info.facts.get("notes", ())
    headings = dict.fromkeys(s.heading for s in kept.sections(info.id) if s.heading)
    return _Reading(
        path=info.path,
        library=kept.name,
        text=kept.text(info.id),
        title=info.title,
        encoding=info.encoding,
        confidence=confidence if isinstance(confidence, float) else None,
        pages=kept.pages(info.id),
        passages=tuple(_Cut(p.start, p.end, p.page, p.heading) for p in passages),
        headings=tuple(headings),
        notes=tuple(notes) if isinstance(notes, list) else (),
    )


def _as_json(reading: _Reading) -> dict[str, object]:
    return {
        "path": reading.path,
        "library": reading.library,
        "title": reading.title,
        "encoding": reading.encoding,
        "confidence": reading.confidence,
        "characters": len(reading.text),
        "pages": reading.pages,
        "unreadable_pages": reading.unreadable_pages,
        "headings": reading.headings,
        "notes": reading.notes,
        "passages": [
            {
                "start": cut.start,
                "end": cut.end,
                "page": cut.page,
                "heading": cut.heading,
                "text": reading.text[cut.start : cut.end],
            }
            for cut in reading.passages
        ],
    }


def _print(reading: _Reading) -> None:
    from docqa.reasons import page_ranges, words

    inside = say("library.inspect_kept", name=reading.library) if reading.library else ""
    _row("library.inspect_file", f"{one_line(reading.path)}  {inside}".rstrip())
    _row("library.inspect_title", one_line(reading.title or ""))
    _row("library.inspect_encoding", _encoding(reading))
    _row("library.inspect_characters", str(len(reading.text)))
    _row("library.inspect_pages", str(len(reading.pages) or ""))
    _row("library.inspect_unreadable", page_ranges(reading.unreadable_pages))
    _row("library.inspect_notes", " ".join(words(note, {"extra": "ocr"}) for note in reading.notes))
    for page in reading.pages:
        line(_page_line(page, reading.path))
    if reading.headings:
        line()
        _row("library.inspect_headings", str(len(reading.headings)))
        for heading in reading.headings:
            line("  " * len(heading) + one_line(heading[-1]))
    line()
    _row("library.inspect_passages", str(len(reading.passages)))
    _print_passages(reading)


def _print_passages(reading: _Reading) -> None:
    from rich.cells import cell_len, set_cell_size

    from docqa.cli.common import console

    width = console().width
    labels = {page.number: page.label for page in reading.pages if page.printed}
    for cut in reading.passages:
        page = page_words(reading.path, cut.page, labels.get(cut.page)) if cut.page else ""
        place = f"  [{cut.start}-{cut.end}] {page}".rstrip()
        snippet = one_line(reading.text[cut.start : min(cut.end, cut.start + width)])
        # A Chinese character takes two columns.
        room = max(width - cell_len(place) - 1, _FEWEST)
        if cell_len(snippet) > room or cut.start + width < cut.end:
            snippet = set_cell_size(snippet, room - 1).rstrip() + "…"
        line(f"{place} {snippet}")


def _row(key: str, value: str) -> None:
    if value:
        line(f"{say(key)}: {value}")


def _encoding(reading: _Reading) -> str:
    if not reading.encoding or reading.confidence is None:
        return reading.encoding or ""
    share = f"{reading.confidence:.2f}"
    return say("library.inspect_confidence", encoding=reading.encoding, confidence=share)


def _page_name(page: "PageReport", path: str) -> str:
    if page.label is None or page.printed:
        return page_words(path, page.number, page.label)
    return f"{page_words(path, page.number)} {one_line(page.label)}"


def _page_line(page: "PageReport", path: str) -> str:
    method = _METHODS[page.method] if page.readable else "library.method_none"
    return say(
        "library.inspect_page_line",
        page=_page_name(page, path),
        characters=page.characters,
        quality=f"{page.quality:.2f}",
        method=say(method),
    )
