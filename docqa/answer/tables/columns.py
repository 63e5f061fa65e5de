"""The columns of a table: what each asks, and what kind of value it wants."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from docqa.answer.quoting.question_types import Asked
from docqa.errors import UsageError
from docqa.terms import normal

# Set by hand: a wider table is a mistake in a schema sooner than a wish.
MOST_COLUMNS = 64
_LONGEST_QUESTION = 500
# 多少人 asks for a number of people, whatever other numbers stand beside it.
_COUNTED = re.compile(
    "(?:多少|几)个?(人|名|位|天|日|月|年|小时|分钟|千克|公斤|克|平方米|米|公里|台|套|份|次|%)"
)
# A name with other letters than TOML allows without quotes, as a key or at the end of a table's.
_BARE_KEY = re.compile(
    r"""(?m)^(\s*(?:\[[\w.]*?\.)?)"""
    r"""([^\s\[\]"'=.#]*[^\x00-\x7f][^\s\[\]"'=]*)(\s*[=\]])"""
)
# 编号 and the like are no quantities, whatever the question word: they have letters and dashes.
_IDENTIFIER = re.compile(
    r"(?:编号|号码|单号|证号|文号|工号|学号|型号|账号|帐号|代码|电话|手机号?|邮编|邮箱|地址)"
    r"(?:是|为)?(?:多少|什么)?$"
)
# What is counted in money, though the question does not say 元.
_SUM = re.compile(
    r"(?:金额|总额|合计|租金|押金|定金|保证金|月薪|年薪|薪资|工资|总价|单价|售价|价格|费用)"
    r"(?:是|为)?(?P<asks>多少)?$"
)
# 免赔额是多少, 保证金交多少; 名额 and 份额 are counted in something else.
_MUCH = re.compile(
    "(?:(?<![名份])额|[款费价薪]|预算|[押定订罚奖租本基佣证险现资]金)"
    "(?:是|为|交|要|有|付|需要?|了)*多少$"
)
_WORD = re.compile(r"\w")


class ValueKind(StrEnum):
    """What kind of value a column holds."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    LIST = "list"


MEASURED = (ValueKind.MONEY, ValueKind.DATE, ValueKind.NUMBER)
"""What is read as a number or a date."""


class Column(Struct, frozen=True):
    """One question that every document is asked."""

    name: str
    question: str
    kind: ValueKind = ValueKind.TEXT
    unit: str = ""
    choices: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    """What documents call it beside its name, as corrected rows taught."""
    examples: tuple[tuple[str, str], ...] = ()
    """Lines of documents with the value that each gives, from the schema or corrected rows."""


# What a question asks for, as its wording shows, and the value that answers it.
_KINDS = {
    "whether": ValueKind.YES_NO,
    "date": ValueKind.DATE,
    "money": ValueKind.MONEY,
    "share": ValueKind.NUMBER,
    "duration": ValueKind.NUMBER,
    "number": ValueKind.NUMBER,
    "several": ValueKind.LIST,
}
_SCHEMA_TYPES = {
    "string": ValueKind.TEXT,
    "number": ValueKind.NUMBER,
    "integer": ValueKind.NUMBER,
    "boolean": ValueKind.YES_NO,
    "array": ValueKind.LIST,
}


def column_of(field: str) -> Column:
    """The column of `QUESTION` or `NAME=QUESTION`."""
    name, equals, question = field.partition("=")
    name, question = name.strip(), (question if equals else name).strip()
    kind = _kind_of(question)
    counted = _COUNTED.search(question) if kind is ValueKind.NUMBER else None
    return _check(Column(name, question, kind, counted[1] if counted else ""))


def read_schema(path: Path) -> list[Column]:
    """The columns that a file describes: TOML, or JSON Schema."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        values = json.loads(text) if path.suffix == ".json" else tomllib.loads(_quoted_keys(text))
    except OSError as error:
        raise UsageError("table.unreadable", path=path, reason=error.strerror) from error
    except ValueError as error:
        raise UsageError("table.schema_invalid", path=path, reason=error) from error
    fields = values.get("properties", values.get("columns")) if isinstance(values, dict) else None
    if not isinstance(fields, dict) or not fields:
        raise UsageError("table.schema_empty", path=path)
    return [_describe(name, facts, path) for name, facts in fields.items()]


def _quoted_keys(toml: str) -> str:
    """TOML as people write it: 甲方 = "…" and [columns.甲方] without quotes around the name."""
    return _BARE_KEY.sub(lambda key: f'{key[1]}"{key[2]}"{key[3]}', toml)


def check_columns(columns: Sequence[Column]) -> None:
    """UsageError where there is no column, too many, or two of one name."""
    if not columns:
        raise UsageError("table.no_columns")
    if len(columns) > MOST_COLUMNS:
        raise UsageError("table.too_many_columns", count=len(columns), most=MOST_COLUMNS)
    names = [column.name for column in columns]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UsageError("table.column_twice", name=twice)


def _describe(name: str, facts: object, path: Path) -> Column:
    if isinstance(facts, str):
        facts = {"question": facts}
    if not isinstance(facts, Mapping):
        raise UsageError("table.schema_column", path=path, name=name, reason=facts)
    question = str(facts.get("question") or facts.get("description") or name)
    choices = _texts(facts.get("choices", facts.get("enum", ())))
    kind = _named_kind(facts, choices, question, path, name)
    if choices and kind is not ValueKind.CHOICE:
        raise UsageError("table.choices_of_no_choice", path=path, name=name, kind=kind)
    if kind is ValueKind.CHOICE and len(choices) < 2:
        raise UsageError("table.choice_of_nothing", path=path, name=name)
    least, most = facts.get("minimum"), facts.get("maximum")
    if isinstance(least, int | float) and isinstance(most, int | float) and least > most:
        raise UsageError("table.empty_range", path=path, name=name, least=least, most=most)
    return _check(Column(name, question, kind, str(facts.get("unit", "")), choices))


def _named_kind(
    facts: Mapping[str, object], choices: Sequence[str], question: str, path: Path, name: str
) -> ValueKind:
    named = _single(facts.get("type"))
    if facts.get("format") == "date":
        return ValueKind.DATE
    if named is None or (named == "string" and choices):
        return ValueKind.CHOICE if choices else _kind_of(question)
    if named in set(ValueKind):
        return ValueKind(str(named))
    if named in _SCHEMA_TYPES:
        return _SCHEMA_TYPES[str(named)]
    known = ", ".join([*ValueKind, *_SCHEMA_TYPES])
    raise UsageError("table.unknown_type", path=path, name=name, kind=named, known=known)


def _single(named: object) -> object:
    """The one type of JSON Schema's ["string", "null"]: a value may always be missing."""
    if not isinstance(named, list):
        return named
    types = [one for one in named if one != "null"]
    return types[0] if len(types) == 1 else ", ".join(map(str, types))


def _kind_of(question: str) -> ValueKind:
    folded = normal(question).rstrip("?")
    if _IDENTIFIER.search(folded):
        return ValueKind.TEXT
    if (found := _SUM.search(folded)) and (found["asks"] or found.start() == 0):
        return ValueKind.MONEY
    if _MUCH.search(folded):
        return ValueKind.MONEY
    kinds = Asked.of(normal(question)).kinds
    return next((_KINDS[kind] for kind in _KINDS if kind in kinds), ValueKind.TEXT)


def _check(column: Column) -> Column:
    if not column.name or not _WORD.search(column.question):
        raise UsageError("table.no_question", field=column.name or column.question or "=")
    if len(column.question) > _LONGEST_QUESTION:
        raise UsageError("table.question_too_long", name=column.name, most=_LONGEST_QUESTION)
    return replace(column, name=" ".join(column.name.split()))


def _texts(values: object) -> tuple[str, ...]:
    found = values if isinstance(values, Iterable) and not isinstance(values, str) else ()
    return tuple(dict.fromkeys(str(value) for value in found))
