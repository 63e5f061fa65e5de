"""Follow-up questions: which of them need the conversation, and what they mean without a model."""

import re
from collections.abc import Sequence

from docqa.answer.question import with_scope
from docqa.terms import Question
from docqa.terms.lexicon import lexicon
from docqa.types import AnswerStatus, Turn

_WORDS = lexicon().followup
_POINTER = re.compile(
    rf"{'|'.join(_WORDS.pointers)}|\b(?:{'|'.join(_WORDS.english_pointers)})\b", re.IGNORECASE
)
_ELLIPSIS = re.compile("|".join(_WORDS.elliptic), re.IGNORECASE)
_SUBJECTLESS = re.compile("|".join(_WORDS.subjectless))
_FEW_TERMS = 3
# Of a question without a subject; a longer one names what it asks about farther on. Set by hand.
_SOME_TERMS = 8
# Short, and still no question about what was said.
_REMARK = re.compile(
    rf"\W*(?:(?:{'|'.join(_WORDS.remarks)})(?:{'|'.join(_WORDS.after_remarks)}|\W)*)+",
    re.IGNORECASE,
)
_TITLE = re.compile(r"《[^》]{1,40}》|[“「『\"][^”」』\"]{2,40}[”」』\"]")
# 甲方的押金是多少: of what is asked, and what of it.
_OF = re.compile(
    r"(?P<subject>[^的,。?？]{2,20})的(?P<thing>[\u3400-\u9fffA-Za-z]{2,8}?)"
    r"(?=[是为有在]?(?:多少|什么|谁|哪|几|怎|何|多[大高长久])|[?？]|$)"
)
# 需要多少内存: what 硬盘空间呢 asks for instead.
_HOW_MUCH = re.compile(r"(?<=多少)[\u3400-\u9fff]{2,8}[?？]?$")
_SHORT_TOPIC = 4
_OF_TOPIC = re.compile(r"多少[钱元天年人个台]|多[久长大高重远快]|什么时候|何时|几[天年个月点号]")
_MARKS = " ?？。,，"
_ANSWERED = (AnswerStatus.ANSWERED, AnswerStatus.PERHAPS)
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9\-_.]*(?:\s+[A-Za-z0-9][A-Za-z0-9\-_.]*)*")
# 房租一个月多少钱 is about 房租.
_MEASURE = re.compile(r"(?<=[\u3400-\u9fff]{2})(?:每|一个?)(?:[天日周月年人次]|小时|季度|学年)$")
# 什么时候上线, 怎么处理: of what, only the conversation says.
_ASKS_FIRST = re.compile(
    r"什么时候|何时|怎么|怎样|如何|为什么|为何|多久|多少|由?谁|在?哪|几[天点月号]"
)
_BETWEEN = re.compile("|".join(_WORDS.between))
_ENGLISH_WORDS = re.compile(rf"\b(?:{'|'.join(_WORDS.english)})\b", re.IGNORECASE)


def needs_conversation(question: str) -> bool:
    """Whether a question seems to lean on what was said before."""
    if _REMARK.fullmatch(question):
        return False
    if is_incomplete(question):
        return True
    most = _SOME_TERMS if _SUBJECTLESS.match(question.strip()) else _FEW_TERMS
    return len(Question.read(question).terms) <= most


def is_incomplete(question: str) -> bool:
    """Whether a question says by its words that it goes on from another: 它…, 那…呢."""
    return bool(_POINTER.search(question) or _ELLIPSIS.search(question.strip()))


def names_nothing(question: str) -> bool:
    """Whether a question is a question word and what is done: 什么时候上线, 怎么处理."""
    return bool(_ASKS_FIRST.match(question)) and len(Question.read(question).terms) <= _FEW_TERMS


def points_back(question: str) -> bool:
    """Whether a question says "it" or the like, and so means nothing by itself."""
    return _POINTER.search(question) is not None


def stand_alone(question: str, turns: Sequence[Turn]) -> str | None:
    """The question with the topic of the last answered one in it; None where it needs none."""
    before = next((turn for turn in reversed(turns) if turn.answer.status in _ANSWERED), None)
    if before is None or not needs_conversation(question):
        return None
    asked = with_scope(before.answer.rewritten or before.question)[0]
    topic = _put_before(before) or topic_of(asked)
    if topic is None or topic in question or _is_parallel(question, asked, topic):
        return None
    filled, count = _POINTER.subn(lambda _: topic, question, count=1)
    if count:
        return filled
    if question.isascii() and not topic.isascii() and _ENGLISH_WORDS.search(question):
        # Asked in another language than before: it stands by itself.
        return None
    other = _ELLIPSIS.sub("", question).strip(_MARKS)
    if other and "呢" in question:
        return _exchange(asked, topic, other)
    between = " " if topic.isascii() else ""
    return f"{topic}{between}{other or question}"


def _put_before(turn: Turn) -> str:
    """The topic that the last question was completed with: it stays, so that none pile up."""
    rewritten = turn.answer.rewritten or ""
    return (
        rewritten.removesuffix(turn.question).strip() if rewritten.endswith(turn.question) else ""
    )


def _is_parallel(question: str, asked: str, topic: str) -> bool:
    """Whether it asks the same of something else, and so says all: 租金是多少 after 押金是多少."""
    own = topic_of(question)
    return own is not None and question.strip(_MARKS).replace(own, topic) == asked.strip(_MARKS)


def _exchange(asked: str, topic: str, other: str) -> str | None:
    """The last question asked of something else: 那乙方呢, 那功率呢; None where that says all."""
    code = _CODE.search(topic)
    if code and _CODE.fullmatch(other):
        return asked.replace(code[0], other, 1)
    if match := _HOW_MUCH.search(asked):
        # 本科生每天有多少补贴 and 研究生呢 ask for another's 补贴.
        end = topic.rfind(other[-1], 1) + 1
        if end and len(other) > 2:
            return asked.replace(topic[:end], other, 1)
        return f"{asked[: match.start()]}{other}"
    if match := _OF.match(asked):
        subject = match["subject"]
        if _is_alike(other, subject):
            return asked.replace(subject, other, 1)
        # 华东二月的销售额 and 华南呢 ask for 华南二月.
        named = subject[: len(other)]
        if not _CODE.search(other) and _is_alike(other, named):
            return asked.replace(named, other, 1)
        return asked[: match.start("thing")] + other + asked[match.end("thing") :]
    if len(topic) > _SHORT_TOPIC and _is_alike(other, topic[: len(other)]):
        return asked.replace(topic[: len(other)], other, 1)
    if len(topic) <= _SHORT_TOPIC and not _TITLE.search(topic):
        if _is_alike(other, topic):
            return asked.replace(topic, other, 1)
        # 押金是多少 asks for what it names; 台灯多少钱 asks for something of it.
        return f"{topic}{other}" if _OF_TOPIC.search(asked) else None
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
        return max((part for part in rest if len(part) > 2), key=_count_words, default=None)
    stretches = [part for part in _BETWEEN.split(plain) if len(part) > 1]
    if stretches:
        return _MEASURE.sub("", stretches[0])
    code = _CODE.search(plain)
    return code[0] if code else None


def _count_words(text: str) -> int:
    return len(text.split())
