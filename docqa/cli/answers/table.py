"""`docqa table`: the same questions to every document."""

import sys
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated

import typer

from docqa.cli.answers import rows as shared
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
from docqa.messages import say

if TYPE_CHECKING:
    from docqa.engine.rows.row_engine import Steps
    from docqa.engine.rows.tables import Column, Locate, Row

app = typer.Typer()
_FORMS = ("csv", "html", "xlsx", "json")


@app.command("table", help=say("help_table.table"))
def table(
    ctx: typer.Context,
    scope: shared.ScopeArgument = None,
    field: Annotated[
        list[str] | None,
        typer.Option("--field", "-f", metavar="QUESTION", help=say("help_table.field")),
    ] = None,
    file: shared.FileOption = None,
    kind: KindOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    schema: Annotated[
        Path | None, typer.Option("--schema", metavar="FILE", help=say("help_table.schema"))
    ] = None,
    examples: Annotated[
        Path | None, typer.Option("--examples", metavar="FILE", help=say("help_table.examples"))
    ] = None,
    as_csv: shared.CsvOption = False,
    as_html: Annotated[bool, typer.Option("--html", help=say("help_table.html"))] = False,
    as_xlsx: shared.XlsxOption = False,
    as_json: JsonOption = False,
    output: shared.OutputOption = None,
    anew: shared.AnewOption = False,
    jobs: shared.JobsOption = 0,
    library: LibraryOption = None,
    engine: EngineOption = None,
    model: ModelOption = None,
) -> None:
    """Ask, and print or write the table."""
    # Imported here: --help needs none of it.
    from docqa.engine.rows.tables import TableEngine, columns_of, read_examples
    from docqa.types import DocumentLimits

    chosen = {"csv": as_csv, "html": as_html, "xlsx": as_xlsx, "json": as_json}
    form = shared.form_of(chosen, output, _FORMS)
    columns = columns_of(field or (), schema)
    corrected = read_examples(examples, columns) if examples else {}
    in_force = settings(ctx, common_flags(library, engine, model))
    limits = DocumentLimits(tuple(kind or ()), since, until)
    rows: list[Row] = []
    places: dict[str, str | None] = {}

    def work(source: shared.RowSource, stopped: Stop) -> "Steps[Row]":
        with TableEngine(in_force, source.library) as opened:
            taught = opened.learn(columns, corrected)
            for step in opened.rows(
                taught, source.scope, stopped, limits=limits, anew=anew, jobs=jobs
            ):
                if form == "html":
                    places[step[2].document] = opened.location_of(step[2].document)
                yield step
            shared.tell_notices(opened)

    with shared.sources_of(scope or (), file or (), library, in_force) as sources:
        stopped = shared.collect(sources, work, "table.asking", rows)
    _write(columns, rows, form, output, places.get)
    facts = {"rows": len(rows), "columns": len(columns)}
    errors = {row.document: row.error for row in rows if row.error}
    raise typer.Exit(shared.finish(output, "table.written", facts, errors, stopped=stopped))


def _write(
    columns: "list[Column]", rows: "list[Row]", form: str, output: Path | None, locate: "Locate"
) -> None:
    from docqa.engine.rows.tables import shown_value, table_text, write_table

    if output:
        with shared.writing_to(output):
            write_table(columns, rows, form, output, locate)
    elif form:
        sys.stdout.write(table_text(columns, rows, form, locate))
    else:
        heads = [say("table.document"), *(column.name for column in columns)]
        shown = ([PurePath(row.document).name, *map(shown_value, row.cells)] for row in rows)
        print_table(heads, shown)
