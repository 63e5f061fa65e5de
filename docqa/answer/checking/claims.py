"""What a sentence of an answer claims: its statement without what only opens or joins."""

import re
from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from docqa.answer.checking.evidence import units
from docqa.answer.checking.marks import without_marks
from docqa.answer.checking.normal_form import FUNCTION, HAN, plain
from docqa.terms import Question

_WORD = re.compile(r"\w")
_SOURCE = r"(?:资料|信息|内容|文档|文件|材料|描述|记载|上下文|文本|文章|文中|段落|原文|文献|说明)"
_OPENING = re.compile(
    rf"^\W*(?:(?:根据|依据|按照|按|基于|从|在)?[^，,。；;：:]{{0,12}}{_SOURCE}"
    r"[^，,。；;：:\u3400-\u9fff]*[\d、和与]*(?:中|里|内|上)?(?:所)?"
    r"(?:提供|提到|指出|显示|描述|记载|所述|所示|可知|可以看出|的)?"
    rf"(?:{_SOURCE}|描述|信息)?[，,：:]"
    r"|综上(?:所述)?[，,：:]?|总之[，,：:]?|总的来说[，,：:]?|因此[，,：:]|所以[，,：:]|由此可见[，,：:]?"
    r"|(?:问题的)?(?:答案|回答|答)(?:是|为)?[：:]"
    r"|(?:according to|based on|from) (?:the )?[^,.:]{0,40}(?:passages?|documents?|text|context|"
    r"information|sources?|materials?)[^,.:]{0,20}[,:]"
    r"|(?:in (?:summary|conclusion|short)|therefore|thus|so|hence|overall)[,:]"
    r"|(?:the )?answer(?: is)?\s*:)\s*",
    re.IGNORECASE,
)
# A list's own number is none that its line claims: 2. 租期一年.
_ITEM = re.compile(r"\s*(?:\d{1,2}(?:[.．]\s+|[、)）])|[(（]\d{1,2}[)）]|[-*•·]\s)\s*")
# Lines that introduce or divide claim nothing themselves.
_CLAIMLESS = re.compile(
    r"[：:]\s*$|^\s*#|^\s*[-*_=|\s:]+$|^\W*以上就?是[^，,]{0,20}(?:内容|要点|摘要|总结)\W*$"
)
# What asks for a time or an amount, and what such an answer holds; in the form of `plain`.
_KINDS = (
    (
        re.compile(
            r"何时|什么时候|什么时间|哪[1一]?[年天月日]|哪个(?:年代|世纪)|几[年月日号点]|\bwhen\b"
        ),
        re.compile(
            r"\d+\s*(?:年|月|日|号|天|点|时|世纪|周|岁)|\d{3,4}|世纪|年代|朝|时期|初|末|春|夏|秋|冬|节|"
            r"期间|之后|之前|[上下]午|早|晚|周[1-6日一二三四五六]|当[天年日]|每|随时|\d"
        ),
    ),
    (
        re.compile(r"多少|几(?=[个名位人次种条座所家届岁米元只张本台层倍])|\bhow (?:many|much)\b"),
        re.compile(r"\d|[一二两三四五六七八九十百千万亿]|数|几|半|全部|所有|无|没有|不"),
    ),
)
_QUESTION = re.compile(r"[？?]\s*$")
# An answer that brings no more of its own than this is read together with the question.
_PARTIAL = 6
_PAUSE = re.compile(r"(?<=[,;:])")
_LEAST_CLAUSE = 4


class Claim(Struct, frozen=True):
    """A statement and the question it answers, both in the one form of `plain`."""

    text: str
    asked: str
    partial: bool
    """Whether it says too little to be understood without the question."""
    matter: str = ""
    """What the question is about, without its question words."""


def claim_of(sentence: str, question: str) -> Claim | None:
    """What a sentence claims; None where it only opens, joins, divides or asks."""
    said = without_marks(sentence)
    if item := _ITEM.match(said):
        said = said[item.end() :]
    while opening := _OPENING.match(said):
        said = said[opening.end() :]
    if not _WORD.search(said) or _CLAIMLESS.search(said) or _QUESTION.search(said):
        return None
    text, asked = plain(said).strip(), plain(question)
    if not content(text) and not any(units(text)):
        return None
    return Claim(text, asked, partial=_is_partial(text, asked), matter=_matter(question))


def is_answer_of_its_kind(sentence: str, question: str) -> bool:
    """Whether a sentence holds something of the kind that was asked for: a time, an amount."""
    asked, said = plain(question), plain(without_marks(sentence))
    return all(
        held.search(said) is not None for asks, held in _KINDS if asks.search(asked) is not None
    )


def claims_of_parts(sentence: str, question: str) -> list[Claim]:
    """The claims of a sentence's clauses, each read together with the others and the question."""
    whole = claim_of(sentence, question)
    parts = _join_short(_PAUSE.split(whole.text)) if whole else []
    if whole is None or len(parts) < 2:
        return []
    asked = whole.asked
    return [
        Claim(part, " ".join([asked, *(p for p in parts if p != part)]), True, whole.matter)
        for part in parts
    ]


def _join_short(parts: Iterable[str]) -> list[str]:
    """Clauses, those of few words joined to the next."""
    joined, held = [], ""
    for part in parts:
        held += part
        if len(content(held)) >= _LEAST_CLAUSE:
            joined.append(held)
            held = ""
    if held.strip():
        joined[-1:] = [*joined[-1:], held] if not joined else [joined[-1] + held]
    return joined


def content(text: str) -> str:
    """The Chinese characters that say something."""
    return FUNCTION.sub("", "".join(HAN.findall(text)))


@lru_cache(maxsize=8)
def _matter(question: str) -> str:
    return plain(Question.read(question).content) if question.strip() else ""


def _is_partial(text: str, asked: str) -> bool:
    """Whether an answer gives the value alone: 1978年 to 卒于哪一年."""
    own = [unit for unit in units(text) if unit not in asked]
    shared = [unit for unit in units(text) if unit in asked]
    return len(content(text)) <= _PARTIAL or (len(own) <= _PARTIAL and not shared)
