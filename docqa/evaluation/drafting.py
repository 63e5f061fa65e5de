"""Drafts questions from a library's own passages, for its user to confirm or reword."""

import random
import re
from collections.abc import Iterator

from docqa.answer.language import language_of
from docqa.retrieval.keyword import KeywordLeg
from docqa.stores.lexical.index import LexicalIndex
from docqa.stores.records.library import Library
from docqa.terms import Question
from docqa.types import Passage
from ingest.splitting.sentences import sentences

_SEED = 7
_SHORTEST, _LONGEST = 12, 80
_CLAUSE_END = re.compile("[，,；;]")
# What a sentence states that can be asked for, and how.
_LABEL = re.compile(r"(?:^|[\s，。；])([\u4e00-\u9fff]{2,10})[：:]\s*$")
_NUMERAL = "一二两三四五六七八九十百千万零"
# 一 alone rarely is a figure, and what 每三百小时 says is no answer to 多少.
_NUMBER = rf"(?<![每第\d{_NUMERAL}])(?:\d[\d,.]*|[{_NUMERAL}]{{2,}}|[{_NUMERAL[1:11]}])"
_ASKED = {
    "zh": (
        (re.compile(r"\d{4}\s*年(?:\s*\d{1,2}\s*月)?(?:\s*\d{1,2}\s*日)?"), "什么时候"),
        (
            re.compile(rf"{_NUMBER}\s*(?:%|％|元|万元|亿元|公里|平方米|米|吨|人|天|个月|小时|倍)"),
            "多少",
        ),
        (re.compile(r"《[^《》]{2,20}》"), "什么"),
    ),
    "en": (
        (re.compile(r"\b(?:1[5-9]|20)\d\d\b"), "what year"),
        (re.compile(r"\b\d[\d,.]*\s*(?:percent|days?|hours?|km|kg|dollars)\b"), "how much"),
    ),
}


def draft(library: Library, count: int) -> Iterator[dict[str, object]]:
    """Rows of a JSONL question set: a sentence with its figure, date or title asked for."""
    with LexicalIndex.open(library) as index:
        leg = KeywordLeg(index)
        documents = library.documents()
        random.Random(_SEED).shuffle(documents)
        made = 0
        # In turn from every document, so that a long one does not give all of them.
        for ordinal in range(max((d.passages for d in documents), default=0)):
            for document in documents:
                for passage in library.passages_of(document.id, ordinal, ordinal):
                    row = _row(passage, leg)
                    if row and made < count:
                        made += 1
                        yield row
            if made >= count:
                return


def _row(passage: Passage, leg: KeywordLeg) -> dict[str, object] | None:
    """The sentence of a passage whose words tell most, made a question."""
    best: tuple[float, dict[str, object]] | None = None
    for start, end in sentences(passage.text):
        sentence = passage.text[start:end]
        # A row of a table is no sentence that could be turned into a question.
        if not _SHORTEST <= len(sentence) <= _LONGEST or "|" in sentence:
            continue
        for pattern, asked in _ASKED[language_of(sentence)]:
            if match := pattern.search(sentence):
                row = {
                    "question": _question(sentence, match, asked),
                    "answer": match[0],
                    "document": passage.document,
                    "confirmed": False,
                }
                weight = sum(leg.idf(Question.read(sentence)).values()) / len(sentence)
                best = max(best or (0.0, row), (weight, row), key=lambda one: one[0])
                break
    return best[1] if best else None


def _question(sentence: str, match: re.Match[str], asked: str) -> str:
    english = asked.isascii()
    gap = " " if english else ""
    if label := _LABEL.search(sentence[: match.start()]):
        return f"{label[1]}是{asked}？"
    rest = sentence[match.end() :]
    # A question in Chinese ends with the clause that asks; what follows only gives more away.
    rest = rest if english else _CLAUSE_END.split(rest, maxsplit=1)[0]
    text = sentence[: match.start()] + gap + asked + gap + rest
    return " ".join(text.split()).rstrip("。.；;！!，, ") + ("?" if english else "？")
