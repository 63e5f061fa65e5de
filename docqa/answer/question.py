"""Questions as they come in: what cannot be asked, and which documents they name."""

import re

from docqa.clean import clean
from docqa.errors import QueryError

MOST_CHARACTERS = 2000
_NAMED = re.compile(r"(?<!\S)@(\S+)")


def checked_question(question: str) -> str:
    """The question without outer white space and escapes; QueryError where nothing is asked."""
    question = clean(question).strip()
    if not any(character.isalnum() for character in question):
        raise QueryError("error.query_empty")
    if len(question) > MOST_CHARACTERS:
        raise QueryError("answer.question_too_long", length=len(question), most=MOST_CHARACTERS)
    return question


def with_scope(question: str) -> tuple[str, tuple[str, ...]]:
    """The question without its `@file` words, and the documents that they name."""
    named = tuple(found[1] for found in _NAMED.finditer(question))
    return _NAMED.sub("", question).strip(), named
