"""Numbers with their units, compared by what they amount to: 1.5公里 is 1500米."""

import re
from collections.abc import Iterable
from decimal import Decimal

from msgspec import Struct

# Unit as written in folded text -> what it measures, and how much of that it is.
_UNITS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("公里", "千米", "km"), ("长", "1000")),
    **dict.fromkeys(("米", "公尺", "m"), ("长", "1")),
    **dict.fromkeys(("厘米", "公分", "cm"), ("长", "0.01")),
    **dict.fromkeys(("毫米", "mm"), ("长", "0.001")),
    **dict.fromkeys(("英尺", "呎"), ("英尺", "1")),
    **dict.fromkeys(("英里", "哩"), ("英里", "1")),
    **dict.fromkeys(("平方公里", "平方千米", "km2", "km²"), ("面积", "1000000")),
    **dict.fromkeys(("平方米", "平米", "m2", "m²"), ("面积", "1")),
    **dict.fromkeys(("公顷",), ("面积", "10000")),
    **dict.fromkeys(("公斤", "千克", "kg"), ("重", "1")),
    **dict.fromkeys(("吨",), ("重", "1000")),
    **dict.fromkeys(("克", "g"), ("重", "0.001")),
    **dict.fromkeys(("毫升", "ml"), ("容", "0.001")),
    **dict.fromkeys(("升", "l"), ("容", "1")),
    **dict.fromkeys(("千瓦", "kw"), ("功率", "1000")),
    **dict.fromkeys(("瓦", "w"), ("功率", "1")),
    **dict.fromkeys(("gb", "吉字节"), ("存储", "1024")),
    **dict.fromkeys(("mb", "兆字节", "兆"), ("存储", "1")),
    **dict.fromkeys(("美元", "美金", "usd"), ("美元", "1")),
    **dict.fromkeys(("人民币", "元", "块", "rmb"), ("元", "1")),
    **dict.fromkeys(("小时", "个小时", "钟头"), ("小时", "60")),
    **dict.fromkeys(("分钟",), ("小时", "1")),
    **dict.fromkeys(("℃", "°c", "度", "摄氏度"), ("度", "1")),
    **dict.fromkeys(("人", "名", "位", "口"), ("人", "1")),
    **dict.fromkeys(("日", "号", "天"), ("日", "1")),
    **dict.fromkeys(("个月",), ("个月", "1")),
    **dict.fromkeys(("月", "月份"), ("月", "1")),
    **dict.fromkeys(("年", "载"), ("年", "1")),
    **dict.fromkeys(("岁",), ("岁", "1")),
    **dict.fromkeys(("%",), ("%", "1")),
    **dict.fromkeys(("‰",), ("%", "0.1")),
    **dict.fromkeys(("‱",), ("%", "0.01")),
}
_LONGEST_FIRST = "|".join(map(re.escape, sorted(_UNITS, key=len, reverse=True)))
_VALUE = re.compile(
    r"(?<![a-z0-9.])(?P<number>\d+(?:\.\d+)?)(?!\.?\d)"
    rf"\s*(?P<unit>(?:{_LONGEST_FIRST})(?![a-z])|[^\d\W_])?"
)
_ABOUT = re.compile(
    r"(?:约|近|大概|超过|逾|多达|接近|about|nearly|around|over|approximately)\s*为?\s*$"
)
_ABOUT_AFTER = re.compile(r"\s*(?:多|余|左右|上下|以上|or so)")
_LOOK_BACK = 14
# So many years are no year of the calendar but a time of so many months.
_MOST_YEARS, _MONTHS = 99, 12
_ORDINAL = "第"
# "About" leaves this much open; set by hand: 近6万 for 56,000 is true, for 50,000 it is not.
_OPEN = Decimal("0.1")


class Quantity(Struct, frozen=True):
    """One number of a text: how much of what, and where it stands."""

    amount: Decimal
    kind: str
    """What its unit measures, or the character after it; empty where nothing follows."""
    known: bool
    about: bool
    start: int
    end: int

    def is_of_kind(self, other: "Quantity") -> bool:
        """Whether both may measure the same thing."""
        return self.kind == other.kind or not (self.kind and other.kind)

    def _is_as_long_as(self, other: "Quantity") -> bool:
        """Whether so many months are so many days: a month has 30, more or less."""
        in_both = self.kind == "个月" and other.kind == "日"
        return in_both and abs(30 * self.amount - other.amount) <= self.amount

    def equals(self, other: "Quantity") -> bool:
        """Whether both say the same amount; a unit that is not known tells nothing apart."""
        if self.known and other.known and not self.is_of_kind(other):
            return self._is_as_long_as(other) or other._is_as_long_as(self)
        if self.amount == other.amount:
            return True
        if not (self.about or other.about) or not self.is_of_kind(other):
            return False
        return abs(self.amount - other.amount) <= _OPEN * max(self.amount, other.amount)


def values(text: str) -> tuple[Quantity, ...]:
    """The numbers of a text in the one form of `plain`."""
    return tuple(
        _value(text, found) for found in _VALUE.finditer(text) if not _is_next(text, found)
    )


def _is_next(text: str, found: re.Match[str]) -> bool:
    """Whether it says no more than first or next: 第一次 is 首次, 第二年 is 次年."""
    return found["number"] in ("1", "2") and text[: found.start()].endswith(_ORDINAL)


def missing(said: Iterable[Quantity], known: Iterable[Quantity]) -> tuple[Quantity, ...]:
    """Those of the first that none of the others equals."""
    known = tuple(known)
    return tuple(one for one in said if not any(one.equals(other) for other in known))


def _value(text: str, found: re.Match[str]) -> Quantity:
    unit = found["unit"] or ""
    kind, factor = _UNITS.get(unit, (unit if unit > "\u3400" else "", "1"))
    amount = Decimal(found["number"]) * Decimal(factor)
    ordinal = text[: found.start()].endswith(_ORDINAL)
    if ordinal:
        kind = _ORDINAL + kind
    elif kind == "年" and amount <= _MOST_YEARS:
        kind, amount = "个月", amount * _MONTHS
    before = text[max(0, found.start() - _LOOK_BACK) : found.start()]
    after = (found.end("number"), found.end())
    about = _ABOUT.search(before) or any(_ABOUT_AFTER.match(text, at) for at in after)
    return Quantity(
        amount=amount,
        kind=kind,
        known=ordinal or unit in _UNITS,
        # A year is never meant about.
        about=kind != "年" and bool(about),
        start=found.start(),
        end=found.end("number"),
    )
