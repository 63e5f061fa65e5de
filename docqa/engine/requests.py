"""One set of checks for what every face asks: the question, its length, and where to look."""

from msgspec.structs import replace

from docqa.answer.question import checked_question, with_scope
from docqa.settings import Settings
from docqa.types import AskRequest, SearchRequest


def check_search(request: SearchRequest, scope: tuple[str, ...]) -> SearchRequest:
    """The request with a checked query, `@document` words as its scope; QueryError if useless."""
    query, named = with_scope(request.query)
    return replace(request, query=checked_question(query), scope=(*request.scope, *named) or scope)


def check_question(request: AskRequest, scope: tuple[str, ...], settings: Settings) -> AskRequest:
    """The same for a question, with the settings' own wishes filled in."""
    question, named = with_scope(request.question)
    return replace(
        request,
        question=checked_question(question),
        scope=(*request.scope, *named) or scope,
        open=request.open or settings.answer.open,
        thorough=request.thorough or settings.answer.thorough,
    )
