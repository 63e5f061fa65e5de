"""Questions that the documents of a library answer, made from their own headings."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from docqa.answer.language import language_of
from docqa.types import AnswerMode, AnswerStatus, AskRequest, DocumentInfo, Done

if TYPE_CHECKING:
    from docqa.engine.engine import Engine

# Set by hand: looking at more documents or candidates takes longer than a first screen may.
_LOOKED_AT, _DOCUMENTS, _HEADINGS, _TRIED = 50, 8, 6, 12
_LONGEST_DOCUMENT = 2_000_000
_NUMBER = re.compile(
    r"^\s*(?:第\s*[\d一二三四五六七八九十百零〇]+\s*[章节節条條款编編部篇]"
    r"|[（(]?[\d一二三四五六七八九十]+[）)、.．](?!\d)"
    # A number that counts something, as in 2026年路线图 and 3个月, is part of the words.
    r"|[A-Z]?\d{1,3}(?:\.\d+)*(?![\d年月日天个次元%]))[\s　、.:：]*"
)
_ARTICLE = re.compile(r"^\s*第.{1,8}[章节節条條款]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LEAST, _MOST = 2, 14
# Set by hand: what every rule and every book has, which nobody asks about.
_GENERAL = frozenset(
    ("目的", "总则", "附则", "适用范围", "前言", "引言", "概述", "简介", "免责声明", "目录")
)
_TEMPLATES = {
    "article": "{heading}是怎么规定的？",
    "zh": "关于{heading}，文档里怎么说？",
    "en": "What does it say about {heading}?",
}


def sample_questions(engine: "Engine", most: int = 3) -> list[str]:
    """Up to so many questions, each from another document where there are enough."""
    found: list[str] = []
    for tried, (document, question) in enumerate(_candidates(engine)):
        if len(found) == most or tried == _TRIED:
            break
        if question not in found and _answers(engine, question, document):
            found.append(question)
    return found


def _candidates(engine: "Engine") -> Iterator[tuple[DocumentInfo, str]]:
    """Questions about the latest documents, one of each document in turn."""
    documents = [one for one in engine.documents() if one.characters <= _LONGEST_DOCUMENT]
    documents.sort(key=lambda one: -one.updated)
    asked = ((one, _questions(engine, one)) for one in documents[:_LOOKED_AT])
    lists = list(islice(((one, found) for one, found in asked if found), _DOCUMENTS))
    for place in range(_HEADINGS):
        for document, questions in lists:
            if place < len(questions):
                yield document, questions[place]


def _questions(engine: "Engine", document: DocumentInfo) -> list[str]:
    """What can be asked about headings below the title, named without their numbers."""
    found: dict[str, None] = {}
    for section in engine.sections(document.id):
        last = section.heading[-1] if section.heading else ""
        words = _NUMBER.sub("", last).strip()
        is_below = len(section.heading) > 1 or _NUMBER.match(last)
        if is_below and words not in _GENERAL and _LEAST <= _width(words) <= _MOST:
            kind = "article" if _ARTICLE.match(last) else language_of(words)
            found[_TEMPLATES[kind].format(heading=words)] = None
    return list(found)


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
