"""What the last row of a table sums up: 合计 | | | 12 | 126000 under 数量 and 金额."""

import re

from docqa.answer.tables.columns import Column
from docqa.answer.tables.field_names import same_names
from docqa.answer.tables.labels import Labelled
from docqa.terms import normal

_ROW = re.compile(r"[^\n]+")
_SUMS_UP = re.compile(r"(?:合计|总计|共计|累计|total)[（(：:]?")
_BRACKETS = re.compile(r"[（(](.*?)[）)]")
_WHOLE = re.compile("^(?:总|合计|一共|共)|(?:合计|总额|总计|总数)$")
_UNITS = ("单位", "计量单位", "unit")
_FEWEST_CELLS = 3


def total_values(column: Column, text: str) -> list[Labelled]:
    """What stands in a sum's row under the column's name, with its unit; nothing without one."""
    names = _names(column)
    heads: list[str] = []
    found = []
    for row in _ROW.finditer(text):
        cells = [cell.strip() for cell in row[0].split("|")]
        if len(cells) < _FEWEST_CELLS:
            continue
        if not _SUMS_UP.match(normal(cells[0])):
            if any(_is_asked(cell, names) for cell in cells):
                heads = cells
            continue
        if len(cells) == len(heads) and (value := _read(cells, heads, names)):
            found.append(Labelled(value, row.start(), row.end()))
    return found


def _read(cells: list[str], heads: list[str], names: frozenset[str]) -> str:
    at = next(at for at, head in enumerate(heads) if _is_asked(head, names))
    in_brackets = _BRACKETS.search(heads[at])
    beside = [cell for cell, head in zip(cells, heads, strict=True) if normal(head) in _UNITS]
    unit = in_brackets[1] if in_brackets else "".join(beside[:1])
    return f"{cells[at]}{unit}" if cells[at] else ""


def _names(column: Column) -> frozenset[str]:
    name = normal(column.name)
    alike = {name, *same_names(name)}
    return frozenset(_WHOLE.sub("", one) or one for one in alike)


def _is_asked(head: str, names: frozenset[str]) -> bool:
    """Whether a head is one of the names or the end of one: 金额 for 报销金额."""
    bare = _bare(head)
    return len(bare) > 1 and any(name.endswith(bare) for name in names)


def _bare(head: str) -> str:
    return _BRACKETS.sub("", normal(head)).strip()
