"""What a real embedder finds in other words counts as found; what is foreign to all does not."""

import pytest

from docqa.llm.embeddings import backend
from docqa.retrieval import open_searcher
from docqa.retrieval.dense import open_dense
from docqa.retrieval.embedding_run import embed_new
from docqa.settings import EmbeddingSettings, Settings
from docqa.stores.records.library import Library
from docqa.types import SearchMode, SearchRequest
from tests.support.embedders import write_gguf_embedder
from tests.support.vector_library import add_document

TEXTS = [
    "猫整个下午都睡在沙发上。",
    "三月份利率上调了四分之一个百分点。",
    "老石桥因维修而封闭。",
    "员工应在三十日内报销差旅费用。",
    "放入受潮的纸张时打印机会卡纸。",
    "番茄每天需要六小时日照。",
    "博物馆九点开门，五点关门。",
    "城市管弦乐团的音乐会为艺术节画上句号。",
    "承租人提前两周通知即可解除合同。",
    "大雪使北部机场的航班延误。",
    "配方需要两个鸡蛋和一杯面粉。",
    "去年秋天居民投票通过了新校舍。",
    "每年春天河水都会淹没低处的田地。",
    "工程师更换了卫星的电池。",
    "球队在加时赛后夺得了奖杯。",
    "该疫苗分两针接种。",
]


@pytest.fixture(scope="module")
def searcher(tmp_path_factory):
    settings = Settings(embedding=EmbeddingSettings(backend="packaged"))
    with Library.open(tmp_path_factory.mktemp("库") / "库", create=True) as library:
        for number, text in enumerate(TEXTS):
            add_document(library, f"{number}.txt", [text])
        embed_new(library, settings)
        opened = open_searcher(library, settings)
        yield opened
        opened.close()


def test_a_question_in_other_words_is_answered(searcher):
    request = SearchRequest("想早点退房，要怎么办？", k=1)
    result = searcher.search(request)
    assert result.found[0].passage.text == TEXTS[8]
    words = SearchRequest(request.query, mode=SearchMode.LEXICAL)
    assert searcher.search(words).relevance < result.relevance


@pytest.mark.parametrize("query", ["Who proved the four colour theorem?", "量子引力由谁提出"])
def test_a_foreign_question_is_not(searcher, query):
    assert searcher.search(SearchRequest(query)).relevance < 0.5


def test_a_question_in_traditional_characters_means_the_same(searcher):
    simplified, traditional = (
        searcher.search(SearchRequest(query)) for query in ("饭钱怎么报销", "飯錢怎麼報銷")
    )
    assert traditional.figures["most_similarity"] == simplified.figures["most_similarity"]
    assert [one.passage.id for one in traditional.found] == [
        one.passage.id for one in simplified.found
    ]


def test_a_library_in_traditional_characters_is_asked_in_them(tmp_path):
    settings = Settings(embedding=EmbeddingSettings(backend="packaged"))
    with Library.open(tmp_path / "库", create=True) as library:
        add_document(library, "規則.txt", ["倉庫租金每月一萬二千元。", "飯錢每日五十元。"])
        embed_new(library, settings)
        leg = open_dense(library, settings)
        question = "倉庫租金是多少錢"
        assert (leg._embed(question) == leg.embedder.embed_question(question)).all()
        leg.close()


def test_spans_are_compared_with_the_question(searcher):
    question = "想早点退房，要怎么办？"
    searcher.search(SearchRequest(question))
    near = searcher.compare(question, [TEXTS[8], TEXTS[13]])
    assert near[0] > near[1]


def test_statements_are_compared_as_they_stand(searcher):
    statement = TEXTS[8].replace("即可", "就能")
    searcher.search(SearchRequest(statement))
    same, other = searcher.measure_likeness(statement, [TEXTS[8], TEXTS[13]])
    assert same > 0.92 > other
    assert same > searcher.compare(statement, [TEXTS[8]])[0]


def test_the_library_as_a_whole_is_a_figure_of_the_judgement(searcher):
    figures = searcher.search(SearchRequest("三月份的利率")).figures
    assert 0 < figures["usual_similarity"] < figures["most_similarity"]


def test_the_share_of_each_leg_is_told(searcher):
    result = searcher.search(SearchRequest("三月份的利率"))
    assert result.shares == pytest.approx({"lexical": 0.45, "dense": 0.55})
    result = searcher.search(SearchRequest("利率", mode=SearchMode.DENSE))
    assert result.shares == {"dense": 1}


def test_auto_keeps_the_embedder_whose_vectors_a_library_has(tmp_path, monkeypatch):
    file = write_gguf_embedder(tmp_path / "tiny.gguf", pooling=1)
    chosen = Settings(embedding=EmbeddingSettings(backend="gguf", model=str(file)))
    monkeypatch.setattr(backend, "BUNDLED", ("packaged",))
    auto = Settings(embedding=EmbeddingSettings(backend="auto"))
    with Library.open(tmp_path / "库", create=True) as library:
        add_document(library, "1.txt", TEXTS[:4])
        embed_new(library, chosen)
        add_document(library, "2.txt", TEXTS[4:8])
        embed_new(library, auto)
        opened = open_searcher(library, auto)
        result = opened.search(SearchRequest("利率", mode=SearchMode.DENSE))
        assert result.embedded == 1 and len(result.found) == 8
        opened.close()
