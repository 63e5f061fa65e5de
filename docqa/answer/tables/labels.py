"""Lines of a document such as `甲方（采购方）：某公司`: the surest source of a cell."""

import re
from collections.abc import Iterator

from msgspec import Struct

from docqa.answer.tables.columns import Column, ValueKind
from docqa.terms import normal

# Where the next field of a form begins on the same line: 审核人：蒋文 批准人：邵志强.
NEXT_FIELD = (
    r"[ \t　]+[\u3400-\u9fff]{2,8}[：:]"
    r"|(?:[ \t]{2,}|　{2,})[\u3400-\u9fff][ 　]?[\u3400-\u9fff]{1,6}(?:[ \t]{2,}|　+)\S"
)
# A name at the beginning of a line or behind a gap, an aside in brackets, a colon or a table's bar.
_LINE = re.compile(
    r"(?:^|(?<=\n)|(?<=[；;|\t　])|(?<= {2})|(?<= )(?=[\u3400-\u9fff]{2,8}[：:]))[ 　]*"
    r"(?P<name>[^\s：:，,。；;|（）()]{1,14}(?: [^\s：:，,。；;|（）()]{1,8})?)"
    r"[ 　]*(?:[（(](?P<alias>[^（）()\n]{0,16})[）)])?"
    r"(?:[ 　]*(?:[：:]|\|)[ 　]*|[ \t]*　+| {2,}|\t+)"
    rf"(?P<value>[^\n|；;]+?)(?=[\n|；;]|$|{NEXT_FIELD})"
)
_ASKING = re.compile(
    r"是?(?:多少|什么|哪一?[天年日家个位]?|谁|多久|多长|几)[钱元天年月日时候间]*|[？?]|的$"
)
_NUMBERING = re.compile(r"^[第(（]?[0-9一二三四五六七八九十]+[章节条部)）、.．]\s*")
_BLANKS = re.compile(r"[\s　_＿]+")
_NUMBERED = re.compile(r"(?<=[\u3400-\u9fff]{2})(?:编号|号码)$")
_NAMED = re.compile(r"(?<=[\u3400-\u9fff]{2})(?:名称|姓名|签名|签字)$")
_ASKS_TITLE = re.compile("(?:文件|文档|邮件|信件)?(?:标题|题目)$|(?:邮件|信件)?主题$")
_FIRST_LINE = re.compile(r"\s*(\S[^\n]{1,59})(?:\n|$)")
# Labels stand in the first pages of a long document; reading all of it would take long.
MOST_CHARACTERS = 200_000


class Labelled(Struct, frozen=True):
    """What a label gives, and where it stands."""

    value: str
    start: int
    """Of the line, with its label: that is what is quoted."""
    end: int


def labelled_values(column: Column, text: str) -> list[Labelled]:
    """What the document gives under the column's very name, in order; no line twice."""
    names = _names(column)
    return [one for labels, one in _lines(text) if labels & names and one.value]


def bears_name(column: Column, heading: str) -> bool:
    """Whether a heading such as 三、检测结论 is the column's very name."""
    return _plain(_NUMBERING.sub("", normal(heading))) in _names(column)


def title_line(column: Column, text: str) -> list[Labelled]:
    """The first line, where a column asks for what a document or a mail is called."""
    found = _FIRST_LINE.match(text) if _ASKS_TITLE.match(normal(column.name)) else None
    return [Labelled(found[1], found.start(1), found.end(1))] if found else []


def find_labels(text: str) -> Iterator[tuple[str, str]]:
    """Every label of a text with what stands under it."""
    return ((label, one.value) for labels, one in _lines(text) for label in labels if label)


def _names(column: Column) -> set[str]:
    """The column's name, and what its question asks for without the asking."""
    asked = _ASKING.sub("", normal(column.question))
    taught = {_plain(normal(label)) for label in column.labels}
    if column.kind is ValueKind.YES_NO:
        return {_plain(normal(column.name))} | taught
    return ({_plain(normal(column.name)), _plain(asked)} | taught) - {""}


def _lines(text: str) -> Iterator[tuple[set[str], Labelled]]:
    """Lines with the names they bear: the label and what stands in brackets behind it."""
    for line in _LINE.finditer(text):
        value = line["value"].strip(" 　。")
        start = line.start("name")
        end = line.start("value") + len(line["value"].rstrip())
        labels = {_plain(normal(line[part] or "")) for part in ("name", "alias")}
        yield labels, Labelled(_unless_blank(value), start, end)


def _plain(name: str) -> str:
    """A name as labels are compared: 订单编号 is 订单号, 购买方名称 is 购买方."""
    bare = _BLANKS.sub("", name).strip("的是为 ")
    return _NAMED.sub("", _NUMBERED.sub("号", bare))


def _unless_blank(value: str) -> str:
    """A form's empty line is no value."""
    return value if _BLANKS.sub("", value) else ""
