"""The reranker: real cross-encoders with random weights."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import msgspec
import pytest

from docqa.errors import ModelError, ServiceError
from docqa.retrieval import open_searcher
from docqa.retrieval.rerank import FolderReranker, Reranker, open_reranker
from docqa.settings import SearchSettings, Settings
from docqa.stores.records.library import Library
from docqa.types import SearchRequest
from tests.support.embedders import write_encoder, write_gguf_embedder, write_reranker
from tests.support.vector_library import add_document

TEXTS = [f"合同第{n}条规定违约金{'条款' * n}。" for n in range(10)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_reranker(tmp_path_factory.mktemp("模型") / "重排")


def test_every_text_gets_a_score_between_0_and_1_whatever_its_place(folder):
    reranker = Reranker(FolderReranker(str(folder), "cpu"), 60)
    scores = reranker.score("违约金是什么", TEXTS)
    assert all(0 <= score <= 1 for score in scores)
    assert len(set(scores)) > 1
    backwards = reranker.score("违约金是什么", TEXTS[::-1])
    assert backwards[::-1] == pytest.approx(scores, abs=1e-4)


def test_without_time_left_nothing_is_scored(folder):
    assert Reranker(FolderReranker(str(folder), "cpu"), 0).score("违约金", TEXTS) == [None] * 10


def test_when_the_time_is_up_the_rest_has_no_score(folder, monkeypatch):
    reranker = Reranker(FolderReranker(str(folder), "cpu"), 10)
    reranker.score("违约金", TEXTS[:1])
    ticks = iter(range(0, 1000, 6))
    monkeypatch.setattr("docqa.retrieval.rerank.time.monotonic", lambda: next(ticks))
    scores = reranker.score("违约金", TEXTS)
    assert [score is None for score in scores] == [False] * 4 + [True] * 6


def test_a_plain_encoder_is_refused(tmp_path):
    with pytest.raises(ModelError) as error:
        FolderReranker(str(write_encoder(tmp_path / "编码器")))
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


def test_a_gguf_reranker_scores_pairs_and_an_embedder_is_refused(tmp_path):
    file = write_gguf_embedder(tmp_path / "重排.gguf", pooling=4)
    reranker = open_reranker(Settings(search=SearchSettings(reranker=str(file), rerank_seconds=60)))
    scores = reranker.score("违约金是什么", TEXTS[:4])
    assert all(0 <= score <= 1 for score in scores) and len(set(scores)) > 1
    assert reranker.score("违约金是什么", TEXTS[3::-1])[::-1] == pytest.approx(scores, abs=1e-4)
    reranker.close()
    plain = write_gguf_embedder(tmp_path / "嵌入.gguf", pooling=1)
    with pytest.raises(ModelError):
        open_reranker(Settings(search=SearchSettings(reranker=str(plain))))


class Handler(BaseHTTPRequestHandler):
    """Scores by length, best first; without documents it fails."""

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, asked))
        order = sorted(range(len(asked["documents"])), key=lambda n: -len(asked["documents"][n]))
        results = [{"index": n, "relevance_score": len(asked["documents"][n]) - 15} for n in order]
        body = json.dumps({"results": results[: self.server.most]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def service():
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.most = [], 99
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_an_endpoint_scores_in_the_order_of_the_texts(service):
    url = f"http://127.0.0.1:{service.server_port}/v1#bge"
    reranker = open_reranker(Settings(search=SearchSettings(reranker=url, rerank_seconds=9)))
    scores = reranker.score("违约金", TEXTS[:3])
    assert scores == sorted(scores) and all(0 < score < 1 for score in scores)
    path, asked = service.asked[0]
    assert path == "/v1/rerank" and asked["model"] == "bge" and asked["query"] == "违约金"
    service.most = 1
    with pytest.raises(ServiceError):
        reranker.score("违约金", TEXTS[:3])
