"""Follow-up questions: which of them need the conversation, and what they mean without a model."""

import re
from collections.abc import Sequence

from docqa.answer.question import with_scope
from docqa.terms import Question
from docqa.types import AnswerStatus, Turn

# Words that point back. 其实, 尤其, 其他 and the like do not.
_CHINESE_POINTER = (
    r"它们?|(?<!其)他们?(?!人|国|乡)|她们?|(?<![尤与极])其(?!实|他|它|余|次|间|一)"
    r"|这(?:个|些|样|种|家|位|里|项|条|本|部|座|款|次|份)|那(?:个|些|样|种|家|位|里|项|条|本|部|座|款|次|份|时候?)"
    r"|该(?:公司|产品|制度|合同|书|人|校|地|项|国|市|县|剧|片|机构|组织)|此(?:人|书|事|处|地|剧|片)"
    r"|前者|后者|上述|上面|刚才|同样"
)
_ENGLISH_POINTER = (
    r"\b(?:it|its|they|them|their|he|him|his|she|her|this|that|these|those|there|such|the same)\b"
)
_POINTER = re.compile(f"{_CHINESE_POINTER}|{_ENGLISH_POINTER}", re.IGNORECASE)
# 那…呢？ and "what about …?" ask the last question of something else; 那不勒斯 is a city.
_ELLIPSIS = re.compile(
    r"^(?:那么?(?![个些样种家位里项条年天曲拉英坡须]|不勒斯|烂陀|达慕)|还有|另外|再|然后|接着"
    r"|and\b|what about|how about)|呢[？?]?\s*$"
    r"|^是?(?:为什么|为何|怎么办?|多少|谁|哪里|什么时候"
    r"|why|how|who|when|where|how (?:much|many|long))"
    r"[？?。.!]*$",
    re.IGNORECASE,
)
_FEW_TERMS = 3
# Short, and still no question about what was said.
_REMARK = re.compile(
    r"\W*(?:(?:\d{1,3}|好|行|嗯+|哦+|是|对|不是|可以|明白|知道|懂|收到|谢谢|多谢|感谢|辛苦|再见|你好|您好"
    r"|ok|okay|yes|no|thanks|thank you|hi|hello|bye|got it)"
    r"(?:你|您|们|大家|的|了|啊|呀|吧|哈|\W)*)+",
    re.IGNORECASE,
)
_TITLE = re.compile(r"《[^》]{1,40}》|[“「『\"][^”」』\"]{2,40}[”」』\"]")
# 甲方的押金是多少: of what is asked, and what of it.
_OF = re.compile(
    r"(?P<subject>[^的,。?？]{2,20})的(?P<thing>[\u3400-\u9fffA-Za-z]{2,8}?)"
    r"(?=[是为有在]?(?:多少|什么|谁|哪|几|怎|何|多[大高长久])|[?？]|$)"
)
_SHORT_TOPIC = 4
_MARKS = " ?？。,，"
_ANSWERED = (AnswerStatus.ANSWERED, AnswerStatus.PERHAPS)
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9\-_.]*(?:\s+[A-Za-z0-9][A-Za-z0-9\-_.]*)*")
# What stands between content words; those characters within words such as 有限 or 会议 do not.
_BETWEEN = re.compile(
    r"[吗呢？?，,。、；;：:！!\s]|的(?![士确])|是(?!非)|在(?![线职校建])|了(?!解)|由(?!于)|被(?!告)|把(?!握)"
    r"|对(?![象方话外])|于(?!是)|和(?![平谐解])|与(?!会)|有(?![限关效机色害毒轨序])|会(?![议计员场馆谈展长社费])"
    r"|能(?![力源量级])|以(?![色及])|什么时候|什么|怎么样|怎么|怎样|如何|为什么|为何|何时|哪[里儿些个年一]?|谁"
    r"|多少|多久|多大|多长|几(?!何)|请问|请|可以|需要|应该"
)
_ENGLISH_WORDS = re.compile(
    r"\b(?:what|when|where|which|who|whom|whose|why|how|is|are|was|were|do|does|did|the|a|an|of|in|on"
    r"|to|for|from|by|with|many|much|can|could|should|will|would|has|have|had|please|tell|me|about)\b",
    re.IGNORECASE,
)


def needs_conversation(question: str) -> bool:
    """Whether a question seems to lean on what was said before."""
    if _REMARK.fullmatch(question):
        return False
    if is_incomplete(question):
        return True
    return len(Question.read(question).terms) <= _FEW_TERMS


def is_incomplete(question: str) -> bool:
    """Whether a question says by its words that it goes on from another: 它…, 那…呢."""
    return bool(_POINTER.search(question) or _ELLIPSIS.search(question.strip()))


def points_back(question: str) -> bool:
    """Whether a question says "it" or the like, and so means nothing by itself."""
    return _POINTER.search(question) is not None


def stand_alone(question: str, turns: Sequence[Turn]) -> str | None:
    """The question with the topic of the last answered one in it; None where it needs none."""
    before = next((turn for turn in reversed(turns) if turn.answer.status in _ANSWERED), None)
    if before is None or not needs_conversation(question):
        return None
    asked = with_scope(before.answer.rewritten or before.question)[0]
    topic = topic_of(asked)
    if topic is None or topic in question:
        return None
    filled, count = _POINTER.subn(lambda _: topic, question, count=1)
    if count:
        return filled
    other = _ELLIPSIS.sub("", question).strip(_MARKS)
    if other and "呢" in question:
        return _exchange(asked, topic, other)
    between = " " if topic.isascii() else ""
    return f"{topic}{between}{other or question}"


def _exchange(asked: str, topic: str, other: str) -> str | None:
    """The last question asked of something else: 那乙方呢, 那功率呢; None where that says all."""
    if match := _OF.match(asked):
        subject = match["subject"]
        if _is_alike(other, subject):
            return asked.replace(subject, other, 1)
        return asked[: match.start("thing")] + other + asked[match.end("thing") :]
    if len(topic) <= _SHORT_TOPIC and not _TITLE.search(topic):
        return asked.replace(topic, other, 1) if _is_alike(other, topic) else None
    return f"{topic}{other}"


def _is_alike(one: str, other: str) -> bool:
    """Whether two words name things of one kind: codes both, or 甲方 and 乙方, 华东 and 华南."""
    codes = [any(character.isascii() for character in word) for word in (one, other)]
    if any(codes):
        return all(codes)
    return len(one) == len(other) and (one[0] == other[0] or one[-1] == other[-1])


def topic_of(question: str) -> str | None:
    """What a question is about: a title, else its first content words, else a name or code."""
    if title := _TITLE.search(question):
        return title[0]
    plain = _POINTER.sub(" ", question)
    if plain.isascii():
        rest = [part.strip(" ?.,!") for part in _ENGLISH_WORDS.split(plain)]
        return next((part for part in rest if len(part) > 2), None)
    stretches = [part for part in _BETWEEN.split(plain) if len(part) > 1]
    code = _CODE.search(plain)
    return next(iter(stretches), code[0] if code else None)
