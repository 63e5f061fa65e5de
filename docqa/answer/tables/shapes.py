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
# 2022.09 至今 恒信化工 高级工程师: the present one, whatever it ends with.
_UNTIL_NOW = re.compile(r"(?:至今|到现在|迄今)[\s：:，,|]*([^\s，,。；;|]{2,20})")
_ASKS_DEGREE = re.compile("(?:最高)?学历" + _ENDS)
_DEGREES = ("博士", "硕士", "研究生", "本科", "大专", "专科", "中专", "高中", "初中", "小学")
# How people of a calling are called, where the sentence names no calling.
_CALLED = (
    (re.compile("讲师|主讲|授课|培训师"), re.compile(rf"({NAME})(?=老师|教授|讲师)")),
    (re.compile("司机|驾驶|送货[人员]"), re.compile(rf"({NAME})(?=师傅)")),
    (re.compile("医师|医生|大夫"), re.compile(rf"({NAME})(?=医生|大夫|医师|主任)")),
)
# 谁审核的, 由谁签收: the name stands before what is done, or behind it.
_ASKS_WHO = re.compile("(?:由|是)?谁(?:来|去)?(?P<does>[\u3400-\u9fff]{2,4}?)的?$")
_DOES = re.compile("^(?P<does>[\u3400-\u9fff]{2,4})[人者员]$")
_ASKS_CODE = re.compile("(?:编号|号码|单号|证号|文号|工号|学号|型号|账号|帐号|代码|号)$")


def has_shape(column: Column) -> bool:
    """Whether a value can be told by its form alone, whatever stands beside it."""
    asked = _fold_question(column)
    if column.kind is ValueKind.DATE:
        return _ASKS_ISSUED.search(asked) is not None
    if column.kind is not ValueKind.TEXT:
        return False
    callings = (calling for calling, _ in _CALLED)
    return any(one.search(asked) for one in (*_TELLING, *callings)) or _asks_now(asked)


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
        return _company(asked, text)
    if _ASKS_DEGREE.search(asked):
        return next((degree for degree in _DEGREES if degree in text), "")
    for asks, says in ((_ASKS_PLACE, _PLACE), (_ASKS_CONTACT, _CONTACT)):
        if asks.search(asked):
            said = says.search(text)
            is_name = said and not DATE.search(said[1]) and not _POINTING.match(said[1])
            return said[1] if said and is_name else None
    return _person(asked, text) or _code(asked, text)


def _company(asked: str, text: str) -> str | None:
    now = _UNTIL_NOW.search(text) if _asks_now(asked) else None
    if now:
        return now[1]
    named = [text[start:end] for start, end in find_organisations(text)]
    latest = -1 if _ASKS_LATEST.search(asked) else 0
    return named[latest] if named else None


def _asks_now(asked: str) -> bool:
    return bool(_ASKS_COMPANY.search(asked) and _ASKS_LATEST.search(asked))


def _person(asked: str, text: str) -> str | None:
    """Who is called so or does what is asked; None where nobody is."""
    for calling, called in _CALLED:
        if calling.search(asked) and (found := called.search(text)):
            return found[1]
    does = _ASKS_WHO.search(asked) or _DOES.search(asked)
    if does is None:
        return None
    verb = re.escape(does["does"])
    doing = (
        rf"({NAME}?)(?:先生|女士|老师|师傅|同志)?(?:负责)?{verb}"
        rf"|{verb}[人者员]?(?:签[名字])?[：:是为\s]+({NAME})"
    )
    found = re.search(doing, text)
    return found[found.lastindex or 0] if found else None


def _code(asked: str, text: str) -> str | None:
    """保单号8809-1123-76: what has the form of a number behind its name."""
    if not _ASKS_CODE.search(asked):
        return None
    found = re.search(
        rf"{re.escape(asked)}码?[为是：:\s]*([A-Za-z0-9][A-Za-z0-9/_-]{{3,}})", text, re.I
    )
    return found[1] if found else None


def _fold_question(column: Column) -> str:
    return normal(column.question).rstrip("?")
