"""The value inside a quote: as it is written there, and in one form."""

import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from docqa.answer.name_patterns import NAME
from docqa.answer.tables.columns import Column, ValueKind
from docqa.answer.tables.field_names import same_names
from docqa.answer.tables.labels import NEXT_FIELD
from docqa.answer.tables.shapes import shaped_value
from docqa.answer.value_patterns import (
    DATE,
    MONEY,
    NUMBER,
    PERCENT,
    date_form,
    money_form,
    number_form,
    plain_number,
    share_form,
)
from docqa.terms import cut, normal

# What a rule denies by; 不仅 and 不超过 deny nothing.
_NO = re.compile(
    r"不得|不可(?!避)|不能|不予|不允许|不具|不属|不适|不会|不作|不接|不退|不包括|不含|不需|不必|不再|不享|不支持|不提供|不承担|禁止|严禁|无需|无须|谢绝|没有|并无|(?<![一二三四五六七八九十])未(?!来)"
    r"|\b(?:not|no|never|must not|cannot)\b"
)
_YES = re.compile(
    r"可以|可(?=[由在向以凭])|允许|应当|应(?=[在于当按向由])|须|必须|需要|有权|包括|包含|含|享有|支持|提供|是|有(?!限)|能"
    r"|\b(?:yes|may|can|must|shall|is|are)\b"
)
# 不能到场的同事可以用视频参加: who may is described, nothing is denied.
_DENIED_OF_SOME = re.compile(
    r"(?:不能|不便|无法|未)[^，,。；;]{1,8}的(?=[^，,。；;]{0,8}(?:可以|可|应|须|能))"
)
_LABEL = re.compile(
    r"(?:^|[\n；;|])\s*(?P<name>[^\n：:，,。；;|]{1,16})[：:]\s*"
    rf"(?P<value>[^\n|]+?)(?=[\n|]|$|{NEXT_FIELD})"
)
_DAY = re.compile(
    r"([0-9０-９]{1,2}|[一二三四五六七八九十]{1,2})\s*月\s*"
    r"([0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})\s*[日号]"
)
# A sum that stands alone in its cell needs no unit.
_BARE_SUM = re.compile(r"\s*(?P<number>[0-9][0-9,]*(?:\.[0-9]+)?)\s*")
# 25k/月, 1.5w, 8千: as people write salaries.
_SHORT_SUM = re.compile(
    r"(?<![A-Za-z0-9.])(?P<number>[0-9]+(?:\.[0-9]+)?)\s?(?P<unit>[kKwW千万])(?![A-Za-z0-9克米瓦字人名台件套份])"
)
_THOUSANDS = {"k": 1_000, "千": 1_000, "w": 10_000, "万": 10_000}
_BETWEEN = re.compile(r"[、；;\n]|，(?=\S)|,\s")
# What the name of a column adds to the word that a sentence uses: 联系 in 联系人.
_ENDINGS = "人者方地点日期时间"
_ASKING_WORDS = re.compile(
    "什么|多少|多久|哪|天|谁|几|是否|能否|可否|吗|是|的|有|为|在|元|人|日|期|每"
)
_CLAUSES = re.compile(r"[，,。；;！!？?：:\s]+")
_ASKS_WHETHER = re.compile(
    "是否|是不是|能否|可否|能不能|可不可以|有没有|有无|可以|允许|需要|必须|应当|[吗么呢的]"
)
_SAME_UNITS = (
    ("人", "名", "位"),
    ("天", "日"),
    ("千克", "公斤", "kg"),
    ("平方米", "㎡", "m²", "m2"),
)
_ASKS_DEADLINE = re.compile("最[晚迟后]|截[止至]|期限|之前|到期")
_UNTIL = re.compile(
    r"(?:[（(][^）)]*[）)]|[上下]?[午班]{0,2}|\s*[0-9:：时点分]+)*(?:下班)?(?:之前|以前|前|止|截止|为止)"
)
# 总费用: 每天65元，一共390元 gives the price of a day first.
_ASKS_WHOLE = re.compile("总|合计|[一总]共|共计")
_IS_WHOLE = re.compile("(?:[一总]?共|总[计价额]|合计)[为是计]?(?:人民币|约)?[：:]?$")
_DAYS, _CALENDAR = ("天", "日"), ("年", "月", "日", "号", "天")
_ROLE = re.compile("(?:人|方|者|单位|机构|公司|部门)$")
_IS_PERSON = re.compile(r"..+人$")
_POLITE = re.compile(r"(?<=..)(?:先生|女士|小姐|老师|同志)$")


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
    if column.kind is ValueKind.YES_NO:
        asked = _ASKS_WHETHER.sub("", asked)
    held = sum(character in folded for character in dict.fromkeys(asked) if character.isalpha())
    words = {column.name, *cut(normal(column.question))}
    return held + sum(len(other) for word in words for other in same_names(word) if other in folded)


def _text(column: Column, quote: str) -> Value | None:
    shaped = shaped_value(column, quote)
    if shaped is not None:
        return Value(shaped, shaped) if shaped else None
    value = _label_value(column, quote) or _name(column, quote)
    if not value and column.question != column.name:
        # A question may be answered by a sentence; a bare name such as 甲方 is not.
        value = quote
    value = " ".join(value.strip(' \n\t。；;，,“”"').split())
    if _IS_PERSON.match(column.name):
        value = _POLITE.sub("", value)
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
    role = _ROLE.sub("", name)
    patterns = (
        rf"([^，。；、由与和\s]{{2,40}})[（(][^）)]*[称為为][“\"「]?{re.escape(name)}",
        rf"{re.escape(name)}(?:名称)?[：:]\s*([^。；\n|]+)",
        rf"{re.escape(name)}(?:名称)?(?:[为是在于]|[ 　|]+)([^，。；\n|]+)",
        rf"{re.escape(stem)}[人地点]?(?:[为是在于：:]|[ 　|]+)([^，。；\n|]+)",
        # 由某人主持, 受某公司委托: before the verb that the name is made from; or behind it.
        rf"[由受]([^，。；\n由受]{{2,30}}?){re.escape(role)}"
        if 1 < len(role) < len(name)
        else r"(?!)()",
        rf"{re.escape(name[:-1])}({NAME})" if _IS_PERSON.match(name) else r"(?!)()",
    )
    found = (re.search(pattern, quote) for pattern in patterns)
    value = next((one[1] for one in found if one), "")
    return re.split(NEXT_FIELD, value, maxsplit=1)[0]


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
    if bare := _BARE_SUM.fullmatch(quote):
        unit = " 元" if "元" in column.question else ""
        return Value(bare["number"], bare["number"].replace(",", "") + unit)
    sums = list(MONEY.finditer(quote))
    if _ASKS_WHOLE.search(column.name + column.question):
        sums = [one for one in sums if _IS_WHOLE.search(quote, 0, one.start())] or sums
    if value := _value(_nearest(column, quote, iter(sums)), money_form):
        return value
    return _value(_nearest(column, quote, _SHORT_SUM.finditer(quote)), _short_sum_form)


def _short_sum_form(found: re.Match[str]) -> str:
    return f"{float(found['number']) * _THOUSANDS[found['unit'].lower()]:.10g} 元"


def _number(column: Column, quote: str) -> Value | None:
    shares = list(PERCENT.finditer(quote))
    # Of a period that is asked for in years or days, they are no dates.
    patterns = () if column.unit in _CALENDAR else (DATE, _DAY)
    dates = [
        one.span() for pattern in patterns for one in pattern.finditer(quote) if len(one[0]) > 4
    ]
    # 一天 of 晚还一天加多少 is said by the question, not asked for; 几天 may find the same number.
    said = {one[0].strip() for one in NUMBER.finditer(column.question) if not column.unit}
    numbers = [
        one
        for one in NUMBER.finditer(quote)
        if one[0].strip() not in said
        and not any(share.start() <= one.start() < share.end() for share in shares)
        and not any(one.start() < end and start < one.end() for start, end in dates)
        and not quote[: one.start()].endswith("第")
    ]
    if column.unit:
        wanted = column.unit.lstrip("个")
        same = next((group for group in _SAME_UNITS if wanted in group), (wanted,))
        of_unit = [one for one in numbers if one["unit"].lstrip("个") in same]
        weeks = [one for one in numbers if one["unit"] == "周"] if wanted in _DAYS else []
        numbers = of_unit or weeks
        shares = shares if wanted in ("%", "％") else []
    # A bare number in a sentence is an article or a year; with a unit it is a quantity.
    quantities = [*shares, *(one for one in numbers if one["unit"])]
    found = _nearest(column, quote, iter(quantities or numbers))
    if found in shares:
        return _value(found, share_form)
    value = _value(found, number_form)
    # 25位 is 25 人, where people are asked for.
    if value and found and column.unit and found["unit"] not in ("", "周"):
        return replace(value, normal=f"{value.normal.split()[0]} {column.unit}")
    return value


def _date(column: Column, quote: str) -> Value | None:
    for pattern, form in ((DATE, date_form), (_DAY, _day_form)):
        dates = [one for one in pattern.finditer(quote) if form(one)]
        if _ASKS_DEADLINE.search(column.name + column.question):
            dates = [one for one in dates if _UNTIL.match(quote, one.end())] or dates
        if found := _nearest(column, quote, iter(dates)):
            return _value(found, form)
    return None


def _day_form(found: re.Match[str]) -> str:
    """5月13日 as 05-13, where no year is said."""
    month, day = (plain_number(part).zfill(2) for part in found.groups())
    return f"{month}-{day}" if "01" <= month <= "12" and "01" <= day <= "31" else ""


def _value(found: re.Match[str] | None, form: Callable[[re.Match[str]], str]) -> Value | None:
    one_form = form(found) if found else ""
    return Value(found[0].strip(), one_form) if found and one_form else None


def _yes_no(column: Column, quote: str) -> Value | None:
    quote = _DENIED_OF_SOME.sub("", quote)
    words = _words_asked(column)
    about = _clause_about(words, quote)
    for word in words:
        # 不合格, 未转正; and 判定为合格 at the end of its clause.
        if denied := re.search(f"[不未无非]{re.escape(word)}", about):
            return Value(denied[0], "否")
    for text in (about, quote):
        if denied := _NO.search(text):
            return Value(denied[0], "否")
        if stated := _YES.search(text):
            return Value(stated[0], "是")
        if said := next((word for word in words if text.endswith(word)), None):
            return Value(said, "是")
    return None


def names_matter(column: Column, quote: str) -> bool:
    """Whether a quote has a word of what is asked: 饲养大型犬 says nothing sure of 养猫."""
    folded = normal(quote)
    return any(word in folded for word in _words_asked(column))


def _words_asked(column: Column) -> list[str]:
    asked = cut(_ASKS_WHETHER.sub("", normal(column.question)))
    words = [term for term in asked if len(term) > 1]
    return [*words, *(other for word in words for other in same_names(word))]


def _clause_about(words: Sequence[str], quote: str) -> str:
    """The clause of a quote that holds most of the words asked about; all of it, where none does.

    未检出 in the line above says nothing of whether the whole is 合格.
    """
    clauses = [clause for clause in _CLAUSES.split(quote) if clause]
    held = [sum(word in normal(clause) for word in words) for clause in clauses]
    return clauses[held.index(max(held))] if any(held) else quote


def _choice(column: Column, quote: str) -> Value | None:
    folded = normal(quote)
    held = [choice for choice in column.choices if normal(choice) in folded]
    # 有限责任公司 holds 公司: the longer one is meant.
    held = [one for one in held if not any(one != other and one in other for other in held)]
    return Value(held[0], held[0]) if len(held) == 1 else None


def _list(column: Column, quote: str) -> Value | None:
    whole = _label_value(column, quote) or quote
    items = [item.strip(" 。；;：:·•-") for item in _BETWEEN.split(whole)]
    items = [item for item in items if item]
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
