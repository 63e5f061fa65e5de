import pytest
from langchain_tests.integration_tests import RetrieversIntegrationTests

from docqa.retrieval import open_searcher
from docqa.retrieval.retriever import LibraryRetriever
from docqa.settings import Settings


class TestLibraryRetriever(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True)
    def _opened(self, library):
        self.searcher = open_searcher(library, Settings())
        yield
        self.searcher.close()

    @property
    def retriever_constructor(self):
        return LibraryRetriever

    @property
    def retriever_constructor_params(self):
        return {"search": self.searcher.search}

    @property
    def retriever_query_example(self):
        return "员工打印机安装和请假"


def test_documents_carry_their_place(library):
    retriever = LibraryRetriever(search=open_searcher(library, Settings()).search)
    (document,) = retriever.invoke("住宿标准", k=1, scope=("规定/*",))
    assert document.metadata["source"] == "规定/差旅.txt"
    assert document.metadata["start"] == 0
