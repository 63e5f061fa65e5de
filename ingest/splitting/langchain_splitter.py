"""The splitter as LangChain knows it."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from langchain_core.documents import Document
from langchain_text_splitters import TextSplitter

from ingest.splitting.split import split
from ingest.types import Extract, PassageSpan


class ChineseTextSplitter(TextSplitter):
    """Cuts at headings, articles and questions, then at Chinese and English sentence ends."""

    def __init__(
        self, chunk_size: int = 300, overlap_sentences: int = 0, *, add_start_index: bool = False
    ) -> None:
        """Take the target size in characters and the sentences that neighbours share."""
        super().__init__(chunk_size, chunk_overlap=0, add_start_index=add_start_index)
        self._overlap_sentences = overlap_sentences

    def split_text(self, text: str) -> list[str]:
        """The texts of the passages."""
        return [passage.text for passage in self._passages(text)]

    def create_documents(
        self, texts: list[str], metadatas: list[dict[Any, Any]] | None = None
    ) -> list[Document]:
        """One document a passage; `start_index` is exact, also where a sentence repeats."""
        documents = []
        for text, metadata in zip(texts, metadatas or [{}] * len(texts), strict=True):
            for passage in self._passages(text):
                start = {"start_index": passage.start} if self._add_start_index else {}
                documents.append(Document(passage.text, metadata={**deepcopy(metadata), **start}))
        return documents

    def split_documents(self, documents: Iterable[Document]) -> list[Document]:
        """Passages of LangChain documents, each with its document's metadata."""
        kept = list(documents)
        return self.create_documents([d.page_content for d in kept], [d.metadata for d in kept])

    def _passages(self, text: str) -> list[PassageSpan]:
        return split(Extract(text, ()), self._chunk_size, self._overlap_sentences)
