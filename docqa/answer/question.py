"""Questions as they come in: what cannot be asked, and what extra material adds to the search."""

import re
from collections import Counter

from docqa.clean import clean
from docqa.errors import QueryError
from docqa.terms import cut

MOST_CHARACTERS = 2000
_SALIENT = 24
_NAMED = re.compile(r"(?<!\S)@(\S+)")


def checked_question(question: str) -> str:
    """The question without outer white space and escapes; QueryError where nothing is asked."""
    question = clean(question).strip()
    if not any(character.isalnum() for character in question):
        raise QueryError("error.query_empty")
    if len(question) > MOST_CHARACTERS:
        raise QueryError("answer.question_too_long", length=len(question), most=MOST_CHARACTERS)
    return question


def salient(material: str) -> str:
    """The words that further material uses most, as a second wording for the search."""
    counts = Counter(term for term in cut(material) if len(term) > 1)
    return " ".join(term for term, _ in counts.most_common(_SALIENT))


def with_scope(question: str) -> tuple[str, tuple[str, ...]]:
    """The question without its `@file` words, and the documents that they name."""
    named = tuple(found[1] for found in _NAMED.finditer(question))
    return _NAMED.sub("", question).strip(), named
