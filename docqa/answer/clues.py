"""What kind of answer a question asks for, and whether a sentence holds something of that kind."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from docqa.terms import normal

# Kinds whose answers show: names of people and places do not, so they are left to the words.
# Kind of question -> words that ask for it, and what its answers look like. All on folded text.
_KINDS: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (kind, re.compile(asks), re.compile(answers))
    for kind, asks, answers in (
        (
            "time",
            r"何时|什么时[候间]|哪[一1]?[年天月日]|几[月年日号点]|哪个(?:年代|时期|朝代|世纪)|多久|多长时间"
            r"|\bwhen\b|what (?:year|date|time)|how long",
            r"\d+个?(?:年|月|日|天|小时|分钟|世纪|点|周|星期|季度|工作日|时(?![期代间]))|年代|时期|初年|末年|\b(?:1[5-9]|20)\d\d\b"
            r"|\b(?:days?|weeks?|months?|years?|hours?|minutes?|mon|tues|wednes|thurs|fri|satur|sun)"
            r"(?:day)?\b|\d:\d\d|\b(?:january|february|march|april|june|july|august|september"
            r"|october|november|december)\b",
        ),
        (
            "number",
            r"多少|几[^乎何率]|多[大高长深远宽重快]|第几|\bhow (?:many|much|large|high|deep|far)\b",
            # A date is no quantity.
            r"(?<!\d)(?!\d{4}年|\d{1,2}[月日号])\d",
        ),
        (
            "reason",
            r"为什么|为何|原因|缘故|何故|怎么会|\bwhy\b",
            r"因|由于|所以|导致|为了|缘于|基于|使得|\bbecause\b|\bdue to\b|\bso that\b",
        ),
    )
)
_HEAD = re.compile(r"(?:什么样的|什么|哪些|哪种|哪个|哪[一1]个|哪[一1]种|哪)([\u3400-\u9fff]{1,3})")
# 第7条 names where to look, however little else of the question stands there.
_PLACE = re.compile(r"第\d+[编篇部章节条款项回]|\b(?:article|section|chapter|clause) \d+")
_NO_HEAD = re.compile(r"是|在|为|的|被|有|会|地|和|时候")


@dataclass(frozen=True, slots=True)
class Clues:
    """How to recognise a sentence that may hold the answer."""

    answers: tuple[re.Pattern[str], ...]
    heads: tuple[str, ...]
    places: tuple[str, ...]

    @classmethod
    def of(cls, question: str) -> "Clues":
        """Read a folded question."""
        asked = tuple(answers for _, asks, answers in _KINDS if asks.search(question))
        heads = (_NO_HEAD.split(found[1])[0] for found in _HEAD.finditer(question))
        return cls(asked, tuple(head for head in heads if head), tuple(_PLACE.findall(question)))

    def kind_found(self, sentence: str) -> float:
        """1 where the sentence holds what is asked for, 0 where not, else half."""
        if not self.answers:
            return 0.5
        return float(any(pattern.search(sentence) for pattern in self.answers))

    def head_found(self, sentence: str) -> float:
        """1 where a sentence names the thing of which `which one` is asked."""
        return float(any(head in sentence for head in self.heads))

    def place_found(self, lines: Iterable[str]) -> float:
        """1 where a line begins with the article, chapter or section that is asked for."""
        if not self.places:
            return 0.0
        named = re.compile(rf"(?:{'|'.join(self.places)})(?!\d)")
        return float(any(named.match(normal(line)) for line in lines))
