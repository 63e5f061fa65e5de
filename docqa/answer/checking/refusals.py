"""Recognises sentences that say the passages do not answer, in any wording."""

import re

from docqa.answer.checking.marks import without_marks
from docqa.answer.language import language_of

_SOURCE = (
    r"(?:资料|資料|文档|文檔|文件|文中|文章|文本|材料|原文|段落|上下文|信息|内容|內容|记录|记载|"
    r"提供的|给出的|给定的|上述|以上|其中)"
)
_LACKS = (
    r"(?:没有|沒有|没|并未|並未|未曾|未能|尚未|未|并没有|不曾|不|无法|無法|缺少|缺乏|无|無)"
    r"[^，,。；;]{0,8}?"
    r"(?:找到|找不到|提到|提及|提供|包含|包括|涉及|说明|說明|指出|给出|記載|记载|描述|列出|透露|显示|"
    r"顯示|明确|明確|涵盖|相关|相關|答案|足够|足夠|查到|发现|體現|体现|解答|回答|讨论|记录)"
)
_UNABLE = (
    r"(?:无法|無法|不能|难以|難以|没法|沒法|不可能|未能)[^，,。；;]{0,16}?"
    r"(?:回答|确定|確定|得知|判断|判斷|知道|找到|推断|推斷|给出|提供|得出|作答|确认|確認|知晓|了解|解答|"
    r"查到)"
)
_NO_ANSWER = (
    r"(?:没有|沒有|无|無|未)(?:找到|查到|发现)?"
    r"(?:任何|足够的?|与[^，。]{1,30}|有关[^，。]{1,30}|关于[^，。]{1,30})*"
    r"(?:相关|相關|有关|对应|具体|明确)?的?"
    r"(?:答案|信息|資料|资料|内容|记载|记录|說明|说明|线索|依据)(?![^，。]{6})"
)
_SHORT = (
    r"^\W*(?:我)?(?:不知道|不清楚|不了解|不确定|未知|未提及|未提到|没有提到|没有提及|没有说明|没有找到|"
    r"抱歉|对不起|對不起|很遗憾|不详)"
)
_ENGLISH = (
    r"\b(?:passages?|documents?|texts?|contexts?|sources?|materials?|information|articles?|it|there)"
    r"\b[^.;]{0,40}?\b(?:do(?:es)? not|don't|doesn't|did not|is not|isn't|are not|is no|are no|"
    r"not?)\b[^.;]{0,24}?\b(?:contain|mention|provide|say|specify|include|give|state|indicate|answer|"
    r"discuss|address|found|stated|mentioned|provided|specified|given|information|available|enough|"
    r"sufficient)"
    r"|\b(?:i|we)\b[^.;]{0,12}\b(?:cannot|can't|can not|am unable|are unable|could not|couldn't|"
    r"do not|don't|did not)\b[^.;]{0,24}\b(?:answer|find|determine|know|provide|tell|say)\b"
    r"|\b(?:cannot|can't|can not) be (?:answered|determined|found)\b"
    r"|\bunable to (?:answer|find|determine)\b|"
    r"\bnot (?:mentioned|found|provided|specified|stated) in\b"
    r"|\bno (?:answer|information|mention|relevant)\b"
    r"|^\W*(?:sorry|unknown|n/a|not (?:mentioned|specified|found|available|stated|provided))\b"
)
_REFUSAL = re.compile(
    rf"{_SOURCE}[^，,。；;]{{0,24}}?{_LACKS}|{_UNABLE}|{_NO_ANSWER}|{_SHORT}|{_ENGLISH}",
    re.IGNORECASE,
)
# A refusal says little beside; a longer sentence may speak of what a contract leaves out.
_LONGEST = 60
_LONGEST_LATIN = 180


def is_refusal(sentence: str) -> bool:
    """Whether a sentence says that the passages do not answer, in Chinese or English."""
    said = without_marks(sentence).strip()
    longest = _LONGEST if language_of(said) == "zh" else _LONGEST_LATIN
    return len(said) <= longest and _REFUSAL.search(said) is not None
