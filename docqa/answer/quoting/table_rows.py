"""Rows of tables as people read them: each cell with the head of its column."""

from collections.abc import Callable, Sequence

from docqa.answer.quoting.sentences import head_of_table, is_row
from docqa.stores.records.library import Library
from docqa.terms import normal
from docqa.terms.lexicon import lexicon
from docqa.types import Passage

# The head of the table that a row of a passage stands in; nothing for what is no row.
FindHead = Callable[[Passage, str], str]
_CELLS = " | "
_UNITS = ("单位", "unit")
# 项目 | 参数 over 功耗 | 18 W.
_SAY_NOTHING = ("项目", "参数", "内容", "数值", "值", "名称", "item", "value", "name")
_PAIR = 2


def find_head(library: Library, passage: Passage, row: str) -> str:
    """The head over a row, be it in an earlier passage; nothing for what is no row."""
    if not is_row(row):
        return ""
    if head := head_of_table(passage.text, row):
        return head
    for earlier in reversed(library.passages_of(passage.document_id, 0, passage.ordinal - 1)):
        if earlier.heading != passage.heading or _CELLS not in earlier.text:
            return ""
        if head := head_of_table(earlier.text, row):
            return head
    return ""


def read_lines(text: str, passage: Passage, find: FindHead, question: str = "") -> str:
    """A stretch of a passage as people read it: its rows under the heads of their columns."""
    return "\n".join(read_row(find(passage, line), line, question) for line in text.splitlines())


def find_head_within(passage: Passage, row: str) -> str:
    """The head over a row in the passage itself."""
    return head_of_table(passage.text, row)


def read_row(head: str, row: str, question: str) -> str:
    """A row under its head: the columns asked for, else all of them; as it is without a head.

    区域 | 一月 | 二月 over 华东 | 118 | 96: asked for 二月, it reads 华东：二月 96.
    """
    names, cells = split_cells(head), split_cells(row)
    if len(names) != len(cells) or names == cells or len(cells) < _PAIR:
        return row
    asked = [at for at in range(1, len(names)) if _is_asked(names[at], question)]
    units = [at for at, name in enumerate(names) if normal(name) in _UNITS]
    chosen = [*asked, *(at for at in units if at not in asked)] if asked else range(1, len(names))
    sep = "：" if not row.isascii() else ": "
    between = "；" if not row.isascii() else "; "
    pairs = [_name(names[at], cells[at]) for at in chosen if cells[at]]
    first = cells[0] if asked else _name(names[0], cells[0])
    return first + sep + between.join(pairs)


def _name(name: str, cell: str) -> str:
    """A cell with the name of its column, if that says anything."""
    return cell if normal(name) in _SAY_NOTHING else f"{name} {cell}".strip()


def split_cells(row: str) -> list[str]:
    """The cells of a row as the parsers write it."""
    return [cell.strip() for cell in row.split(_CELLS.strip())]


def rows_alike(head: str, rows: Sequence[str], question: str) -> list[str]:
    """The rows under a head; only those with a cell that the question names, where there are."""
    whole = [row for row in rows if row != head and len(split_cells(row)) == len(split_cells(head))]
    asked = normal(question)
    named = [
        row
        for row in whole
        if any(len(cell) >= _PAIR and normal(cell) in asked for cell in split_cells(row))
    ]
    return named or whole


def _is_asked(name: str, question: str) -> bool:
    """Whether a question names a column, or asks with a word that the column's name ends in."""
    asked, plain = normal(question), normal(name)
    bare = plain.partition("(")[0].strip()
    if len(bare) >= _PAIR and bare in asked:
        return True
    kinds = lexicon().asks
    wanted = [
        kind
        for kind in ("money", "duration", "person", "date", "share")
        if any(word in asked for word in kinds[kind].words)
    ]
    return any(bare.endswith(end) for kind in wanted for end in kinds[kind].ends)
