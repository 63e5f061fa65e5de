"""What `docqa table` and `docqa task` share: which documents, how far, where it is written."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeVar

import typer

from docqa.cli.answers.stdin import piped_text
from docqa.cli.common import line, note
from docqa.cli.exit_codes import INTERRUPTED, SOME_UNREADABLE
from docqa.cli.progress import ProgressPrinter, time_left
from docqa.cli.stopping import Stop, stoppable
from docqa.errors import StorageError, UsageError
from docqa.messages import say

if TYPE_CHECKING:
    from docqa.engine import Engine
    from docqa.engine.rows.row_engine import DocumentRow, Steps
    from docqa.settings import Settings

ScopeArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[GLOB…]", help=say("help_table.scope"))
]
FileOption = Annotated[
    list[Path] | None, typer.Option("--file", metavar="FILE", help=say("help_table.file"))
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help=say("help_table.output"))
]
AnewOption = Annotated[bool, typer.Option("--anew", help=say("help_table.anew"))]
JobsOption = Annotated[
    int,
    typer.Option("--jobs", "-j", metavar="N", min=0, max=64, help=say("help_table.jobs")),
]
CsvOption = Annotated[bool, typer.Option("--csv", help=say("help_table.csv"))]
XlsxOption = Annotated[bool, typer.Option("--xlsx", help=say("help_table.xlsx"))]

# Set by hand: so many rows and seconds must be behind before the rest is guessed.
_FEW, _GUESSABLE = 3, 5.0
# Documents named of those that failed for one reason.
_NAMED = 3
_PIPED = "-"

RowType = TypeVar("RowType", bound="DocumentRow")


class RowSource(NamedTuple):
    """Documents that are worked through: a library, and which of it."""

    library: str | None
    scope: Sequence[str]


@contextmanager
def sources_of(
    scope: Sequence[str], files: Sequence[Path], library: str | None, settings: "Settings"
) -> Iterator[list[RowSource]]:
    """The library's documents, and a library for this once of the files and standard input."""
    named = [one for one in scope if one != _PIPED]
    text = piped_text(wait=True) if _PIPED in scope else ""
    if _PIPED in scope and not text:
        raise UsageError("table.nothing_piped")
    of_library = [RowSource(library, named)] if named or not (files or text) else []
    if not (files or text):
        yield of_library
        return
    # Imported here: most calls ask documents of the library.
    from docqa.engine.rows.row_engine import library_of

    with library_of(files, settings, text) as (place, problems):
        for problem in problems:
            note(problem)
        yield [*of_library, RowSource(place, ())]


def collect(
    sources: Sequence[RowSource],
    work: "Callable[[RowSource, Stop], Steps[RowType]]",
    message: str,
    rows: list[RowType],
) -> bool:
    """Add the rows to a list as they are finished; tell whether the user stopped before the end."""
    # Imported here: --help does not need it.
    from docqa.types import Progress

    show, began = ProgressPrinter(), time.monotonic()
    with stoppable() as stopped:
        for source in sources:
            for number, total, row in work(source, stopped):
                rows.append(row)
                show(
                    Progress(
                        message, number, total, facts={"left": _word_left(began, number, total)}
                    )
                )
            show.close()
        return stopped.asked


def tell_notices(engine: "Engine") -> None:
    """What the user should know of how the rows were made."""
    for notice in engine.notices():
        note(say(notice.message, **notice.facts))


def form_of(chosen: dict[str, bool], output: Path | None, known: Sequence[str]) -> str:
    """The form that the flags or the file's ending name; empty for people."""
    given = [name for name, is_given in chosen.items() if is_given]
    if len(given) > 1:
        raise UsageError("table.one_format")
    form = given[0] if given else (output.suffix.lstrip(".") if output else "")
    if form == "xlsx" and output is None:
        raise UsageError("table.needs_file")
    if output and (output.is_dir() or not os.access(output.parent, os.W_OK)):
        # Said now, not after an hour of work.
        raise UsageError("table.no_folder", path=output)
    return form if form in known else "csv" if output else form


@contextmanager
def writing_to(output: Path) -> Iterator[None]:
    """Say what keeps a file from being written."""
    try:
        yield
    except OSError as error:
        raise StorageError(path=output, reason=error.strerror) from error


def finish(
    output: Path | None,
    message: str,
    facts: Mapping[str, int],
    errors: Mapping[str, str],
    *,
    stopped: bool,
) -> int:
    """Say what was written, which documents failed, and whether it is all; the exit code."""
    if output:
        line(say(message, path=output, **facts))
    for reason, documents in _group(errors).items():
        named = ", ".join(documents[:_NAMED]) + (" …" if len(documents) > _NAMED else "")
        note(say("table.row_failed", document=named, reason=reason))
        if len(documents) > _NAMED:
            note(say("table.rows_failed", count=len(documents)))
    if stopped:
        note(say("table.interrupted", **facts))
        return INTERRUPTED
    return SOME_UNREADABLE if errors else 0


def _group(errors: Mapping[str, str]) -> dict[str, list[str]]:
    """The documents that failed by the reason: an endpoint that went away is told once."""
    found: dict[str, list[str]] = {}
    for document, reason in errors.items():
        found.setdefault(reason, []).append(document)
    return found


def _word_left(began: float, done: int, total: int) -> str:
    passed = time.monotonic() - began
    if done < _FEW or passed < _GUESSABLE or done >= total:
        return ""
    return say("table.left", time=time_left(passed / done * (total - done)))
