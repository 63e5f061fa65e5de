"""How dates, sums, shares and numbers are written, and the one form of each."""

import re

from docqa.terms import normal

_DIGITS = (
    r"(?:[0-9０-９][0-9０-９,，.．]*|[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]+)"
)
NUMBER = re.compile(
    rf"(?P<number>{_DIGITS}\s*[万亿]?)\s*(?P<unit>(?:个?工作日|个?自然日|个月|个?小时|个|平方米|平方公里|公里|"
    r"分钟|毫升|毫米|厘米|千克|公斤|千瓦|摄氏度|[年月日天周元份套台件人名位次吨克米升瓦伏度层倍岁辆间]|℃|㎡|m[²2]|％|%|[A-Za-z]{1,3}\b)?)"
)
PERCENT = re.compile(rf"百分之(?P<han>{_DIGITS})|(?P<number>{_DIGITS})\s*[%％]")
MONEY = re.compile(
    rf"(?:人民币|RMB|[¥￥$€])?\s*(?P<number>{_DIGITS}\s*[万亿千百]?)\s*"
    r"(?P<unit>元|圆|美元|美金|港元|港币|欧元|日元|英镑|块)(?:整|正)?|[¥￥$€]\s*(?P<sign>[0-9０-９][0-9０-９,，.．]*)"
)
DATE = re.compile(
    r"(?P<year>[0-9０-９]{4}|[〇零一二三四五六七八九]{4})\s*(?:年|[-/.．])\s*"
    r"(?:(?P<month>[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})\s*(?:月|[-/.．](?=\s*[0-9０-９]))\s*"
    r"(?:(?P<day>[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})\s*[日号]?)?)?"
)
_SIGNS = (("$", "美元"), ("€", "欧元"), ("¥", "元"), ("￥", "元"))
_CURRENCIES = {"圆": "元", "块": "元", "美金": "美元", "港币": "港元"}


def plain_number(written: str | None, *, digits: bool = False) -> str:
    """A number as digits: 三千 and ３，０００ are 3000; 二〇二六 as a year is 2026."""
    if not written:
        return ""
    # The one form of numbers knows years by what follows them, and small numbers by being counted.
    plain = normal(f"{''.join(written.split())}{'年' if digits else '月'}").rstrip("年月")
    return plain.replace(",", "").rstrip(".")


def money_form(found: re.Match[str]) -> str:
    """人民币三万元 as 30000 元; empty where the number says nothing."""
    number = plain_number(found["number"] or found["sign"])
    sign = next((word for mark, word in _SIGNS if mark in found[0]), found["unit"] or "元")
    return f"{number} {_CURRENCIES.get(sign, sign)}" if number else ""


def share_form(found: re.Match[str]) -> str:
    """百分之五 as 5 %."""
    return f"{plain_number(found['han'] or found['number'])} %"


def number_form(found: re.Match[str]) -> str:
    """三十天 as 30 天; empty where the number says nothing."""
    number, unit = plain_number(found["number"]), found["unit"].replace("个小时", "小时")
    return f"{number} {unit}".strip() if number else ""


def date_form(found: re.Match[str]) -> str:
    """二〇二六年三月 as 2026-03; empty for a month that there is not, and for a mere 5750-."""
    parts = [plain_number(found[name], digits=name == "year") for name in ("year", "month", "day")]
    known = [part.zfill(2) for part in parts if part]
    if (len(known) > 1 and not 1 <= int(known[1]) <= 12) or (
        len(known) == 1 and "年" not in found[0]
    ):
        return ""
    return "-".join(known)
