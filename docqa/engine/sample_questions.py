"""Questions that the documents of a library answer, made from their own headings."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from docqa.types import AnswerMode, AnswerStatus, AskRequest, DocumentInfo, Done

if TYPE_CHECKING:
    from docqa.engine.engine import Engine

# Set by hand: looking at more documents or candidates takes longer than a first screen may.
_DOCUMENTS, _HEADINGS, _TRIED = 8, 6, 12
_LONGEST_DOCUMENT = 2_000_000
_NUMBER = re.compile(
    r"^\s*(?:第\s*[\d一二三四五六七八九十百零〇]+\s*[章节節条條款编編部篇]|[（(]?[\d一二三四五六七八九十]+[）)、.．]"
    r"|[A-Z]?[\d.]+)[\s　、.:：]*"
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LEAST, _MOST = 2, 14
_TEMPLATES = {"zh": "{heading}是怎么规定的？", "en": "What does it say about {heading}?"}


def sample_questions(engine: "Engine", most: int = 3) -> list[str]:
    """Up to so many questions, each from another document where there are enough."""
    found: list[str] = []
    for tried, (document, heading) in enumerate(_candidates(engine)):
        if len(found) == most or tried == _TRIED:
            break
        question = _TEMPLATES["zh" if _CHINESE.search(heading) else "en"].format(heading=heading)
        if question not in found and _answers(engine, question, document):
            found.append(question)
    return found


def _candidates(engine: "Engine") -> Iterator[tuple[DocumentInfo, str]]:
    """Headings of the latest documents, one of each document in turn."""
    documents = [one for one in engine.documents() if one.characters <= _LONGEST_DOCUMENT]
    documents.sort(key=lambda one: -one.updated)
    lists = [(one, _headings(engine, one)) for one in documents[:_DOCUMENTS]]
    for place in range(_HEADINGS):
        for document, headings in lists:
            if place < len(headings):
                yield document, headings[place]


def _headings(engine: "Engine", document: DocumentInfo) -> list[str]:
    """What can be asked about: headings below the title, without their numbers."""
    headings = dict.fromkeys(
        _NUMBER.sub("", one.heading[-1]).strip()
        for one in engine.sections(document.id)
        if len(one.heading) > 1 or (one.heading and _NUMBER.match(one.heading[-1]))
    )
    return [one for one in headings if _LEAST <= _width(one) <= _MOST]


def _width(heading: str) -> int:
    """Characters of Chinese, or of other scripts half as many."""
    chinese = len(_CHINESE.findall(heading))
    return chinese or len(heading) // 2


def _answers(engine: "Engine", question: str, document: DocumentInfo) -> bool:
    """Whether the question is answered from its own document."""
    request = AskRequest(question, mode=AnswerMode.QUOTE, save=False)
    for event in engine.ask(request):
        if isinstance(event, Done):
            cited = event.answer.citations[:1]
            answered = event.answer.status in (AnswerStatus.ANSWERED, AnswerStatus.PERHAPS)
            return answered and any(one.document == document.path for one in cited)
    return False
