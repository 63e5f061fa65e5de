"""`docqa task`: labels, words and names of documents, and how they compare with a text."""

import re
import sys
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated

import typer

from docqa.cli.answers import rows as shared
from docqa.cli.answers.stdin import decode_text
from docqa.cli.common import (
    EngineOption,
    JsonOption,
    KindOption,
    LibraryOption,
    ModelOption,
    SinceOption,
    UntilOption,
    common_flags,
    settings,
)
from docqa.cli.stopping import Stop
from docqa.cli.table import print_table
from docqa.errors import StorageError
from docqa.messages import say
from docqa.registries.tasks import TASKS

if TYPE_CHECKING:
    from docqa.engine.rows.row_engine import Steps
    from docqa.engine.rows.tasks import Given, Outcome

app = typer.Typer()
_FORMS = ("csv", "xlsx", "json")
_COMMAS = re.compile("[,，、]")


def _known_tasks() -> str:
    return "\n\n\b\n" + "\n".join(f"  {name:<9} {say(f'task.{name}')}" for name in TASKS)


@app.command("task", help=say("help_task.task") + _known_tasks())
def task(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="TASK", help=say("help_task.name"))],
    scope: shared.ScopeArgument = None,
    labels: Annotated[
        str, typer.Option("--labels", metavar="A,B,…", help=say("help_task.labels"))
    ] = "",
    text: Annotated[
        str, typer.Option("--text", metavar="TEXT|@FILE", help=say("help_task.text"))
    ] = "",
    file: shared.FileOption = None,
    kind: KindOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    as_csv: shared.CsvOption = False,
    as_xlsx: shared.XlsxOption = False,
    as_json: JsonOption = False,
    output: shared.OutputOption = None,
    anew: shared.AnewOption = False,
    jobs: shared.JobsOption = 0,
    library: LibraryOption = None,
    engine: EngineOption = None,
    model: ModelOption = None,
) -> None:
    """Do the task with every document, and print or write what was found."""
    # Imported here: --help needs none of it.
    from docqa.engine.rows.tasks import Given, TaskEngine, open_task
    from docqa.types import DocumentLimits

    form = shared.form_of({"csv": as_csv, "xlsx": as_xlsx, "json": as_json}, output, _FORMS)
    given = Given(tuple(filter(None, map(str.strip, _COMMAS.split(labels)))), _text_of(text))
    open_task(name, given)
    in_force = settings(ctx, common_flags(library, engine, model))
    limits = DocumentLimits(tuple(kind or ()), since, until)
    found: list[Outcome] = []

    def work(source: shared.RowSource, stopped: Stop) -> "Steps[Outcome]":
        with TaskEngine(in_force, source.library) as opened:
            yield from opened.outcomes(
                name, given, source.scope, stopped, limits=limits, anew=anew, jobs=jobs
            )
            shared.tell_notices(opened)

    with shared.sources_of(scope or (), file or (), library, in_force) as sources:
        stopped = shared.collect(sources, work, "task.asking", found)
    _write(name, given, found, form, output)
    errors = {one.document: one.error for one in found if one.error}
    facts = {"rows": len(found)}
    raise typer.Exit(shared.finish(output, "task.written", facts, errors, stopped=stopped))


def _text_of(text: str) -> str:
    """The text itself, or what the file behind an @ holds."""
    if not text.startswith("@"):
        return text
    try:
        return decode_text(Path(text[1:]).read_bytes())
    except OSError as error:
        raise StorageError(path=text[1:], reason=error.strerror) from error


def _write(
    name: str, given: "Given", found: "list[Outcome]", form: str, output: Path | None
) -> None:
    from docqa.engine.rows.tasks import heads, lines_of, open_task, task_text, write_task

    chosen = open_task(name, given)
    if output:
        with shared.writing_to(output):
            write_task(name, chosen, found, form, output)
    elif form:
        sys.stdout.write(task_text(name, chosen, found, form))
    else:
        lines = lines_of(chosen.columns, found)
        shown = ([PurePath(one.document).name, *line] for one, line, _ in lines)
        print_table(heads(chosen.columns), shown)
