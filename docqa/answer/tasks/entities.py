"""Dates, sums, numbers, telephones, people, organisations and addresses, with their places."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from docqa.answer.citations import cite
from docqa.answer.language import language_of
from docqa.answer.tasks.task import Finding, Given, Target, Task, Tools
from docqa.answer.value_patterns import (
    DATE,
    MONEY,
    NUMBER,
    PERCENT,
    date_form,
    money_form,
    number_form,
    share_form,
)
from docqa.types import Author, Passage

# The earlier one is meant where two overlap.
KINDS = ("date", "money", "phone", "email", "number", "organisation", "place", "person")
# Kinds that follow a pattern wherever they stand; a model adds only what does not.
_NAMES = ("person", "organisation", "place")
_HAN = r"\u3400-\u9fff"
_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}[- ]?\d{7,8}|[48]00[- ]?\d{3}[- ]?\d{4})(?!\d)")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁"
    "魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹"
    "黎易常武乔贺赖龚文"
)
_NAME = rf"[{_SURNAMES}][{_HAN}]{{1,2}}"
_ROLE = (
    r"(?:联系人|经办人|负责人|法定代表人|代表人|代理人|申请人|签字人|收件人|经理人|主讲人|主持人|"
    r"记录人|审批人|姓名|讲师|作者|主持|记录)"
)
_TITLE = (
    r"(?:先生|女士|小姐|老师|主任|经理|教授|医生|律师|同志|博士|工程师|总监|部长|科长|院长|校长)"
)
_PERSON = re.compile(
    rf"{_ROLE}(?:为|是|[：:\s])+(?P<named>{_NAME})(?![{_HAN}])"
    rf"|(?P<titled>[{_SURNAMES}][{_HAN}]{{0,2}}?)(?={_TITLE})"
    rf"|{_ROLE}(?:为|是|[：:\s])*(?P<loose>{_NAME})(?=[，,。；;、（(\s在于向将已对说与和及]|$|电话|手机)"
)
# Words that end what an organisation cannot begin with: 由青石公司, 本合同的甲方青石公司.
_BEFORE = '由与和及跟同向在给对经是为从到被将把于的、，。；：:（(“"《》）)】】\\s'
_ORGANISATION = re.compile(
    rf"(?P<name>[{_HAN}A-Za-z0-9·（）()]{{2,24}}?"
    r"(?:有限责任公司|股份有限公司|有限公司|集团公司|分公司|公司|集团|银行|大学|学院|医院|"
    r"委员会|管理局|监督局|分局|研究院|研究所|设计院|事务所|协会|学会|基金会|法院|检察院|中学|小学|"
    r"出版社|印刷厂|工厂|商会|图书馆|博物馆|派出所))"
)
_LEADS = re.compile(
    rf".*(?:[{_BEFORE}]|甲方|乙方|丙方|委托方|采购方|供应方|承包方|发包方|出租方|承租方|销售方|购买方"
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
_PLACE_LEADS = re.compile(rf".*(?:[{_BEFORE}]|地点|地址|位于|住所|住址|住在|前往|设在|出生|所在)")
_NO_PLACE = re.compile(r"^(?:本|该|全|各|城|超|门|上|都|股|节|夜)[省市]|^[^省市区县路街道巷]$")
_LONGEST_NAME, _CHUNK = 30, 900


class Entities(Task):
    """Without a model by patterns: regular ones surely, names where their form shows them."""

    columns = ("value", "kind", "normal", "place", "quote")

    def by_rules(self, target: Target, given: Given, tools: Tools) -> list[Finding]:
        """Everything that a pattern finds, in order, each value once."""
        return _in_order(one for passage in target.passages for one in _find_all(passage, KINDS))

    def by_model(self, target: Target, given: Given, tools: Tools) -> list[Finding]:
        """Regular ones by patterns; names by the model, where they stand in the text."""
        found = list(self.by_rules(target, given, tools))
        for chunk in _chunks(target.passages):
            text = "\n".join(passage.text for passage in chunk)
            names = {"type": "string", "maxLength": _LONGEST_NAME}
            listed = {"type": "array", "items": names, "maxItems": 12}
            schema = dict.fromkeys(_NAMES, listed)
            reply = tools.ask("entities", language_of(text), schema, text=text)
            for kind in _NAMES:
                found += _find_names(chunk, kind, reply.get(kind))
        return _in_order(found)


def _find_all(passage: Passage, kinds: Sequence[str]) -> Iterator[Finding]:
    """What stands in a passage; of two that overlap, that of the earlier kind."""
    taken: list[tuple[int, int]] = []
    for kind in kinds:
        for start, end, one_form in _FINDERS[kind](passage.text):
            if not any(start < last and first < end for first, last in taken):
                taken.append((start, end))
                yield _finding(passage, kind, start, end, one_form)


def _finding(passage: Passage, kind: str, start: int, end: int, one_form: str = "") -> Finding:
    citation = cite(1, passage, start, end, by=Author.DOCQA)
    return Finding(passage.text[start:end], kind, one_form, citation=citation)


def _find_names(chunk: Sequence[Passage], kind: str, names: object) -> Iterator[Finding]:
    """The names of a reply that stand in the text."""
    for name in names if isinstance(names, list) else ():
        wanted = str(name).strip()
        for passage in chunk:
            at = passage.text.find(wanted)
            if len(wanted) > 1 and at >= 0:
                yield _finding(passage, kind, at, at + len(wanted))
                break


def _in_order(found: Iterator[Finding] | Sequence[Finding]) -> list[Finding]:
    """By place, each value of a kind once, at its first place."""
    first: dict[tuple[str, str], Finding] = {}
    for one in found:
        first.setdefault((one.kind, one.normal or one.value), one)
    return sorted(first.values(), key=lambda one: one.citation.start if one.citation else 0)


def _chunks(passages: Sequence[Passage]) -> Iterator[list[Passage]]:
    """Neighbouring passages as many as a model reads at a time."""
    chunk: list[Passage] = []
    for passage in passages:
        if chunk and sum(len(one.text) for one in chunk) + len(passage.text) > _CHUNK:
            yield chunk
            chunk = []
        chunk.append(passage)
    if chunk:
        yield chunk


_Found = Iterator[tuple[int, int, str]]


def _dates(text: str) -> _Found:
    for one in DATE.finditer(text):
        # 1350. at the end of a sentence is no year.
        if (one["month"] or "年" in one[0]) and (form := date_form(one)):
            yield *_strip_span(one), form


def _sums(text: str) -> _Found:
    for one in MONEY.finditer(text):
        if form := money_form(one):
            yield *_strip_span(one), form


def _numbers(text: str) -> _Found:
    for one in PERCENT.finditer(text):
        yield *_strip_span(one), share_form(one)
    for one in NUMBER.finditer(text):
        counted = one["unit"] and not text[: one.start()].endswith("第")
        if counted and (form := number_form(one)):
            yield *_strip_span(one), form


def _strip_span(one: re.Match[str]) -> tuple[int, int]:
    return one.start() + len(one[0]) - len(one[0].lstrip()), one.start() + len(one[0].rstrip())


def _by_pattern(pattern: re.Pattern[str]) -> Callable[[str], _Found]:
    return lambda text: ((one.start(), one.end(), "") for one in pattern.finditer(text))


def _people(text: str) -> _Found:
    for one in _PERSON.finditer(text):
        group = one.lastgroup or ""
        if len(one[group]) > 1:
            yield one.start(group), one.end(group), ""


def _organisations(text: str) -> _Found:
    for one in _ORGANISATION.finditer(text):
        start = one.start() + _lead(_LEADS, one[0])
        if not _GENERIC.match(text[start : one.end()]) and one.end() - start > 3:
            yield start, one.end(), ""


def _places(text: str) -> _Found:
    for one in _PLACE.finditer(text):
        start = one.start() + _lead(_PLACE_LEADS, one[0])
        if one.end() - start > 2 and not _NO_PLACE.match(text[start : one.end()]):
            yield start, one.end(), ""


def _lead(leads: re.Pattern[str], name: str) -> int:
    """How much of what was found stands before the name itself."""
    found = leads.match(name)
    return found.end() if found else 0


_FINDERS: Mapping[str, Callable[[str], _Found]] = {
    "date": _dates,
    "money": _sums,
    "phone": _by_pattern(_PHONE),
    "email": _by_pattern(_EMAIL),
    "number": _numbers,
    "organisation": _organisations,
    "person": _people,
    "place": _places,
}
