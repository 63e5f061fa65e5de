"""The search as a LangChain retriever."""

from collections.abc import Callable
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from docqa.types import Passage, SearchMode, SearchRequest, SearchResult


class FoundDocuments(list[Document]):
    """The documents of one search, with the whole result for callers that need more."""

    def __init__(self, result: SearchResult) -> None:
        """Make a document of each passage found."""
        super().__init__(as_document(found.passage, found.score) for found in result.found)
        self.result = result


class LibraryRetriever(BaseRetriever):
    """Finds passages of a docqa library; `k`, `mode` and `scope` may also be given per call.

    `search` is that of an Engine or of an open searcher. A call may give a whole `request`
    instead of single options.
    """

    search: Callable[[SearchRequest], SearchResult]
    k: int = 8
    mode: SearchMode = SearchMode.AUTO
    scope: tuple[str, ...] = ()

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **options: Any
    ) -> FoundDocuments:
        request = options.get("request") or SearchRequest(
            query=query,
            k=options.get("k", self.k),
            mode=SearchMode(options.get("mode", self.mode)),
            scope=tuple(options.get("scope", self.scope)),
        )
        return FoundDocuments(self.search(request))


def as_document(passage: Passage, score: float | None = None) -> Document:
    """A passage as LangChain's document."""
    metadata: dict[str, object] = {
        "source": passage.document,
        "page": passage.page,
        "page_label": passage.page_label,
        "heading": list(passage.heading),
        "start": passage.start,
        "end": passage.end,
    }
    if score is not None:
        metadata["score"] = score
    return Document(page_content=passage.text, metadata=metadata, id=str(passage.id))
