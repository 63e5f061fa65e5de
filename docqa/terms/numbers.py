"""Writes numbers in one form: 第三条 as 第3条, 二〇二四年 as 2024年, 3.5万 as 35000."""

import re
from decimal import Decimal

_DIGITS = {
    c: n
    for n, pair in enumerate(
        ("〇零", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
    )
    for c in pair
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
_HAN = "".join([*_DIGITS, *_UNITS, *_LARGE])
# What is counted: before these even a single 三 is a number.
_COUNTED = frozenset("月日号年天岁个名位条章节款项编卷届级类种点时分秒周倍层楼元米克吨次人")
_COUNTING = frozenset("二两三四五六七八九十")
# Begins with one set of characters, which is searched for at five times the speed.
_NUMBER = re.compile(rf"[{_HAN}0-9](?:(?<=[0-9])[0-9,]*(?:\.[0-9]+)?[万亿]*|(?<![0-9])[{_HAN}]*)")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?[万亿]*")


def one_form(folded: str) -> str:
    """Folded text with its numbers in Arabic digits."""
    return _NUMBER.sub(_arabic, folded)


def one_form_with_offsets(folded: str, offsets: list[int]) -> tuple[str, list[int]]:
    """The same, with the offsets that each character of the result comes from."""
    pieces, places, at = [], [], 0
    for match in _NUMBER.finditer(folded):
        pieces += [folded[at : match.start()], written := _arabic(match)]
        places += offsets[at : match.start()]
        # A rewritten number points at the beginning of what was written.
        start, end = match.span()
        same = written == match[0]
        places += offsets[start:end] if same else [offsets[start]] * len(written)
        at = end
    return "".join([*pieces, folded[at:]]), places + offsets[at:]


def _arabic(match: re.Match[str]) -> str:
    written, text = match[0], match.string
    if written[0] not in _HAN:
        return _expand(written) if "," in written or written[-1] in _LARGE else written
    ordinal = text[max(match.start() - 1, 0)] == "第"
    following = text[match.end() : match.end() + 1]
    if len(written) == 1:
        counts = written in _COUNTING and following in _COUNTED
        number = (ordinal and written not in _LARGE) or counts or written + following == "一月"
        return str(_value(written)) if number else written
    if all(c in _DIGITS for c in written):
        # 一九四九 and 二二八 are numbers; 三五 alone need not be.
        number = len(written) > 2 or ordinal or following == "年"
        return "".join(str(_DIGITS[c]) for c in written) if number else written
    return str(_value(written)) if written[0] in _DIGITS or written[0] in "十拾" else written


def _value(written: str) -> int:
    total = section = digit = 0
    for c in written:
        if c in _DIGITS:
            digit = digit * 10 + _DIGITS[c]
        elif c in _UNITS:
            section += (digit or 1) * _UNITS[c]
            digit = 0
        else:
            total = (total + section + digit) * _LARGE[c]
            section = digit = 0
    return total + section + digit


def _expand(written: str) -> str:
    """1,200 as 1200 and 3.5万 as 35000; a list such as 1,2 stays."""
    if "," in written and not _GROUPED.fullmatch(written):
        return written
    value = written.rstrip("万亿")
    factor = 1
    for c in written[len(value) :]:
        factor *= _LARGE[c]
    product = Decimal(value.replace(",", "")) * factor
    return format(product.normalize() if product % 1 else product.to_integral_value(), "f")
