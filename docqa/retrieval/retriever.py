"""The search as a LangChain retriever."""

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from docqa.retrieval.searcher import Searcher
from docqa.types import Found, SearchMode, SearchRequest


class LibraryRetriever(BaseRetriever):
    """Finds passages of a docqa library; `k`, `mode` and `scope` may also be given per call."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    searcher: Searcher
    k: int = 8
    mode: SearchMode = SearchMode.AUTO
    scope: tuple[str, ...] = ()

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **options: Any
    ) -> list[Document]:
        request = SearchRequest(
            query=query,
            k=options.get("k", self.k),
            mode=SearchMode(options.get("mode", self.mode)),
            scope=tuple(options.get("scope", self.scope)),
        )
        return [_document(found) for found in self.searcher.search(request).found]


def _document(found: Found) -> Document:
    passage = found.passage
    return Document(
        id=str(passage.id),
        page_content=passage.text,
        metadata={
            "source": passage.document,
            "page": passage.page,
            "heading": list(passage.heading),
            "start": passage.start,
            "end": passage.end,
            "score": found.score,
        },
    )
