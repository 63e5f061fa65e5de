"""The one form in which statements and passages are compared, and what of it says something."""

import re

from docqa.terms import normal

_DIGITS = {
    c: str(n)
    for n, same in enumerate(("〇零", "一", "二两", "三", "四", "五", "六", "七", "八", "九"))
    for c in same
}
_COUNTS = {**_DIGITS, "十": "10"}
_DIGIT = "".join(_DIGITS)
# 五点六万 and 三点五% are decimals; 三点, 三点半 and 三点二十分 are times of day.
_DECIMAL = re.compile(rf"([{_DIGIT}十百千]+)点([{_DIGIT}]+)(?![{_DIGIT}十百千]|分(?!之)|钟|半)")
# 九折 is 90 %, 八五折 and 8.5折 are 85 %.
_DISCOUNT = re.compile(
    r"([一二三四五六七八九])([一二三四五六七八九])?折(?![叠断扣算磨])|(\d)\.?(\d)?折(?!叠)"
)
# Search leaves a lone digit alone: 百分之五.
_LONE_SHARE = re.compile(rf"(?<=[百千万]分之)([{_DIGIT}])(?![{_DIGIT}十百千点])")
_PERCENT = re.compile(r"百分之(\d+(?:\.\d+)?)")
_PERMILLE = re.compile(r"千分之(\d+(?:\.\d+)?)")
_PER_MYRIAD = re.compile(r"万分之(\d+(?:\.\d+)?)")
# 五成以上 is 50% and more; 成 stands in too many words to be read alone.
_TENTHS = re.compile(r"([一二三四五六七八九])成(?=以上|以下|左右|多|的|[,，。;；]|$)")
# What a lone digit counts beside what search reads as counted: 借阅两本书, 六小时.
_COUNTED = re.compile(
    rf"(?<![{_DIGIT}十百千万亿\d])([二两三四五六七八九十])(?=[本折张家台座只件套枚辆艘棵档]|小时|星期|礼拜|公里|分钟|公斤|厘米)"
)
# 保固一年 says how long; 同一年, 这一年 and 一年级 count nothing.
_ONE = re.compile(
    rf"(?<![{_DIGIT}十百千万亿\d同某每这那哪另前后次当头第首])一(?=(?:年|小时|个月)(?![级度生期]))"
)
_HALF = re.compile(rf"(\d+|[{_DIGIT}])个半(?=(小时)|月)")
_WEEKS = re.compile(r"(?<![第\d.])(\d+)个?(?:星期|礼拜|周(?![年岁边围末]))")
# Bounds said in other words, some of which look like a denial.
_AT_MOST = re.compile(r"不(?:得|能|可|应)?(?:超过|高于|多于|大于)|至多|最高")
_AT_LEAST = re.compile(r"不(?:得|能|可|应)?(?:少于|低于|小于)|至少|最低")
_FREE = re.compile(r"不(?:再|另)?(?:收取?|要|用交|需要?交)(?:任何)?(?:费用?|钱)")
_BEFORE = re.compile(r"(?:公元|西元|纪元)前\s*(\d+)|(?<![\d.])(\d+) bc\b")
# 9 万元 is typeset with a space as often as without.
_SPACED = re.compile(r"(?<=\d)[ \u00a0]+(?=[百千万亿])")
_SCALED = re.compile(r"(\d+(?:\.\d+)?)(百万|千万|百|千)(?![克米瓦卡赫帕兆])")
_SCALES = {"百": 10**2, "千": 10**3, "百万": 10**6, "千万": 10**7}
_DATE = re.compile(r"(?<!\d)((?:1\d|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)
_MONTH_FIRST = re.compile(rf"\b({'|'.join(_MONTHS)}) (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})")
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)? ({'|'.join(_MONTHS)}),? (\d{{4}})")
# Years of birth and death as encyclopedias give them: (1901年8月18日-1994年8月12日).
_LIFE = re.compile(
    r"\((?P<names>(?:[^()]{0,40}[,;、:])?)\s*(?P<born>\d{3,4}年?[^()\-–—~至,;]{0,12}?)"
    r"\s*[-–—~至]+\s*(?P<died>\d{3,4}年?[^()]{0,12})\)"
)
HAN = re.compile(r"[\u3400-\u9fff]+")
# Words that carry no claim of their own: what is left out or put in when a sentence is reworded.
FUNCTION = re.compile(
    r"根据|依据|资料|材料|文档|文中|显示|提到|指出|可以|可知|因此|所以|因为|由于|以及|其中|并且|而且|"
    r"同时|分别|主要|例如|如下|包括|一种|一个|一些|这个|那个|这些|那些|这一|就是|也是|以下|上述|之一|"
    r"大约|大概|左右|将近|接近|一共|总共|共有|达到|曾经|已经|后来|当时|"
    r"什么|多少|怎么|如何|哪些|哪个|为何|何时|但?需要?|但[须要应]|不过|进行|执行|命令|名称|"
    r"[的了是在于和与及对被把将从由为以其这那也都而并或等之有地得着过所就则即该此向到给让使用上下中里内时"
    r"后前个约近共曾已它他她您你]"
)


def plain(text: str) -> str:
    """Folded text with its numbers, shares and dates in one form: 百分之五 as 5%."""
    decimals = _DECIMAL.sub(_decimal, _SPACED.sub("", text))
    shares = _TENTHS.sub(lambda found: f"{_DIGITS[found[1]]}0%", decimals)
    shares = _DISCOUNT.sub(_discount, shares)
    shares = _LONE_SHARE.sub(lambda found: _DIGITS[found[1]], shares)
    folded = normal(shares).replace("×", "x")
    folded = _BEFORE.sub(lambda found: f"bc{found[1] or found[2]}", folded)
    folded = _HALF.sub(_half, folded)
    folded = _ONE.sub("1", _COUNTED.sub(lambda found: _COUNTS[found[1]], folded))
    folded = _WEEKS.sub(lambda found: f"{int(found[1]) * 7}天", folded)
    folded = _AT_LEAST.sub("最少", _AT_MOST.sub("最多", folded))
    folded = _FREE.sub("免费", folded)
    folded = _PERMILLE.sub(r"\1‰", _PERCENT.sub(r"\1%", folded))
    folded = _PER_MYRIAD.sub(r"\1‱", folded)
    folded = _SCALED.sub(_scale, folded)
    folded = _DATE.sub(lambda d: f"{d[1]}年{int(d[2])}月{int(d[3])}日", folded)
    folded = _MONTH_FIRST.sub(lambda d: _date(d[3], d[1], d[2]), folded)
    folded = _DAY_FIRST.sub(lambda d: _date(d[3], d[2], d[1]), folded)
    return _LIFE.sub(r"(\g<names>出生于\g<born>,逝世于\g<died>)", folded)


def _decimal(found: re.Match[str]) -> str:
    # A lone digit is a number only after 第.
    whole = normal("第" + found[1])[1:]
    return f"{whole}.{''.join(_DIGITS[c] for c in found[2])}" if whole.isdecimal() else found[0]


def _half(found: re.Match[str]) -> str:
    """两个半小时 as 2.5小时, 一个半月 as 1.5个月."""
    return f"{_DIGITS.get(found[1], found[1])}.5{'' if found[2] else '个'}"


def _discount(found: re.Match[str]) -> str:
    tens, ones = found[1] or found[3], found[2] or found[4] or "0"
    return f"{_DIGITS.get(tens, tens)}{_DIGITS.get(ones, ones)}%"


def _scale(found: re.Match[str]) -> str:
    value = float(found[1]) * _SCALES[found[2]]
    return str(int(value)) if value.is_integer() else str(value)


def _date(year: str, month: str, day: str) -> str:
    return f"{year}年{_MONTHS.index(month) + 1}月{int(day)}日"
