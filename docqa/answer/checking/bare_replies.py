"""Answers that are no more than a yes or a no: what they claim, and what the passages say of it."""

import re

from docqa.answer.checking.claims import claim_of
from docqa.answer.checking.evidence import Evidence
from docqa.answer.checking.marks import without_marks
from docqa.answer.checking.support import measure
from docqa.answer.checking.verdicts import judge
from docqa.answer.quoting.limits import read_ranges
from docqa.answer.quoting.question_types import Asked
from docqa.answer.quoting.yes_or_no import decide
from docqa.terms import normal
from docqa.types import Verdict

_BARE = re.compile(
    r"(?:是|不是|否|对|不对|可以|不可以|能|不能|会|不会|有|没有|需要|不需要|允许|不允许|yes|no)的?[。.!！]?",
    re.IGNORECASE,
)
_NO = re.compile(r"\W*(?:不|没|否|no\b)", re.IGNORECASE)
# 能不能 asks for 能; 吗 and 是否 leave nothing behind.
_DOUBLED = re.compile(r"([\u3400-\u9fff]{1,2})[不没]\1")
_WHETHER = re.compile(r"能否|可否|是否|[吗么嘛]$")
_LEAVES = {"能否": "能", "可否": "可以"}
_EXCEPTS = re.compile(r"除外|除非|例外|但|不含|不包括")
_COMMA = re.compile(r"[，,]\s*")
# Characters of a reply that only says again what is done; set by hand.
_SHORT = 4
_MORE = re.compile(r"谁|什么|多少|几|哪|怎|如何|何[时处地]|为何|还是")
_NEGATIVE = re.compile(r"难道|[不没未].{0,4}吗")


def is_bare(sentence: str, question: str) -> bool:
    """Whether a sentence is no more than a yes or a no, which claims what was asked."""
    said = without_marks(sentence).strip()
    return _BARE.fullmatch(said) is not None or _repeats_end(said, question)


def _repeats_end(said: str, question: str) -> bool:
    """Whether it is what a question ends with, said or denied: 能退 or 不能退 to 定金能退吗."""
    said = _NO.sub("", said.rstrip("。.!！ "))
    return 0 < len(said) <= _SHORT and (state(question) or "").endswith(said)


def split_reply(sentence: str, question: str) -> tuple[str, str]:
    """A yes or a no at the beginning, and what follows; two empty texts where there is none."""
    reply, *rest = _COMMA.split(sentence, maxsplit=1)
    return (reply, rest[0]) if rest and is_bare(reply, question) else ("", "")


def says_yes(sentence: str) -> bool:
    """Whether a bare answer is a yes."""
    return _NO.match(sentence) is None


def settle(question: str, quote: str, evidence: Evidence) -> bool | None:
    """Whether the passages say yes to a question; None where they do not decide.

    `quote` is what stands there of what was asked: it decides where it allows, forbids or limits;
    else the question, turned into a statement, must stand there in its own words.
    """
    decided = decide(question, quote)
    if decided:
        return None if decided == "depends" else decided == "yes"
    statement = state(question)
    claim = claim_of(statement, "") if statement else None
    limits = [one for one in read_ranges(normal(f"{question}\n{quote}")) if one.least != one.most]
    if claim is None or limits or _EXCEPTS.search(quote):
        return None
    found = measure(claim, evidence)
    # A clause that denies it may do so in fewer words than were asked.
    if found is None or ((found.foreign or found.longest) and not found.denies):
        return None
    verdict = judge(claim, evidence).verdict
    return None if verdict is Verdict.UNSUPPORTED else verdict is Verdict.SUPPORTED


def state(question: str) -> str | None:
    """The statement that a question asks to be confirmed; None where it asks for more or denies."""
    asked = question.strip().rstrip("？?。 ")
    doubled = _DOUBLED.sub(r"\1", asked)
    whether = doubled != asked or "whether" in Asked.of(normal(question)).kinds
    if not whether or _MORE.search(asked) or _NEGATIVE.search(asked):
        return None
    said = _WHETHER.sub(lambda found: _LEAVES.get(found[0], ""), doubled)
    return said if said != asked else None
