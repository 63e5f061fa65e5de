"""The value inside a quote: as it is written there, and in one form."""

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from docqa.answer.tables.columns import Column, ValueKind
from docqa.terms import cut, normal

_DIGITS = (
    r"(?:[0-9０-９][0-9０-９,，.．]*|[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]+)"
)
_NUMBER = re.compile(
    rf"(?P<number>{_DIGITS}\s*[万亿]?)\s*(?P<unit>(?:个?工作日|个?自然日|个月|个|平方米|平方公里|公里|"
    r"小时|分钟|毫升|毫米|厘米|千克|公斤|千瓦|摄氏度|[年月日天周元份套台件人名次吨克米升瓦伏度层倍岁辆间]|℃|％|%|[A-Za-z]{1,3}\b)?)"
)
_PERCENT = re.compile(rf"百分之(?P<han>{_DIGITS})|(?P<number>{_DIGITS})\s*[%％]")
_MONEY = re.compile(
    rf"(?:人民币|RMB|[¥￥$€])?\s*(?P<number>{_DIGITS}\s*[万亿千百]?)\s*"
    r"(?P<unit>元|圆|美元|美金|港元|港币|欧元|日元|英镑|块)(?:整|正)?|[¥￥$€]\s*(?P<sign>[0-9０-９][0-9０-９,，.．]*)"
)
_DATE = re.compile(
    r"(?P<year>[0-9０-９]{4}|[〇零一二三四五六七八九]{4})\s*(?:年|[-/.．])\s*"
    r"(?:(?P<month>[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})\s*(?:月|[-/.．](?=\s*[0-9０-９]))\s*"
    r"(?:(?P<day>[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})\s*[日号]?)?)?"
)
# What a rule denies by; 不仅 and 不超过 deny nothing.
_NO = re.compile(
    r"不得|不可(?!避)|不能|不予|不允许|不包括|不含|不需|不必|不再|不享|不支持|不提供|不承担|禁止|严禁|无需|无须|谢绝|没有|并无|(?<![一二三四五六七八九十])未(?!来)"
    r"|\b(?:not|no|never|must not|cannot)\b"
)
_YES = re.compile(
    r"可以|可(?=[由在向以凭])|允许|应当|应(?=[在于当按向由])|须|必须|需要|有权|包括|包含|含|享有|支持|提供|是|有|能"
    r"|\b(?:yes|may|can|must|shall|is|are)\b"
)
_LABEL = re.compile(r"(?:^|[\n；;|])\s*(?P<name>[^\n：:，,。；;|]{1,16})[：:]\s*(?P<value>[^\n|]+)")
_BETWEEN = re.compile(r"[、；;\n]|，(?=\S)|,\s")
_MOST_ITEMS = 200
# What the name of a column adds to the word that a sentence uses: 联系 in 联系人.
_ENDINGS = "人者方地点日期时间"
_ASKING_WORDS = re.compile(
    "什么|多少|多久|哪|天|谁|几|是否|能否|可否|吗|是|的|有|为|在|元|人|日|期|每"
)
_SAME_UNITS = (("人", "名", "位"), ("天", "日"), ("千克", "公斤", "kg"))
_IS_PERSON = re.compile(r"..+人$")


class Value(Struct, frozen=True):
    """What a cell says: as written, and in one form that can be compared and sorted."""

    text: str
    normal: str


def read_value(column: Column, quote: str) -> Value | None:
    """The value that a quote gives for a column; None where it holds none of its kind."""
    return _READERS[column.kind](column, quote)


def shared_characters(column: Column, sentence: str) -> int:
    """How many characters of what is asked a sentence holds; its asking words count for nothing."""
    folded = normal(sentence)
    asked = _ASKING_WORDS.sub("", normal(column.name + column.question))
    return sum(character in folded for character in dict.fromkeys(asked) if character.isalpha())


def _text(column: Column, quote: str) -> Value | None:
    value = _label_value(column, quote) or _name(column, quote)
    if not value and column.question != column.name:
        # A question may be answered by a sentence; a bare name such as 甲方 is not.
        value = quote
    value = " ".join(value.strip(' \n\t。；;，,“”"').split())
    return Value(value, value) if value else None


def _label_value(column: Column, quote: str) -> str:
    """What follows `名称：`, where the quote is made of such lines and one names the column."""
    name = _bare(column.name)
    for line in _LABEL.finditer(quote):
        label = _bare(line["name"])
        if label.endswith(name) or (len(label) > 1 and name.endswith(label)):
            return line["value"].strip()
    return ""


def _name(column: Column, quote: str) -> str:
    """What a sentence calls so: 某公司（以下简称甲方）, 地点为某处, 请联系某人."""
    name, stem = column.name, column.name.rstrip(_ENDINGS) or column.name
    patterns = (
        rf"([^，。；、由与和\s]{{2,40}})[（(][^）)]*[称為为][“\"「]?{re.escape(name)}",
        rf"{re.escape(name)}(?:名称)?(?:[为是在于：:]|[ 　|]+)([^，。；\n|]+)",
        rf"{re.escape(stem)}[人地点]?(?:[为是在于：:]|[ 　|]+)([^，。；\n|]+)",
        # What follows the verb that the name of a person is made from.
        rf"{re.escape(name[:-1])}([^，。；\n人]{{2,12}})" if _IS_PERSON.match(name) else r"(?!)()",
    )
    found = (re.search(pattern, quote) for pattern in patterns)
    return next((one[1] for one in found if one), "")


def _bare(name: str) -> str:
    return re.sub(r"[\s　]|[（(].*?[）)]", "", normal(name))


def _nearest(column: Column, quote: str, found: Iterator[re.Match[str]]) -> re.Match[str] | None:
    """The value that stands nearest behind the words of the question, else nearest before."""
    anchor = _anchor(column, quote)
    return min(
        found,
        key=lambda one: one.start() - anchor if one.start() >= anchor else 2 * (anchor - one.end()),
        default=None,
    )


def _anchor(column: Column, quote: str) -> int:
    """Where the quote speaks of what is asked: behind the last of the question's words it holds."""
    label = _label_value(column, quote)
    if label:
        return quote.find(label)
    folded = quote.lower()
    ends = [
        at + len(term)
        for term in cut(normal(f"{column.name} {column.question}"))
        if len(term) > 1 and (at := folded.find(term)) >= 0
    ]
    return max(ends, default=0)


def _money(column: Column, quote: str) -> Value | None:
    found = _nearest(column, quote, _MONEY.finditer(quote))
    if found is None:
        return None
    number = _plain(found["number"] or found["sign"])
    written = found[0].strip()
    sign = next((word for mark, word in _SIGNS if mark in written), found["unit"] or "元")
    return Value(written, f"{number} {_CURRENCIES.get(sign, sign)}") if number else None


_SIGNS = (("$", "美元"), ("€", "欧元"), ("¥", "元"), ("￥", "元"))
_CURRENCIES = {"圆": "元", "块": "元", "美金": "美元", "港币": "港元"}


def _number(column: Column, quote: str) -> Value | None:
    shares = list(_PERCENT.finditer(quote))
    numbers = [
        one
        for one in _NUMBER.finditer(quote)
        if not any(share.start() <= one.start() < share.end() for share in shares)
        and not quote[: one.start()].endswith("第")
    ]
    if column.unit:
        wanted = column.unit.lstrip("个")
        same = next((group for group in _SAME_UNITS if wanted in group), (wanted,))
        numbers = [one for one in numbers if one["unit"].lstrip("个") in same]
        shares = shares if wanted in ("%", "％") else []
    # A bare number in a sentence is an article or a year; with a unit it is a quantity.
    quantities = [*shares, *(one for one in numbers if one["unit"])]
    found = _nearest(column, quote, iter(quantities or numbers))
    if found is None:
        return None
    if found in shares:
        return Value(found[0].strip(), f"{_plain(found['han'] or found['number'])} %")
    number = _plain(found["number"])
    return Value(found[0].strip(), f"{number} {found['unit']}".strip()) if number else None


def _date(column: Column, quote: str) -> Value | None:
    found = _nearest(column, quote, _DATE.finditer(quote))
    if found is None:
        return None
    parts = [_plain(found[name], digits=name == "year") for name in ("year", "month", "day")]
    known = [part.zfill(2) for part in parts if part]
    if len(known) > 1 and not 1 <= int(known[1]) <= 12:
        return None
    return Value(found[0].strip(), "-".join(known))


def _yes_no(_column: Column, quote: str) -> Value | None:
    if denied := _NO.search(quote):
        return Value(denied[0], "否")
    if stated := _YES.search(quote):
        return Value(stated[0], "是")
    return None


def _choice(column: Column, quote: str) -> Value | None:
    folded = normal(quote)
    held = [choice for choice in column.choices if normal(choice) in folded]
    # 有限责任公司 holds 公司: the longer one is meant.
    held = [one for one in held if not any(one != other and one in other for other in held)]
    return Value(held[0], held[0]) if len(held) == 1 else None


def _list(column: Column, quote: str) -> Value | None:
    whole = _label_value(column, quote) or quote
    items = [item.strip(" 。；;：:·•-") for item in _BETWEEN.split(whole)]
    items = [item for item in items if item][:_MOST_ITEMS]
    return Value(whole.strip(), "；".join(map(normal, items))) if items else None


_READERS: dict[ValueKind, Callable[[Column, str], Value | None]] = {
    ValueKind.TEXT: _text,
    ValueKind.MONEY: _money,
    ValueKind.NUMBER: _number,
    ValueKind.DATE: _date,
    ValueKind.YES_NO: _yes_no,
    ValueKind.CHOICE: _choice,
    ValueKind.LIST: _list,
}


def _plain(written: str | None, *, digits: bool = False) -> str:
    """A number as digits: 三千 and ３，０００ are 3000; 二〇二六 as a year is 2026."""
    if not written:
        return ""
    # The one form of numbers knows years by what follows them, and small numbers by being counted.
    plain = normal(f"{''.join(written.split())}{'年' if digits else '月'}").rstrip("年月")
    return plain.replace(",", "").rstrip(".")
