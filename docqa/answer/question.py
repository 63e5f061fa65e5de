"""Questions as they come in: what cannot be asked, and which documents they name."""

import re

from msgspec.structs import replace

from docqa.clean import clean
from docqa.errors import QueryError
from docqa.settings import Settings
from docqa.types import AskRequest, SearchRequest

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


def check_search(request: SearchRequest) -> SearchRequest:
    """The request with a checked query, `@document` words as its scope; QueryError if useless."""
    query, named = with_scope(request.query)
    return replace(request, query=checked_question(query), scope=(*request.scope, *named))


def check_question(request: AskRequest, settings: Settings) -> AskRequest:
    """The same for a question, with the settings' own wishes filled in."""
    question, named = with_scope(request.question)
    return replace(
        request,
        question=checked_question(question),
        scope=(*request.scope, *named),
        open=request.open or settings.answer.open,
        thorough=request.thorough or settings.answer.thorough,
    )
