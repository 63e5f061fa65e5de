"""Columns that say what form their value has: a telephone number, a mail address, a name."""

import re

from docqa.answer.name_patterns import EMAIL, NAME, PHONE, find_organisations
from docqa.answer.tables.columns import Column, ValueKind
from docqa.answer.value_patterns import DATE
from docqa.terms import normal

_ENDS = r"(?:是|为)?(?:多少|什么)?$"
_ASKS_PHONE = re.compile(r"(?:电话|手机|热线)(?:号码?)?" + _ENDS)
_ASKS_EMAIL = re.compile(r"(?:邮箱|电子邮件|e-?mail)(?:地址)?" + _ENDS)
_ASKS_COMPANY = re.compile(r"哪一?[家个](?:公司|单位|机构|企业|银行|医院|学校|大学)")
_ASKS_NAME = re.compile(r"^(?:姓名|名字)" + _ENDS)
# Shorter numbers only behind the word.
_LOCAL_PHONE = re.compile(r"(?:电话|热线|分机|内线|总机|拨打)(?:号码)?[是为：:\s]*(\d[\d-]{2,11})")
_ASKS_PLACE = re.compile(r"(?:地点|会场|场地)" + _ENDS + r"|在哪[里儿]?(?:举行|召开|举办|开会?)")
_PLACE = re.compile(
    r"[在到于]([^，,。；;：:在到于\n]{2,30}?)(?:举行|召开|举办|进行|开会|集合|报到|开展|签到)"
)
# 本馆 and 该厂 name nothing to a reader of a table.
_POINTING = re.compile("[本我贵该此其]")
_ASKS_CONTACT = re.compile(r"联系人" + _ENDS + "|(?:联系|找)谁")
_CONTACT = re.compile(
    rf"(?:联系|找|咨询|洽询)[：:]?\s*({NAME})(?=老师|先生|女士|主任|经理|[，,。；;（(\s]|$)"
)
# Days that a document is signed with, alone in their line.
_ASKS_ISSUED = re.compile("开具|出具|签发|签署|签订|发布|落款|[开写发]的")
_TELLING = (_ASKS_PHONE, _ASKS_EMAIL, _ASKS_NAME, _ASKS_PLACE, _ASKS_CONTACT)
_ASKS_LATEST = re.compile("现在|目前|当前|最近")


def has_shape(column: Column) -> bool:
    """Whether a value can be told by its form alone, whatever stands beside it."""
    asked = _fold_question(column)
    if column.kind is ValueKind.DATE:
        return _ASKS_ISSUED.search(asked) is not None
    return column.kind is ValueKind.TEXT and any(one.search(asked) for one in _TELLING)


def shaped_value(column: Column, text: str) -> str | None:
    """What has the form that is asked for; empty where nothing has, None for a column of any."""
    asked = _fold_question(column)
    if column.kind is ValueKind.DATE:
        return text.strip() if has_shape(column) and DATE.fullmatch(text.strip()) else None
    if _ASKS_PHONE.search(asked):
        found = PHONE.search(text) or _LOCAL_PHONE.search(text)
        return found[found.lastindex or 0] if found else ""
    if _ASKS_EMAIL.search(asked):
        mail = EMAIL.search(text)
        return mail[0] if mail else ""
    if _ASKS_NAME.search(asked):
        return text.strip(" #") if re.fullmatch(NAME, text.strip(" #")) else None
    if _ASKS_COMPANY.search(asked):
        named = [text[start:end] for start, end in find_organisations(text)]
        latest = -1 if _ASKS_LATEST.search(asked) else 0
        return named[latest] if named else None
    for asks, says in ((_ASKS_PLACE, _PLACE), (_ASKS_CONTACT, _CONTACT)):
        if asks.search(asked):
            said = says.search(text)
            is_name = said and not DATE.search(said[1]) and not _POINTING.match(said[1])
            return said[1] if said and is_name else None
    return None


def _fold_question(column: Column) -> str:
    return normal(column.question).rstrip("?")
