"""The door: what can be picked and changed, and what summaries tell."""

import threading

import pytest

from docqa.engine import Engine
from docqa.errors import ModelError, QueryError, SettingError, UnknownLibrary
from docqa.settings import Settings
from docqa.stores.summaries import Summaries
from docqa.types import AskRequest, Done, EngineKind, Progress, SearchRequest, Token, Warned
from tests.support.small_library import TRAVEL, fill


def test_quotes_and_echo_can_always_be_picked(engine):
    kinds = [choice.engine for choice in engine.models() if choice.installed]
    assert kinds == [EngineKind.QUOTES, EngineKind.ECHO]
    engine.use_model(engine.models()[1])
    assert engine.status().engine.kind is EngineKind.ECHO


def test_models_of_the_catalog_are_offered_with_their_plan(engine):
    fetchable = {one.name: one for one in engine.models() if not one.installed}
    small = fetchable["chinese-alpaca-2-1.3b"]
    assert small.fits and small.context and small.layers
    assert "docqa models pull chinese-alpaca-2-1.3b" in small.note


def test_the_status_tells_what_the_last_answer_cost(engine):
    engine.use_settings(model_engine="echo")
    assert engine.status().window_used == 0
    answer = list(engine.ask(AskRequest("病假什么时候通知主管？")))[-1].answer
    status = engine.status()
    assert status.window_used == answer.usage.prompt_tokens + answer.usage.answer_tokens > 0
    assert status.tokens_per_second is None or status.tokens_per_second > 0


def test_a_scope_limits_a_question_and_a_search(engine):
    question = "病假什么时候通知主管？"
    found = list(engine.ask(AskRequest(question, scope=("假期.txt",))))[-1].answer.passages
    assert {one.passage.document for one in found} == {"假期.txt"}
    by_name = engine.search(SearchRequest(f"{question} @假期.txt")).found
    assert {one.passage.document for one in by_name} == {"假期.txt"}
    with pytest.raises(QueryError):
        engine.search(SearchRequest(question, scope=("没有*.pdf",)))


def test_neighbours_are_the_passages_around(engine, library):
    fill(library, {"长.txt": "".join(f"这是第{n}段关于仓库盘点的说明文字。" for n in range(300))})
    passages = library.passages_of(library.document("长.txt").id)
    assert len(passages) > 3
    before, after = engine.neighbours(passages[2], 1)
    assert [p.ordinal for p in (*before, *after)] == [1, 3]
    assert engine.neighbours(passages[0], 1) == ([], [passages[1]])


@pytest.mark.parametrize("ask", [
    lambda engine, words: engine.search(SearchRequest(words)),
    lambda engine, words: list(engine.ask(AskRequest(words))),
])  # fmt: skip
def test_every_way_to_ask_has_the_same_checks(engine, library, ask):
    with pytest.raises(QueryError, match=r"2,?000"):
        ask(engine, "年休假" * 1000)
    with pytest.raises(QueryError):
        ask(engine, "？！")
    with pytest.raises(QueryError, match="没有这个"):
        ask(engine, "@没有这个 年休假有几天？")
    library.remove(["*"])
    with pytest.raises(QueryError, match="empty"):
        ask(engine, "年休假有几天？")


def test_a_document_named_in_the_question_is_the_only_one_searched(engine):
    found = engine.search(SearchRequest("@假期.txt 病假什么时候通知主管？")).found
    assert {one.passage.document for one in found} == {"假期.txt"}


def test_an_answer_from_a_file_that_changed_says_so(home, tmp_path):
    file = tmp_path / "库存.txt"
    file.write_text("仓库每月盘点一次。", encoding="utf-8")
    with Engine(Settings(), "新") as engine:
        list(engine.ingest([file]))
        assert "ask.file_changed" not in _warnings(engine, "多久盘点一次？")
        file.write_text("仓库每季度盘点一次。", encoding="utf-8")
        assert "ask.file_changed" in _warnings(engine, "多久盘点一次？")
        file.unlink()
        assert "ask.file_gone" in _warnings(engine, "多久盘点一次？")


def test_a_notice_of_the_search_is_told_once(engine):
    engine._notices.hear(Progress("dense.unused", 0))
    engine._notices.hear(Progress("dense.unused", 0))
    assert [notice.message for notice in engine._notices.take()] == ["dense.unused"]
    assert engine._notices.take() == []


def _warnings(engine, question):
    return [one.message for one in engine.ask(AskRequest(question)) if isinstance(one, Warned)]


def test_an_answer_that_cannot_be_kept_is_given_with_a_warning(engine, library):
    with engine:
        engine.search(SearchRequest("年休假"))
        full = engine._opened.library.connection
        (pages,) = full.execute("PRAGMA page_count").fetchone()
        full.execute(f"PRAGMA max_page_count = {pages}")
        *before, end = engine.ask(AskRequest("年休假有几天？" + "员工" * 900))
    assert end.answer.session is None and end.answer.text
    assert before[-1].message == "sessions.not_kept"


def test_an_unknown_library_leaves_the_one_in_use(engine):
    with pytest.raises(UnknownLibrary):
        engine.use_library("没有的")
    assert engine.status().documents == 3


@pytest.mark.parametrize("change", [{"model_engin": "echo"}, {"search_k": 0}])
def test_a_wrong_change_of_settings_changes_nothing(engine, change):
    before = engine.settings
    with pytest.raises(SettingError):
        engine.use_settings(**change)
    assert engine.settings == before


def test_a_long_document_is_summarised_part_by_part_and_kept(engine, library):
    fill(library, {"长文.txt": "\n".join(f"{TRAVEL}第{n}版。" for n in range(12))})
    engine.use_settings(model_engine="echo", model_context=700, model_max_tokens=100)
    first = list(engine.summarise(["长文.txt"]))
    again = list(engine.summarise(["长文.txt"]))
    steps = [event for event in first if isinstance(event, Progress)]
    assert len(steps) > 3
    assert isinstance(first[-1], Done) and first[-1].answer.text
    # The second time every part is remembered, so the model is not asked at all.
    assert first[-1].answer.usage.prompt_tokens > 0
    assert again[-1].answer.usage.prompt_tokens == 0
    assert again[-1].answer.text == first[-1].answer.text


def test_a_short_document_is_read_whole_and_streamed(engine):
    engine.use_settings(model_engine="echo")
    events = list(engine.summarise(["差旅.txt"]))
    assert sum(isinstance(event, Token) for event in events) > 1


def test_kept_summaries_are_told_apart(library):
    kept = Summaries(library.connection)
    kept.put("甲", "模型", "提示", "文本")
    assert kept.get("模型", "提示", "文本") == "甲"
    assert kept.get("模型", "提示文本") is None


def test_letting_go_of_the_library_never_ends_a_thread_that_reads_it(engine):
    stop, counts = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            counts.append(len(engine.documents()) + len(engine.failed_documents()))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for k in range(1, 60):
        engine.use_settings(search_k=k)
    stop.set()
    for reader in readers:
        reader.join()
    assert set(counts) == {len(engine.documents())}


def test_a_model_that_cannot_be_loaded_never_costs_the_answer(engine, home):
    pytest.importorskip("llama_cpp")
    from docqa.llm.files import install
    from tests.support.tiny_gguf import write_gguf

    path = write_gguf(home / "tiny-chat.gguf")
    install.add(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert engine.status().engine.kind is EngineKind.LLAMA
    events = list(engine.ask(AskRequest("病假什么时候通知主管？")))
    notes = [event for event in events if getattr(event, "message", "") == "llm.quotes_instead"]
    assert len(notes) == 1 and "tiny-chat" in notes[0].facts["reason"]
    assert events[-1].answer.citations
    assert engine.status().engine.kind is EngineKind.QUOTES
    assert not [event for event in engine.ask(AskRequest("年休假有几天？")) if event in notes]


def test_a_model_that_was_asked_for_and_cannot_be_loaded_is_an_error(engine, home):
    pytest.importorskip("llama_cpp")
    from tests.support.tiny_gguf import write_gguf

    path = write_gguf(home / "tiny-chat.gguf")
    path.write_bytes(path.read_bytes()[:1000])
    engine.use_settings(model_engine="llama", model_name=str(path))
    with pytest.raises(ModelError):
        list(engine.ask(AskRequest("年休假有几天？")))
