"""Which questions of the choosing halves the packaged reader is not trained on."""

import json
from functools import cache
from zlib import crc32

from tests.bench.quotes.rows import (
    OWN,
    PUBLIC,
    STRANGERS,
    half_of_own,
    half_of_paragraph,
    read_asked,
    read_documents,
    read_near,
    read_paragraphs,
)
from tests.bench.refusal import half
from tests.support.outside import DATA

_RULES = "stard"


def is_kept_back(name: str, question: str, answer: str) -> bool:
    """Whether a question of a choosing half is not trained on: a fifth, half of our own.

    Of the strangers' questions those about a fourth of the documents.
    """
    if name == STRANGERS:
        return crc32(read_documents(name)[question].encode()) % 4 == 0
    if name in PUBLIC or name == _RULES:
        return crc32(b"x" + answer.encode()) % 5 == 0
    return bool(crc32(question.encode()) % 2)


@cache
def read_trained() -> frozenset[str]:
    """The questions that are trained on."""
    public = (
        (name, qa["question"], qa["answers"][0]["text"])
        for name in PUBLIC
        for paragraph in read_paragraphs(name)
        if not half_of_paragraph(paragraph)
        for qa in paragraph["qas"]
    )
    own = (
        (name, question, gold.split("//")[0])
        for name in OWN
        for _, question, gold in read_asked(name)
        if not half_of_own(name, question)
    )
    near = ((STRANGERS, question, "") for question in read_near(STRANGERS))
    rules = (
        (_RULES, one["question"], one["question"])
        for one in json.loads((DATA / "stard_even.json").read_text(encoding="utf-8"))["questions"]
        if not half(one["question"])
    )
    return frozenset(one[1] for one in (*public, *own, *near, *rules) if not is_kept_back(*one))
