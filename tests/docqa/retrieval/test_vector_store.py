"""The LangChain face passes LangChain's own suite over every store."""

import pytest
from langchain_core.documents import Document
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_tests.integration_tests import VectorStoreIntegrationTests

from docqa.retrieval.vector_store import LibraryVectorStore
from docqa.settings import EmbeddingSettings
from docqa.stores.records.library import Library


class _Suite(VectorStoreIntegrationTests):
    """LangChain's suite; each subclass names the store."""

    store: str

    @pytest.fixture
    def vectorstore(self, tmp_path):
        with Library.open(tmp_path / "库", create=True) as library:
            settings = EmbeddingSettings(store=self.store)
            yield LibraryVectorStore(library, self.get_embeddings(), settings)


class TestExact(_Suite):
    store = "exact"


class TestFaiss(_Suite):
    store = "faiss"


class TestChroma(_Suite):
    store = "chroma"


def test_equal_texts_keep_their_own_metadata(tmp_path):
    store = LibraryVectorStore.from_texts(
        ["合同期限为三年。", "合同期限为三年。"],
        DeterministicFakeEmbedding(size=8),
        [{"来源": "甲"}, {"来源": "乙"}],
        ids=["1", "2"],
        folder=tmp_path / "库",
    )
    found = store.similarity_search("合同期限为三年。", k=2)
    assert [(d.id, d.metadata["来源"]) for d in found] == [("1", "甲"), ("2", "乙")]
    assert store.get_by_ids(["2"]) == [
        Document(id="2", page_content="合同期限为三年。", metadata={"来源": "乙"})
    ]
