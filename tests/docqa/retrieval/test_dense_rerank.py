"""The reranker: real cross-encoders with random weights."""

import msgspec
import pytest

from docqa.errors import ModelError
from docqa.retrieval import open_searcher
from docqa.retrieval.rerank import Reranker
from docqa.settings import SearchSettings, Settings
from docqa.stores.records.library import Library
from docqa.types import SearchRequest
from tests.support.embedders import write_encoder, write_reranker
from tests.support.vector_library import add_document

TEXTS = [f"合同第{n}条规定违约金{'条款' * n}。" for n in range(10)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_reranker(tmp_path_factory.mktemp("模型") / "重排")


def test_every_text_gets_a_score_between_0_and_1_whatever_its_place(folder):
    reranker = Reranker(str(folder), seconds=60, device="cpu")
    scores = reranker.score("违约金是什么", TEXTS)
    assert all(0 <= score <= 1 for score in scores)
    assert len(set(scores)) > 1
    backwards = reranker.score("违约金是什么", TEXTS[::-1])
    assert backwards[::-1] == pytest.approx(scores, abs=1e-4)


def test_without_time_left_nothing_is_scored(folder):
    assert Reranker(str(folder), seconds=0, device="cpu").score("违约金", TEXTS) == [None] * 10


def test_when_the_time_is_up_the_rest_has_no_score(folder, monkeypatch):
    reranker = Reranker(str(folder), seconds=10, device="cpu")
    reranker.score("违约金", TEXTS[:1])
    ticks = iter(range(0, 1000, 6))
    monkeypatch.setattr("docqa.retrieval.rerank.time.monotonic", lambda: next(ticks))
    scores = reranker.score("违约金", TEXTS)
    assert [score is None for score in scores] == [False] * 4 + [True] * 6


def test_a_plain_encoder_is_refused(tmp_path):
    with pytest.raises(ModelError) as error:
        Reranker(str(write_encoder(tmp_path / "编码器")), seconds=1)
    assert error.value.code == "dense.not_a_reranker"


def test_the_search_ranks_by_the_reranker_where_one_is_set(folder, tmp_path):
    with Library.open(tmp_path / "库", create=True) as library:
        add_document(library, "合同.txt", TEXTS)
        chosen = SearchSettings(reranker=str(folder), rerank_seconds=60)
        searcher = open_searcher(library, Settings(search=chosen))
        found = searcher.search(SearchRequest("违约金条款", k=5)).found
        scores = [one.why.rerank for one in found]
        assert scores == sorted(scores, reverse=True)
        searcher.close()
        plain = msgspec.structs.replace(chosen, reranker="")
        searcher = open_searcher(library, Settings(search=plain))
        found = searcher.search(SearchRequest("违约金条款", k=5)).found
        assert [one.why.rerank for one in found] == [None] * 5
        searcher.close()
