"""Tables as lines that people and models can read: cells parted by bars, the header on top."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from ingest.types import Block, BlockKind

# A passage cut from a long table should still show what its columns mean.
_ROWS_LENGTH = 240
_LONGEST_HEADER = 120
# So many lines of one cell may stand above the header, as a title and a unit do.
_MOST_CAPTIONS = 3


def table_blocks(
    rows: Iterable[Sequence[str]], page: int | None = None, *, header: bool = True
) -> Iterator[Block]:
    """A table as blocks of some rows, each headed by the row that names the columns."""
    head = ""
    lines: list[str] = []
    length = 0
    untold = True
    filled = (line for cells in rows if (line := row_line(cells)))
    captions, first = _captions(filled) if header else ([], [])
    if captions:
        yield Block("\n".join(captions), page=page)
    for line in chain(first, filled):
        if header and not head:
            head = line
            continue
        lines.append(line)
        length += len(line)
        if length >= _ROWS_LENGTH:
            yield _block(head, lines, page)
            lines, length, untold = [], 0, False
            head = head if len(head) <= _LONGEST_HEADER else ""
            header = header and bool(head)
    if lines or (head and untold):
        yield _block(head, lines, page)


def _captions(lines: Iterator[str]) -> tuple[list[str], list[str]]:
    """The lines above a table's header, and the lines with which the table itself begins."""
    above: list[str] = []
    for line in lines:
        if " | " in line:
            return above, [line]
        above.append(line)
        if len(above) > _MOST_CAPTIONS:
            break
    return [], above  # one column from the first row on


def row_line(cells: Sequence[str]) -> str:
    """One row; empty where all its cells are."""
    clean = [" ".join(cell.split()) for cell in cells]
    while clean and not clean[-1]:
        clean.pop()
    return " | ".join(clean)


def _block(head: str, lines: list[str], page: int | None) -> Block:
    return Block("\n".join([head, *lines] if head else lines), BlockKind.TABLE, page=page)
