"""What to do where an answer fell short for a reason that can be named."""

import re
from collections.abc import Iterator
from itertools import islice

from docqa.answer.language import language_of
from docqa.stores.records.library import Library
from docqa.types import Answer, AnswerStatus, Warned

_URL = re.compile(r"https?://[^\s\u3000-\u9fff\uff00-\uffef]+", re.IGNORECASE)
# Set by hand: the language of a library shows in the first lines of a few documents.
_DOCUMENTS, _CHARACTERS = 20, 200


def find_hints(answer: Answer, library: Library) -> Iterator[Warned]:
    """A hint for a page that is not read, and for a question in another language."""
    if url := _unread_url(answer):
        yield Warned("ask.url_not_read", {"url": url})
    elif answer.status is AnswerStatus.NOT_FOUND and not library.embedded_share():
        asked = language_of(answer.question)
        if asked not in _languages(library):
            yield Warned("ask.only_words_zh" if asked == "zh" else "ask.only_words_en")


def _unread_url(answer: Answer) -> str | None:
    """The address in a question, unless a citation quotes it: then the documents speak of it."""
    match = _URL.search(answer.question)
    if match is None or any(match[0] in one.quote for one in answer.citations):
        return None
    return match[0]


def _languages(library: Library) -> set[str]:
    some = [one.id for one in islice(library.documents(), _DOCUMENTS)]
    return {language_of(text) for text in library.openings(some, _CHARACTERS).values()}
