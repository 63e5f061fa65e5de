"""Notices what is wrong with a model's answer as a whole: refusals, silence, loops, language."""

import re
from enum import StrEnum

from docqa.answer.checking.bare_replies import is_bare
from docqa.answer.checking.check import sentence_spans
from docqa.answer.checking.claims import claim_of
from docqa.answer.checking.marks import without_marks
from docqa.answer.checking.refusals import is_refusal

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_ENDED = re.compile(r"[。！？!?.…；;：:”」』）)\]|`*]\s*$")
_FEW_WORDS = 4


class Fault(StrEnum):
    """What is wrong with an answer."""

    REFUSED = "refused"
    """Its only claim is that the passages do not answer."""
    PARTLY = "partly"
    """It says something and then that the passages do not answer."""
    EMPTY = "empty"
    LOOP = "loop"
    LANGUAGE = "language"
    CUT = "cut"
    """It ends within a sentence."""


def find_fault(text: str, question: str, language: str, reason: str) -> Fault | None:
    """What is wrong with a finished answer; `reason` is why its model stopped."""
    said = without_marks(text).strip()
    if not any(character.isalnum() for character in said):
        return Fault.EMPTY
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    claims = [one for one in sentences if claim_of(one, question) is not None]
    refusals = [is_refusal(one) for one in claims]
    if claims and all(refusals):
        return Fault.REFUSED
    if not claims and is_refusal(said) and not is_bare(said, question):
        return Fault.REFUSED
    if not claims:
        return None if any(is_bare(one, question) for one in sentences) else Fault.EMPTY
    if reason == "loop" or _repeats(claims):
        return Fault.LOOP
    if _is_other_language(said, language):
        return Fault.LANGUAGE
    if refusals[0] or refusals[-1]:
        return Fault.PARTLY
    if reason == "length" and not _ENDED.search(said):
        return Fault.CUT
    return None


def _repeats(sentences: list[str]) -> bool:
    """Whether one sentence came three times."""
    plain = [without_marks(one).strip() for one in sentences]
    return any(plain.count(one) > 2 for one in set(plain) if len(one) > 1)


def _is_other_language(said: str, language: str) -> bool:
    """Whether an answer to a Chinese question is in English, or the reverse.

    A name or a line of code alone is an answer in any language.
    """
    han, words = len(_HAN.findall(said)), len(_LATIN_WORD.findall(said))
    if language == "zh":
        return han == 0 and words > _FEW_WORDS
    return han > _FEW_WORDS and words <= han // 2
