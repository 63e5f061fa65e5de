"""The text of an answer made of quotes: the answer first, then what adds to it."""

from collections.abc import Callable, Sequence

from docqa.answer.language import language_of
from docqa.answer.quoting.question_types import asks_for_documents
from docqa.answer.quoting.ranking import Quote
from docqa.answer.quoting.sentences import head_of_table
from docqa.answer.quoting.table_rows import FindHead, read_lines, split_cells
from docqa.answer.quoting.yes_or_no import decide
from docqa.messages import messages
from docqa.terms import normal
from docqa.types import Passage, Sentence

# The words over the list whose item begins at a place of a passage; nothing for what is no item.
FindIntroduction = Callable[[Passage, int], str]
_BETWEEN = "\n\n"
# One quote is enough where it is this likely to hold the answer; others follow only if they are no
# less likely than the second figure. Set by hand on the choosing halves: at 0.8 the first quote
# alone is right in nine of ten.
_ENOUGH = 0.8
_ADDS = 0.08
_DECIDED = {"yes": "answer.yes", "no": "answer.no", "depends": "answer.depends"}


def as_needed(question: str, quotes: Sequence[Quote]) -> list[Quote]:
    """The first quote, and others only if it may not be the answer."""
    if not quotes or quotes[0].likely >= _ENOUGH:
        return list(quotes[:1])
    row = _row_asked_for(question, quotes[0])
    return [
        quotes[0],
        *(
            quote
            for quote in quotes[1:]
            if quote.likely >= _ADDS and not (row and head_of_table(quote.passage.text, quote.text))
        ),
    ]


def _row_asked_for(question: str, quote: Quote) -> bool:
    """Whether a quote is the row of a table that the question names, so that no other row is."""
    first = normal(split_cells(quote.text)[0])
    return bool(head_of_table(quote.passage.text, quote.text)) and first in normal(question)


def reply(
    question: str,
    quotes: Sequence[Quote],
    find_head: FindHead,
    find_introduction: FindIntroduction,
    *,
    listed: bool = False,
) -> tuple[str, tuple[Sentence, ...]]:
    """The text and its sentences, the n-th of which shows the n-th quote; a list is counted."""
    language = language_of(question)
    text, sentences = "", []
    are_documents = listed and asks_for_documents(question)
    if listed and not (are_documents and len(quotes) == 1):
        text = _say("answer.counted", language).format(count=len(quotes)) + _BETWEEN
    for n, quote in enumerate(quotes, 1):
        text += _say("answer.more", language) if n == 2 and not listed else ""
        start = len(text)
        decided = decide(question, quote.text) if n == 1 else None
        before = _say(_DECIDED[decided], language) if decided else ""
        if are_documents:
            before = quote.passage.document.rpartition("/")[2] + _say("answer.says", language)
        elif not listed:
            before += introduce(quote, text, find_introduction)
        text += f"{before}{read_lines(quote.text, quote.passage, find_head, question)}[{n}]"
        sentences.append(Sentence(start, len(text), (n,), True))
        text += "\n" if listed else _BETWEEN
    return text.rstrip(), tuple(sentences)


def _say(key: str, language: str) -> str:
    """A message in the language of the question, which need not be that of the interface."""
    area, _, name = key.partition(".")
    return messages(area)[name][language]


def introduce(quote: Quote, shown: str, find_introduction: FindIntroduction) -> str:
    """What a list begins with, before items of it that are quoted without; once for each list."""
    at = quote.start - quote.passage.start
    words = find_introduction(quote.passage, at)
    if not words or words in shown:
        return ""
    if quote.passage.text[:at].rstrip().endswith(words):
        return words
    return words + (" … " if words.isascii() else "……")
