"""Rows of results: aligned columns for people, one tab-separated record a line for programs."""

from collections.abc import Iterable, Sequence

from docqa.clean import one_line
from docqa.cli.common import console, line, on_terminal


def print_table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Sequence[int] = (),
    title: str = "",
) -> None:
    """Print rows; the title, the heads and the alignment (`right`: columns) are for people only."""
    cleaned = [[one_line(cell).replace("\t", " ") for cell in row] for row in rows]
    if not on_terminal():
        for row in cleaned:
            line("\t".join(row))
        return
    if not cleaned:
        return
    # Imported here: pipes do without Rich (saves 60 ms).
    from rich.table import Table

    table = Table(
        title=title or None,
        title_justify="left",
        box=None,
        pad_edge=False,
        show_header=bool(heads),
    )
    for number, head in enumerate(heads):
        table.add_column(head, justify="right" if number in right else "left", overflow="fold")
    for row in cleaned:
        table.add_row(*row)
    console().print(table)
