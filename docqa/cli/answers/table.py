"""`docqa table`: the same questions to every document."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docqa.cli.common import (
    EngineOption,
    JsonOption,
    KindOption,
    LibraryOption,
    ModelOption,
    SinceOption,
    UntilOption,
    line,
    note,
    settings,
)
from docqa.cli.exit_codes import INTERRUPTED
from docqa.cli.progress import ProgressPrinter
from docqa.cli.stopping import stoppable
from docqa.cli.table import print_table
from docqa.errors import UsageError
from docqa.messages import say

if TYPE_CHECKING:
    from docqa.engine.tables import Column, Row

app = typer.Typer()


@app.command("table", help=say("help_table.table"))
def table(
    ctx: typer.Context,
    scope: Annotated[
        list[str] | None, typer.Argument(metavar="[GLOB…]", help=say("help_table.scope"))
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option("--field", "-f", metavar="QUESTION", help=say("help_table.field")),
    ] = None,
    kind: KindOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    schema: Annotated[
        Path | None, typer.Option("--schema", metavar="FILE", help=say("help_table.schema"))
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help=say("help_table.csv"))] = False,
    as_html: Annotated[bool, typer.Option("--html", help=say("help_table.html"))] = False,
    as_xlsx: Annotated[bool, typer.Option("--xlsx", help=say("help_table.xlsx"))] = False,
    as_json: JsonOption = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help=say("help_table.output"))
    ] = None,
    anew: Annotated[bool, typer.Option("--anew", help=say("help_table.anew"))] = False,
    library: LibraryOption = None,
    engine: EngineOption = None,
    model: ModelOption = None,
) -> None:
    """Ask, and print or write the table."""
    # Imported here: --help needs none of it.
    from docqa.engine.tables import TableEngine, columns_of
    from docqa.types import DocumentLimits, Progress

    chosen = {"csv": as_csv, "html": as_html, "xlsx": as_xlsx, "json": as_json}
    form = _form([name for name, given in chosen.items() if given], output)
    columns = columns_of(field or (), schema)
    flags: dict[str, object] = {
        "library.name": library,
        "model.engine": engine,
        "model.name": model,
    }
    limits = DocumentLimits(tuple(kind or ()), since, until)
    rows: list[Row] = []
    total = 0
    show = ProgressPrinter()
    with TableEngine(settings(ctx, flags)) as opened, stoppable() as stopped:
        asked = opened.rows(columns, scope or (), stopped, limits=limits, anew=anew)
        for number, total, row in asked:
            rows.append(row)
            show(Progress("table.asking", number, total))
        show.close()
        interrupted = stopped()
    for row in rows:
        if row.error:
            note(say("table.row_failed", document=row.document, reason=row.error))
    if interrupted:
        note(say("table.interrupted", rows=len(rows)))
    _write(columns, rows, form, output)
    if interrupted:
        raise typer.Exit(INTERRUPTED)


def _form(chosen: list[str], output: Path | None) -> str:
    """The form that the flags or the file's ending name; empty for people."""
    if len(chosen) > 1:
        raise UsageError("table.one_format")
    form = chosen[0] if chosen else (output.suffix.lstrip(".") if output else "")
    if form == "xlsx" and output is None:
        raise UsageError("table.needs_file")
    return form if form in ("csv", "html", "xlsx", "json") else "csv" if output else form


def _write(columns: "list[Column]", rows: "list[Row]", form: str, output: Path | None) -> None:
    from docqa.engine.tables import shown_value, table_text, write_table

    if output:
        write_table(columns, rows, form, output)
        line(say("table.written", path=output, rows=len(rows), columns=len(columns)))
    elif form:
        sys.stdout.write(table_text(columns, rows, form))
    else:
        heads = [say("table.document"), *(column.name for column in columns)]
        shown = ([Path(row.document).name, *map(shown_value, row.cells)] for row in rows)
        print_table(heads, shown)
