"""Answers made of quotes."""

import pytest

from docqa.errors import QueryError
from docqa.stores.records.library import Library
from docqa.types import (
    AnswerStatus,
    AskRequest,
    Cited,
    Done,
    EngineKind,
    PassagesFound,
    Token,
)
from ingest.types import BlockKind, Extract, PassageSpan, Section
from tests.support.small_library import TRAVEL, done, fill


def test_the_first_quote_holds_the_answer_at_its_exact_place(engine, library):
    answer = done(engine.ask(AskRequest("去上海出差住宿费每晚最多多少？")))
    first = answer.citations[0]
    assert answer.status is AnswerStatus.ANSWERED
    assert answer.engine.kind is EngineKind.QUOTES
    assert "六百元" in first.quote
    assert TRAVEL[first.start : first.end] == first.quote
    assert first.document == "差旅.txt"


def test_a_quote_is_cited_by_the_page_and_heading_of_its_own_beginning(engine, library):
    parts = (
        ("第一节讲购置。茶具由行政部统一购置。", 1, ("购置",)),
        ("茶具丢失照价赔偿。", 2, ("赔偿",)),
    )
    text = "".join(part for part, _, _ in parts)
    starts = (0, len(parts[0][0]))
    sections = tuple(
        Section(start, start + len(part), BlockKind.PARAGRAPH, page, heading)
        for start, (part, page, heading) in zip(starts, parts, strict=True)
    )
    cut = [PassageSpan(0, 0, len(text), text, 1, ("购置",))]
    with library.write_lock():
        library.add_document("茶具.pdf", Extract(text, sections), cut)
    first = done(engine.ask(AskRequest("茶具丢失怎么赔偿？"))).citations[0]
    assert first.quote == "茶具丢失照价赔偿。"
    assert (first.page, first.heading) == (2, ("赔偿",))


def test_events_come_in_the_order_of_the_work(engine):
    kinds = [type(event) for event in engine.ask(AskRequest("年休假有几天？"))]
    assert kinds[:2] == [PassagesFound, Token]
    assert kinds[-1] is Done
    assert Cited in kinds


def test_as_many_quotes_as_are_asked_for(engine):
    answer = done(engine.ask(AskRequest("出差住宿费怎么报销？", quotes=2)))
    assert len(answer.citations) == 2


def test_one_quote_is_enough_where_it_is_sure(engine):
    answer = done(engine.ask(AskRequest("T3-800 的容量是多少？")))
    assert [one.quote for one in answer.citations] == [
        "T3-800 的容量为 800 毫升，额定功率 1350 瓦。"
    ]


def test_no_more_quotes_than_the_setting_says(engine):
    engine.use_settings(answer_quotes=1)
    assert len(done(engine.ask(AskRequest("出差有哪些补贴？"))).citations) == 1


def test_a_foreign_question_is_refused_with_what_is_nearest(engine):
    answer = done(engine.ask(AskRequest("唐朝的开国皇帝是谁？")))
    assert answer.status is AnswerStatus.NOT_FOUND
    assert answer.text == "文档中没有找到这个问题的答案。"
    assert not answer.citations


def test_the_refusal_speaks_the_language_of_the_question(engine):
    answer = done(engine.ask(AskRequest("Who founded the Tang dynasty?")))
    assert answer.text.startswith("The documents do not")


def test_unknown_words_are_named_as_written(engine):
    answer = done(engine.ask(AskRequest("麒麟芯片的制程是多少？")))
    assert answer.status is not AnswerStatus.ANSWERED
    assert any("麒麟" in word for word in answer.unknown_terms)


@pytest.mark.parametrize("question", ["", "  \n", "？！。"])
def test_an_empty_question_is_an_error(engine, question):
    with pytest.raises(QueryError):
        list(engine.ask(AskRequest(question)))


def test_a_question_of_50000_characters_is_an_error_with_a_next_step(engine):
    with pytest.raises(QueryError) as error:
        list(engine.ask(AskRequest("为什么" * 17_000)))
    assert error.value.hint


def test_an_empty_library_says_how_to_fill_it(engine, home):
    Library.open(home / "libraries" / "空", create=True).close()
    engine.use_library("空")
    with pytest.raises(QueryError) as error:
        list(engine.ask(AskRequest("年假几天？")))
    assert "docqa ingest" in (error.value.hint or "")


def test_the_scope_limits_before_ranking(engine):
    answer = done(engine.ask(AskRequest("试用期多长？", scope=("差旅.txt",))))
    assert {found.passage.document for found in answer.passages} <= {"差旅.txt"}


def test_a_document_deleted_after_the_search_is_not_quoted(engine, library):
    events = engine.ask(AskRequest("年休假有几天？"))
    assert isinstance(next(events), PassagesFound)
    library.remove(["假期.txt"])
    rest = list(events)
    assert all(c.document != "假期.txt" for c in rest[-1].answer.citations)


def test_cancelling_before_the_quotes_keeps_the_session(engine):
    answer = done(engine.ask(AskRequest("年休假有几天？"), lambda: True))
    assert answer.status is AnswerStatus.CANCELLED
    assert engine.session(answer.session)[1][0].question == "年休假有几天？"


def test_a_sentence_is_chosen_by_words_as_the_document_spells_them(engine, library):
    text = "本机支持壁挂。\n本机的无线标准为 Wi-Fi 6。\n本机支持定时开关。"
    fill(library, {"路由器.txt": text})
    quote = done(engine.ask(AskRequest("本机支持wifi6吗？"))).citations[0].quote
    assert "Wi-Fi 6" in quote


def test_a_line_that_only_names_another_section_is_no_quote(engine, tmp_path, library):
    pages = {
        "目录.md": "# 使用说明\n\n导入通讯录\n\n导出通讯录\n\n打印通讯录\n",
        "导入.md": "# 导入通讯录\n\n在菜单中选择文件，再点读入。\n",
    }
    for name, text in pages.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    list(engine.ingest([tmp_path / name for name in pages]))
    quotes = [one.quote for one in done(engine.ask(AskRequest("怎么导入通讯录？"))).citations]
    assert "在菜单中选择文件，再点读入。" in quotes and "导入通讯录" not in quotes
