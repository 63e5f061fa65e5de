"""What kind of answer a question asks for, and whether a sentence holds something of that kind."""

import re
from collections.abc import Iterable

from msgspec import Struct

from docqa.terms import normal

# Kinds whose answers show: names of people and places do not, so they are left to the words.
# Kind of question -> words that ask for it, and what its answers look like. All on folded text.
# Answers are compiled when their kind is asked for: compiling costs more than matching.
_KINDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(asks), answers)
    for asks, answers in (
        (
            r"何时|什么时[候间]|哪[一1]?[年天月日]|几[月年日号点]|哪个(?:年代|时期|朝代|世纪)|多久|多长时间"
            r"|\bwhen\b|what (?:year|date|time)|how long",
            r"\d+个?(?:年|月|日|天|小时|分钟|世纪|点|周|星期|季度|工作日|时(?![期代间]))|年代|时期|初年|末年|\b(?:1[5-9]|20)\d\d\b"
            r"|\b(?:days?|weeks?|months?|years?|hours?|minutes?|mon|tues|wednes|thurs|fri|satur|sun)"
            r"(?:day)?\b|\d:\d\d|\b(?:january|february|march|april|june|july|august|september"
            r"|october|november|december)\b",
        ),
        (
            r"多少|几(?![乎何率年月日号点时])|多[大高长深远宽重快]|第几"
            r"|\bhow (?:many|much|large|high|deep|far)\b",
            # A date is no quantity.
            r"(?<!\d)(?!\d{4}年|\d{1,2}[月日号])\d",
        ),
        (
            r"怎么办|怎么处理|如何处理|注意(?:什么|哪些)|\bwhat should\b|\bhow (?:do|can|should)\b",
            r"应|须|请|可以|可用|建议|[如若]遇|否则|即可|不得|处理|\b(?:must|should|please|first|then)\b",
        ),
        (
            r"为什么|为何|原因|缘故|何故|怎么会|\bwhy\b",
            r"因|由于|所以|导致|为了|缘于|基于|使得|\bbecause\b|\bdue to\b|\bso that\b",
        ),
    )
)
_HEAD = re.compile(r"(?:什么样的|什么|哪些|哪种|哪个|哪[一1]个|哪[一1]种|哪)([\u3400-\u9fff]{1,3})")
# 第7条 names where to look, however little else of the question stands there.
_PLACE = re.compile(r"第\d+[编篇部章节条款项回]|\b(?:article|section|chapter|clause) \d+")
_NO_HEAD = re.compile(r"是|在|为|的|被|有|会|地|和|时候")
# What is to be explained.
_DEFINED = re.compile(
    r"^\s*(?:什么是|什么叫做?|何谓|何为)(?P<last>[^,。?]{1,20}?)[?]?\s*$"
    r"|^\s*(?P<first>[^的,。?]{1,20}?)(?:是什么(?:意思)?|指的?是?什么|的(?:定义|含义|意思)是什么)[?]?\s*$"
    r"|^\s*what (?:is|are|does) (?:an? |the )?(?P<english>[^?]{2,30}?)(?: mean)?[?]?\s*$"
)
_EXPLAINS = (
    r"[\"”』》]?\s*(?:\([^)]*\))?\s*,?"
    r"(?:就?是指?|指|为|即|系|叫|[:|]|——|(?:is|are|means|refers to)\b)"
)
# 型号, codes and Latin names: what a Chinese question writes with letters or long numbers.
_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_.+][a-z0-9]+)*|(?<![\d.])\d{4,}(?![\d.年])")
# What is asked of something: 准确率 in 模型的准确率是多少.
_FOCUS = re.compile(
    r"的(?P<focus>[\u3400-\u9fff]{2,8}?)(?:[是为有在要用由]|分别|一共|共)*"
    r"(?:多少|什么|谁|哪|几|怎么|怎样|如何|何|多[大高长深远宽重快久])"
)
# Whether something may, must or can be; what is asked of stands before 吗 or after 能否.
_WHETHER = re.compile(
    r"(?:(?P<verb>[\u3400-\u9fff]{2})[了的]?吗|是否|[能可]否|能不能|可不可以|会不会|要不要)"
    r"(?P<after>[\u3400-\u9fff]{0,8})|^\s*(?:can|may|must|should|is|are|do|does|will)\b"
)
_RULES = (
    r"不[得能可应予许准支适]|禁止|严禁|可以|允许|支持|适用|应当|必须|须|无需|不必|需要|[^许认]可(?=[^能])"
    r"|\b(?:may|must|can|cannot|not|never|eligible|allowed|required)\b"
)
_SEVERAL = re.compile(
    r"哪些|哪几|有什么|有何|几种|步骤|分别"
    r"|\bwhich \w+s\b|\bwhat are\b|\bwhat \w+s are\b|\bsteps\b|\blist\b"
)
_CLAUSES = re.compile(r"[,。;!?\n]|\.\s")


class Clues(Struct, frozen=True):
    """How to recognise a sentence that may hold the answer."""

    answers: tuple[re.Pattern[str], ...]
    heads: tuple[str, ...]
    places: tuple[str, ...]
    names: tuple[str, ...]
    focus: str
    defined: str
    several: bool
    """Whether a list is asked for."""
    verbs: tuple[str, ...] | None
    """What may or may not be, in pairs of characters; None where not that is asked."""

    @classmethod
    def of(cls, question: str) -> "Clues":
        """Read a folded question."""
        heads = (_NO_HEAD.split(found[1])[0] for found in _HEAD.finditer(question))
        chinese = any("\u3400" <= character <= "\u9fff" for character in question)
        focus, defined = _FOCUS.search(question), _DEFINED.match(question)
        return cls(
            answers=tuple(re.compile(answers) for asks, answers in _KINDS if asks.search(question)),
            heads=tuple(head for head in heads if head),
            places=tuple(_PLACE.findall(question)),
            names=tuple(dict.fromkeys(_NAME.findall(question))) if chinese else (),
            focus=focus["focus"] if focus else "",
            defined=next(filter(None, defined.groups())).strip() if defined else "",
            several=_SEVERAL.search(question) is not None,
            verbs=_verbs(question),
        )

    def kind_found(self, sentence: str) -> float:
        """The share of what is asked for that the sentence holds; half where nothing shows it."""
        found = [bool(pattern.search(sentence)) for pattern in self.answers]
        if self.verbs is not None:
            found.append(self._ruled(sentence))
        return sum(found) / len(found) if found else 0.5

    def head_found(self, sentence: str) -> float:
        """1 where a sentence names the thing of which `which one` is asked."""
        return float(any(head in sentence for head in self.heads))

    def place_found(self, lines: Iterable[str]) -> float:
        """1 where a line begins with the article, chapter or section that is asked for."""
        if not self.places:
            return 0.0
        named = re.compile(rf"(?:{'|'.join(self.places)})(?!\d)")
        return float(any(named.match(normal(line)) for line in lines))

    def names_found(self, text: str) -> float:
        """The share of the question's codes and Latin names that a folded text holds."""
        held = [
            re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text) for name in self.names
        ]
        return sum(map(bool, held)) / len(held) if held else 0.0

    def focus_found(self, sentence: str) -> float:
        """The share of what is asked of something that the sentence holds."""
        pairs = [self.focus[at : at + 2] for at in range(len(self.focus) - 1)]
        return sum(pair in sentence for pair in pairs) / len(pairs) if pairs else 0.0

    def definition_found(self, sentence: str) -> float:
        """1 where the sentence says what that is which is to be explained."""
        if not self.defined:
            return 0.0
        return float(bool(re.search(re.escape(self.defined) + _EXPLAINS, sentence)))

    def _ruled(self, sentence: str) -> bool:
        """Whether one clause allows, forbids or demands that of which is asked."""
        return any(
            re.search(_RULES, clause)
            and (not self.verbs or any(verb in clause for verb in self.verbs))
            for clause in _CLAUSES.split(sentence)
        )


def _verbs(question: str) -> tuple[str, ...] | None:
    found = _WHETHER.search(question)
    if found is None:
        return None
    after = found["after"] or ""
    pairs = (after[at : at + 2] for at in range(len(after) - 1))
    return tuple(filter(None, (found["verb"], *pairs)))
