"""What kind of answer a question asks for, what it asks of, and where it says so."""

import re
from collections.abc import Iterable

from msgspec import Struct

from docqa.answer.language import language_of
from docqa.terms import normal
from docqa.terms.lexicon import WordList, lexicon, what_shows

_HEAD = re.compile(
    r"(?:什么样的|什么|哪些|哪种|哪个|哪[一1]个|哪[一1]种|哪[一1]|何种|哪)(?P<head>[\u3400-\u9fff]{1,4})"
)
_NO_HEAD = re.compile(r"是|在|为|的|被|有|会|地|和|时候|叫|由|才|可|能|要")
# 第7条 names where to look, however little else of the question stands there.
_PLACE = re.compile(r"第\d+[编篇部章节条款项回]|\b(?:article|section|chapter|clause) \d+")
# What is to be explained.
_DEFINED = re.compile(
    r"^\s*(?:请问)?(?:什么是|什么叫做?|何谓|何为)(?P<last>[^,。?]{1,20}?)[?]?\s*$"
    r"|^\s*(?P<first>[^的,。?]{1,20}?)(?:是什么(?:意思|东西)?|是啥|指的?是?什么|的(?:定义|含义|意思)是什么)[?]?\s*$"
    r"|^\s*what (?:is|are|does) (?:an? |the )?(?P<english>[^?]{2,30}?)(?: mean)?[?]?\s*$"
)
_EXPLAINS = (
    r"[\"”』》」]?\s*(?:\([^)]*\))?\s*,?(?:也|又|或)?"
    r"(?:就?是指?|指|为(?!了)|即|系|叫|称|[:|]|——|,|(?:is|are|means|refers to)\b)"
)
# 型号, codes and Latin names: what a Chinese question writes with letters or long numbers.
_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_.+/][a-z0-9]+)*|(?<![\d.])\d{3,}(?![\d.年])")
_AT_LENGTH = frozenset({"reason", "meaning", "several"})
_VALUES = frozenset({"person", "body", "place", "date", "duration", "number", "money", "share"})
_PEOPLE = "个人名位"
_ENDING = " ?。!.,、\n\t\"'”"


class Asked(Struct, frozen=True):
    """A folded question, and how to recognise a sentence that may hold the answer."""

    text: str
    kinds: tuple[str, ...]
    """Kinds of answer, of those in the lexicon; `open` where none shows."""
    at: int
    """Where the question word stands; the end, where there is none."""
    heads: tuple[str, ...]
    places: tuple[str, ...]
    names: tuple[str, ...]
    defined: str

    @classmethod
    def of(cls, question: str) -> "Asked":
        """Read a folded question."""
        kinds, at = _kinds(question)
        heads = (_NO_HEAD.split(found["head"])[0] for found in _HEAD.finditer(question))
        defined = _DEFINED.match(question)
        names = _NAME.findall(question) if language_of(question) == "zh" else ()
        return cls(
            text=question,
            kinds=kinds or ("open",),
            at=at,
            heads=tuple(head for head in heads if head),
            places=tuple(_PLACE.findall(question)),
            names=tuple(dict.fromkeys(names)),
            defined=next(filter(None, defined.groups())).strip() if defined else "",
        )

    @property
    def several(self) -> bool:
        """Whether a list is asked for."""
        return "several" in self.kinds

    @property
    def at_length(self) -> bool:
        """Whether the answer takes several sentences: an explanation or a list, not a value."""
        kinds = frozenset(self.kinds)
        return bool(kinds & _AT_LENGTH) and not kinds & _VALUES

    def is_placed(self, lines: Iterable[str]) -> bool:
        """Whether a line begins with the article, chapter or section that is asked for."""
        if not self.places:
            return False
        named = re.compile(rf"(?:{'|'.join(self.places)})(?!\d)")
        return any(named.match(normal(line)) for line in lines)

    def share_of_names(self, text: str) -> float:
        """The share of the question's codes and Latin names that a folded text holds."""
        held = [
            re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text) for name in self.names
        ]
        return sum(map(bool, held)) / len(held) if held else 0.0

    def is_defined_in(self, sentence: str) -> bool:
        """Whether the sentence says what that is which is to be explained."""
        if not self.defined:
            return False
        return bool(re.search(re.escape(self.defined) + _EXPLAINS, sentence))


def shows(kind: str, sentence: str) -> bool:
    """Whether a folded sentence holds something that looks like an answer of a kind."""
    return what_shows(kind).search(sentence) is not None


def asks_for_arithmetic(question: str, quote: str) -> bool:
    """Whether a question wants a sum or a count that the quote does not state."""
    asked, plain, words = f" {normal(question)} ", normal(quote), lexicon().arithmetic
    counted = re.search(words.counts, asked)
    if not (counted or any(word in asked for word in words.words)):
        return False
    # 现有员工120人 counts them; of a sum, a figure alone may be one of those to be added.
    if counted and re.search(
        rf"[\d一二两三四五六七八九十百] ?{_like(counted[1] or counted[2])}", plain
    ):
        return False
    return not (re.search(words.states, plain) and shows("digit", plain))


def _like(measure: str) -> str:
    """The words by which what is asked of may be counted; people in several ways."""
    return f"[{_PEOPLE}]" if measure in _PEOPLE else measure


def asks_for_everything(question: str) -> bool:
    """Whether all of something is asked for, not the likeliest of it."""
    asked = f" {normal(question)} "
    return any(word in asked for word in lexicon().everything.words)


def asks_for_documents(question: str) -> bool:
    """Whether the documents themselves are asked for: 哪份合同, 哪些文件."""
    asked = f" {normal(question)} "
    return any(word in asked for word in lexicon().documents.words)


def _kinds(question: str) -> tuple[tuple[str, ...], int]:
    """The kinds asked for, and where the first word that asks for one stands."""
    plain = question
    for word in lexicon().nothing_asked.words:
        plain = plain.replace(word, " " * len(word))
    plain = f" {plain.strip(_ENDING)} "
    end = _without_tail(plain)
    found = {
        kind: at
        for kind, words in lexicon().asks.items()
        if (at := _asks(words, plain, end)) is not None
    }
    return tuple(found), max(0, min(found.values(), default=len(plain)) - 1)


def _asks(words: WordList, question: str, end: str) -> int | None:
    """Where a question asks for a kind; None where it does not."""
    places = [at for word in words.words if (at := question.find(word)) >= 0]
    if places:
        return min(places)
    if any(question.startswith(f" {word}") for word in words.starts):
        return 0
    return len(end) if any(map(end.endswith, words.ends)) else None


def _without_tail(question: str) -> str:
    """The question up to the noun that it ends in."""
    end = question.rstrip(_ENDING)
    while tail := next((word for word in lexicon().tails.words if end.endswith(word)), ""):
        end = end.removesuffix(tail).rstrip(_ENDING)
    return end
