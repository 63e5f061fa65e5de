"""Columns that say what form their value has: a telephone number, a mail address, a name."""

import re

from docqa.answer.name_patterns import BARE_NAME, EMAIL, PHONE, find_organisations
from docqa.answer.tables.columns import Column
from docqa.terms import normal

_ENDS = r"(?:是|为)?(?:多少|什么)?$"
_ASKS_PHONE = re.compile(r"(?:电话|手机|热线)(?:号码?)?" + _ENDS)
_ASKS_EMAIL = re.compile(r"(?:邮箱|电子邮件|e-?mail)(?:地址)?" + _ENDS)
_ASKS_COMPANY = re.compile(r"哪一?[家个](?:公司|单位|机构|企业|银行|医院|学校|大学)")
_ASKS_NAME = re.compile(r"^(?:姓名|名字)" + _ENDS)
# Shorter numbers only behind the word.
_LOCAL_PHONE = re.compile(r"(?:电话|热线|分机|内线|总机|拨打)(?:号码)?[是为：:\s]*(\d[\d-]{2,11})")
_ASKS_LATEST = re.compile("现在|目前|当前|最近")


def has_shape(column: Column) -> bool:
    """Whether a value can be told by its form alone, whatever stands beside it."""
    asked = _fold_question(column)
    return any(one.search(asked) for one in (_ASKS_PHONE, _ASKS_EMAIL, _ASKS_NAME))


def shaped_value(column: Column, text: str) -> str | None:
    """What has the form that is asked for; empty where nothing has, None for a column of any."""
    asked = _fold_question(column)
    if _ASKS_PHONE.search(asked):
        found = PHONE.search(text) or _LOCAL_PHONE.search(text)
        return found[found.lastindex or 0] if found else ""
    if _ASKS_EMAIL.search(asked):
        mail = EMAIL.search(text)
        return mail[0] if mail else ""
    if _ASKS_NAME.search(asked):
        return text.strip(" #") if BARE_NAME.fullmatch(text.strip(" #")) else None
    if _ASKS_COMPANY.search(asked):
        named = [text[start:end] for start, end in find_organisations(text)]
        latest = -1 if _ASKS_LATEST.search(asked) else 0
        return named[latest] if named else None
    return None


def _fold_question(column: Column) -> str:
    return normal(column.question).rstrip("?")
