"""Lines of a document such as `甲方（采购方）：某公司`: the surest source of a cell."""

import re
from collections.abc import Iterator

from msgspec import Struct

from docqa.answer.tables.columns import Column, ValueKind
from docqa.answer.tables.field_names import same_names
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
# A PDF may join the lines of both parties of an invoice.
_END_OF_PARTY = (
    rf"[\n|；;]|$|{NEXT_FIELD}"
    r"|[购销]\s*[买售货]\s*方|甲方|乙方|买方|卖方|项目名称|纳税人|统一社会"
)
_ASKING = re.compile(
    r"是?(?:多少|什么|哪一?[天年日家个位]?|谁|多久|多长|几)[钱元天年月日时候间]*|[？?]|的$"
)
_NUMBERING = re.compile(r"^[第(（]?[0-9一二三四五六七八九十]+[章节条部)）、.．]\s*")
_BLANKS = re.compile(r"[\s　_＿]+")
_NUMBERED = re.compile(r"(?<=[\u3400-\u9fff]{2})(?:编号|号码)$")
_NAMED = re.compile(r"(?<=[\u3400-\u9fff]{2})(?:名称|姓名|签名|签字)$")
_IS_PERSON = re.compile("..+[人者员]$")
_ASKS_TITLE = re.compile("(?:文件|文档|邮件|信件)?(?:标题|题目)$|(?:邮件|信件)?主题$")
_NAMES_SUBJECT = re.compile("^(?:项目|课程|培训|会议|活动|产品)(?:名称|主题|内容|题目)$")
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


def same_values(column: Column, text: str) -> list[Labelled]:
    """What the document gives under another name of the field, in order: 供货单位 for 供应商."""
    alike = {_plain(other) for name in _names(column) for other in same_names(name)}
    # 主持：某人 is the 主持人.
    alike |= {name[:-1] for name in _names(column) if _IS_PERSON.match(name)}
    return [one for labels, one in _lines(text) if labels & alike and one.value]


def akin_values(column: Column, text: str) -> list[Labelled]:
    """What stands under a longer or a shorter name: 联系电话 for 电话, 日期 for 送货日期."""
    names = {*_names(column)}
    names |= {other for name in names for other in same_names(name)}
    return [one for labels, one in _lines(text) if one.value and _are_akin(labels, names)]


def party_values(column: Column, text: str) -> list[Labelled]:
    """What a block about a party calls 名称: 购买方信息 名称：某公司 for 购买方."""
    roles = {name for name in _names(column) for name in (name, *same_names(name))}
    spaced = "|".join(r"\s*".join(map(re.escape, role)) for role in roles if len(role) > 1)
    block = rf"(?:{spaced})\s*(?:信\s*息|资\s*料|情\s*况)?[\s：:|]*(?:名\s*称|姓\s*名)[ 　]*[：:|]"
    pattern = rf"{block}[ 　]*(?P<value>[^\n|；;]+?)(?={_END_OF_PARTY})"
    return [
        Labelled(found["value"].strip(" 　。"), found.start(), found.end("value"))
        for found in (re.finditer(pattern, text) if spaced else ())
    ]


def bears_name(column: Column, heading: str) -> bool:
    """Whether a heading such as 三、检测结论 is the column's very name."""
    return _plain(_NUMBERING.sub("", normal(heading))) in _names(column)


def title_line(column: Column, text: str) -> list[Labelled]:
    """The first line, where a column asks for what a document or a mail is called."""
    found = _FIRST_LINE.match(text) if _ASKS_TITLE.match(normal(column.name)) else None
    return [Labelled(found[1], found.start(1), found.end(1))] if found else []


def subject_line(column: Column, text: str) -> list[Labelled]:
    """The first line, which perhaps names the project, the course or the event of a document."""
    found = _FIRST_LINE.match(text) if _NAMES_SUBJECT.match(normal(column.name)) else None
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


def _are_akin(labels: set[str], names: set[str]) -> bool:
    pairs = ((label, name) for label in labels for name in names)
    return any(
        min(len(label), len(name)) > 1 and (label.endswith(name) or name.endswith(label))
        for label, name in pairs
    )


def _plain(name: str) -> str:
    """A name as labels are compared: 订单编号 is 订单号, 购买方名称 is 购买方."""
    bare = _BLANKS.sub("", name).strip("的是为 ")
    return _NAMED.sub("", _NUMBERED.sub("号", bare))


def _unless_blank(value: str) -> str:
    """A form's empty line is no value."""
    return value if _BLANKS.sub("", value) else ""
