"""`docqa inspect`: how a file is read, or how a document of the library was."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docqa.clean import clean, one_line
from docqa.cli.common import JsonOption, LibraryOption, line, print_json, settings
from docqa.cli.completion import complete_documents
from docqa.cli.exit_codes import SOME_UNREADABLE
from docqa.messages import say
from docqa.page_words import page_words

if TYPE_CHECKING:
    from docqa.engine.library.inspection import Inspection
    from ingest.types import PageReport

app = typer.Typer()

_FEWEST = 20  # columns of a passage that are shown, however narrow the terminal
_METHODS = {
    "text": "library.method_text",
    "second": "library.method_second",
    "ocr": "library.method_ocr",
}


@app.command(help=say("help_library.inspect"))
def inspect(
    ctx: typer.Context,
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help=say("help_library.file"), autocompletion=complete_documents
        ),
    ],
    encoding: Annotated[
        str | None, typer.Option("--encoding", metavar="NAME", help=say("help_library.encoding"))
    ] = None,
    text: Annotated[bool, typer.Option("--text", help=say("help_library.text"))] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the file as ingest would and show what came of it; keep nothing."""
    # Imported here: --help needs none of it.
    from docqa.engine.library.inspection import inspect_document, inspect_file

    chosen = settings(ctx, {"library.name": library, "ingest.encoding": encoding})
    on_disk = Path(file).is_file()
    reading = inspect_file(Path(file), chosen) if on_disk else inspect_document(file, chosen)
    if text:
        sys.stdout.write(reading.text if as_json else clean(reading.text) + "\n")
    elif as_json:
        print_json(_as_json(reading))
    else:
        _print(reading)
    raise typer.Exit(SOME_UNREADABLE if reading.unreadable_pages else 0)


def _as_json(reading: "Inspection") -> dict[str, object]:
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


def _print(reading: "Inspection") -> None:
    from docqa.reasons import page_ranges, words

    inside = say("library.inspect_kept", name=reading.library) if reading.library else ""
    _row("library.inspect_file", f"{one_line(reading.path)}  {inside}".rstrip())
    _row("library.inspect_title", one_line(reading.title or ""))
    _row("library.inspect_encoding", _encoding(reading))
    _row("library.inspect_characters", str(len(reading.text)))
    _row(_pages_key(reading.path), str(len(reading.pages) or ""))
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


def _print_passages(reading: "Inspection") -> None:
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


def _encoding(reading: "Inspection") -> str:
    if not reading.encoding or reading.confidence is None:
        return reading.encoding or ""
    share = f"{reading.confidence:.2f}"
    return say("library.inspect_confidence", encoding=reading.encoding, confidence=share)


def _pages_key(path: str) -> str:
    # Imported here: --help needs no decoders.
    from ingest.formats import FAMILIES

    family = FAMILIES.get(Path(path).suffix.lower(), "")
    keys = {"sheets": "library.inspect_sheets", "mail": "library.inspect_mails"}
    return keys.get(family, "library.inspect_pages")


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
