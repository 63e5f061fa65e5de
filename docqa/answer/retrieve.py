"""The steps that every engine shares: what is really asked, and what the library holds of it."""

from collections.abc import Callable, Sequence

from docqa.answer.citations import is_material
from docqa.answer.judge import NOTHING, First, Judgement, judge
from docqa.answer.writing.state import Standalone
from docqa.errors import QueryError
from docqa.settings import Settings
from docqa.types import AskRequest, SearchRequest, SearchResult, Turn

Search = Callable[[SearchRequest], SearchResult]


class Steps:
    """Understands and searches."""

    def __init__(self, search: Search, settings: Settings) -> None:
        """Work with a search and these settings."""
        self._search = search
        self._settings = settings

    @property
    def certain(self) -> float:
        """The confidence from which an answer is given as certain."""
        return self._settings.answer.certain

    def leans_on(self, request: AskRequest, turns: Sequence[Turn]) -> bool:
        """Whether the question is to be completed from the conversation."""
        if not (request.rewrite and self._settings.answer.rewrite and turns):
            return False
        # Imported here: a first question needs none of its many words.
        from docqa.answer.followup import needs_conversation

        return needs_conversation(request.question)

    def understand(self, request: AskRequest, turns: Sequence[Turn]) -> Standalone:
        """The question as it stands alone, completed without a model."""
        if not self.leans_on(request, turns):
            return Standalone(request.question)
        from docqa.answer.followup import stand_alone

        return Standalone(request.question, stand_alone(request.question, turns))

    def find(self, request: AskRequest, question: Standalone) -> SearchResult:
        """Passages for the question; a rewritten one is fused with the original."""
        try:
            result = self._search(self.search_request(request, question))
        except QueryError:
            # An empty library, or a question of question words: the material may still answer.
            if not request.extra:
                raise
            result = SearchResult(question.text, (), 0.0)
        return self.with_material(request, question, result)

    def with_material(
        self, request: AskRequest, question: Standalone, result: SearchResult
    ) -> SearchResult:
        """The result with what the material handed over says of the question."""
        if not request.extra:
            return result
        from docqa.answer.material import join_material

        return join_material(question.text, result, request.extra)

    def leaves_aside(self, request: AskRequest, result: SearchResult) -> bool:
        """Whether material was handed over that says nothing near the question."""
        return bool(request.extra) and not any(
            map(is_material, (one.passage.id for one in result.found))
        )

    def search_request(self, request: AskRequest, question: Standalone) -> SearchRequest:
        """What to look for."""
        also = [question.asked] if question.rewritten else []
        return SearchRequest(
            query=question.text,
            k=request.k or self._settings.search.k,
            mode=request.search_mode,
            scope=request.scope,
            also=tuple(also),
            limits=request.limits,
        )

    def judge(
        self, question: Standalone, result: SearchResult, first: First = NOTHING
    ) -> Judgement:
        """Whether what was found answers the question."""
        return judge(question.text, result, self._settings, first)
