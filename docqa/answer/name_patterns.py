"""How telephone numbers, mail addresses, people, organisations and addresses are written."""

import re
from collections.abc import Iterator
from typing import TypeAlias

_HAN = r"\u3400-\u9fff"
PHONE = re.compile(
    r"(?<!\d)(?:1[3-9]\d[- ]?\d{4}[- ]?\d{4}|[（(]?0\d{2,3}[）)]?[- ]?\d{7,8}"
    r"|[48]00[- ]?\d{3}[- ]?\d{4})(?!\d)"
)
EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁"
    "魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹"
    "黎易常武乔贺赖龚文"
)
NAME = rf"[{_SURNAMES}][{_HAN}]{{1,2}}"
_ROLE = (
    r"(?:联系人|经办人|负责人|法定代表人|代表人|代理人|申请人|签字人|收件人|经理人|主讲人|主持人|"
    r"记录人|审批人|姓名|讲师|作者|主持|记录)"
)
_TITLE = (
    r"(?:先生|女士|小姐|老师|主任|经理|教授|医生|律师|同志|博士|工程师|总监|部长|科长|院长|校长)"
)
_PERSON = re.compile(
    rf"{_ROLE}(?:为|是|[：:\s])+(?P<named>{NAME})(?![{_HAN}])"
    rf"|(?P<titled>[{_SURNAMES}][{_HAN}]{{0,2}}?)(?={_TITLE})"
    rf"|{_ROLE}(?:为|是|[：:\s])*(?P<loose>{NAME})(?=[，,。；;、（(\s在于向将已对说与和及]|$|电话|手机)"
)
# Words that end what an organisation cannot begin with: 由青石公司, 本合同的甲方青石公司.
_BEFORE = '由与和及跟同向在给对经是为从到被将把于的、，。；：:（(“"《》）)】】\\s'
_ORGANISATION = re.compile(
    rf"(?P<name>[{_HAN}A-Za-z0-9·（）()]{{2,24}}?"
    r"(?:有限责任公司|股份有限公司|有限公司|集团公司|分公司|公司|集团|银行|大学|学院|医院|"
    r"委员会|管理局|监督局|分局|研究院|研究所|设计院|事务所|协会|学会|基金会|法院|检察院|中学|小学|"
    r"出版社|印刷厂|工厂|商会|图书馆|博物馆|派出所))"
)
# Words of movement to what is named: 送至, 汇到, 转交.
_TOWARDS = "[送寄运发交汇转搬迁递付][至往到给交]|前往|抵达|到达"
_LEADS = re.compile(
    rf".*(?:[{_BEFORE}]|{_TOWARDS}|甲方|乙方|丙方|委托方|采购方|供应方|承包方|发包方|出租方|承租方|销售方|购买方"
    r"|单位|现任|曾任|任职|就职|毕业|来自|通过|邀请|名称)"
)
_GENERIC = re.compile(
    r"^(?:本|该|我|贵|各|全|子|母|总|分|某|其他|上市|有限)?(?:公司|集团|银行|学院|医院)$"
)
_PLACE = re.compile(
    rf"(?:[{_HAN}]{{2,7}}?(?:省|自治区))?(?:[{_HAN}]{{2,5}}?市)?(?:[{_HAN}]{{1,5}}?[区县镇乡])?"
    rf"[{_HAN}]{{1,6}}?(?:路|街|大道|巷|胡同)(?:[0-9０-９一二三四五六七八九十百]+号)"
    rf"(?:[{_HAN}A-Za-z0-9]{{0,8}}?(?:楼|室|礼堂|大厦|座|单元|层))*"
    rf"|[{_HAN}]{{2,4}}?(?:省|自治区)(?:[{_HAN}]{{2,4}}?市)?(?:[{_HAN}]{{1,4}}?[区县])?"
    rf"|[{_HAN}]{{2,3}}?市(?:[{_HAN}]{{1,4}}?[区县])?"
)
_PLACE_LEADS = re.compile(
    rf".*(?:[{_BEFORE}]|{_TOWARDS}|地点|地址|位于|住所|住址|住在|前往|设在|出生|所在)"
)
_NO_PLACE = re.compile(r"^(?:本|该|全|各|城|超|门|上|都|股|节|夜)[省市]|^[^省市区县路街道巷]$")


Spans: TypeAlias = Iterator[tuple[int, int]]


def find_people(text: str) -> Spans:
    """Names of people, by the word before or the title behind."""
    for one in _PERSON.finditer(text):
        group = one.lastgroup or ""
        if len(one[group]) > 1:
            yield one.span(group)


def find_organisations(text: str) -> Spans:
    """Names of organisations, by the word that they end with."""
    for one in _ORGANISATION.finditer(text):
        start = one.start() + _lead(_LEADS, one[0])
        if not _GENERIC.match(text[start : one.end()]) and one.end() - start > 3:
            yield start, one.end()


def find_places(text: str) -> Spans:
    """Addresses, towns and provinces."""
    for one in _PLACE.finditer(text):
        start = one.start() + _lead(_PLACE_LEADS, one[0])
        if one.end() - start > 2 and not _NO_PLACE.match(text[start : one.end()]):
            yield start, one.end()


def _lead(leads: re.Pattern[str], name: str) -> int:
    """How much of what was found stands before the name itself."""
    found = leads.match(name)
    return found.end() if found else 0
