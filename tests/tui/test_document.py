"""The document behind the reader: its passage found again, its quotes, pages, headings, search."""

import pytest
from msgspec.structs import replace

from docqa import paths
from docqa.answer.material import passages_of
from docqa.engine import Engine
from docqa.errors import QueryError
from docqa.settings import Settings
from docqa.tui.reader.document import MOST_MATCHES, ReadDocument
from docqa.tui.sources.source import Source
from docqa.types import SearchRequest


@pytest.fixture
def engine(kept):
    with Engine(Settings()) as opened:
        yield opened


def found(engine, question, *scope):
    return engine.search(SearchRequest(question, scope=scope)).found[0].passage


def read(engine, source, cited=()):
    document = ReadDocument(engine, source, cited)
    document.open()
    return document


def test_the_passage_is_where_the_library_has_it(engine):
    passage = found(engine, "年假须提前三天申请")
    document = read(engine, Source((1,), passage, ((2, 6),)))
    assert document.text(*document.passage) == passage.text
    assert document.quotes == [(passage.start + 2, passage.start + 6)]
    assert document.first_quote == passage.start + 2
    assert document.file().name == "员工手册.md"


def test_a_passage_that_moved_is_found_again_and_one_that_went_is_not(engine):
    passage = found(engine, "年假须提前三天申请")
    moved = read(engine, Source((1,), replace(passage, start=passage.start + 5)))
    assert moved.passage == (passage.start, passage.end)
    lost = read(engine, Source((1,), replace(passage, text="这句话不在文件里。"), ((0, 3),)))
    assert (lost.passage, lost.quotes, lost.first_quote) == (None, [], None)


def test_quotes_of_the_answers_other_passages_are_marked_where_they_still_stand(engine):
    first = found(engine, "第200条 说明书的第200项")
    other = found(engine, "云壶的保修期为两年")
    gone = replace(other, text="已经改写。")
    elsewhere = found(engine, "年假须提前三天申请")
    cited = [Source((n,), one, ((0, 2),)) for n, one in enumerate((other, gone, elsewhere), 2)]
    document = read(engine, Source((1,), first, ((1, 3),)), cited)
    assert document.quotes == sorted(
        {(first.start + 1, first.start + 3), (other.start, other.start + 2)}
    )


def test_a_document_that_is_gone_is_said(engine):
    passage = found(engine, "年假须提前三天申请")
    engine.remove(passage.document)
    with pytest.raises(QueryError) as refused:
        read(engine, Source((1,), passage))
    assert refused.value.code == "tui_reader.gone"


def test_material_is_read_where_it_was_handed_over_and_missed_where_it_was_not(engine):
    text = "甲：今日值班。\n" * 300 + "应急电话由李建平保管。"
    passage = passages_of(text)[-1]
    source = Source((1,), passage, ((0, 4),))
    document = ReadDocument(engine, source, material=text)
    document.open()
    assert document.text(*document.passage) == passage.text
    assert (document.length, document.quotes) == (len(text), [(passage.start, passage.start + 4)])
    assert len(list(document.search("李建平"))) == 1
    assert document.file() is None
    with pytest.raises(QueryError) as refused:
        read(engine, source)
    assert refused.value.code == "tui_reader.material_gone"


def test_headings_stand_once_with_their_depth(engine):
    document = read(engine, Source((1,), found(engine, "年假须提前三天申请")))
    assert [(depth, text) for _, depth, text in document.outline] == [
        (0, "员工手册"),
        (1, "第一章 休假"),
        (1, "第二章 差旅"),
    ]
    starts = [start for start, _, _ in document.outline]
    assert starts == sorted(starts)
    assert document.section_at(document.length - 1).heading[-1] == "第二章 差旅"
    assert document.section_at(-1) is None


def test_pages_are_found_by_number_and_by_the_number_that_is_printed(engine, monkeypatch):
    list(engine.ingest([paths.find_shipped("configs", "samples") / "差旅管理制度.pdf"]))
    document = read(engine, Source((1,), found(engine, "住宿费标准", "*差旅管理制度.pdf")))
    second = document.find_page("2")
    assert document.section_at(second).page == 2
    assert document.find_page(" 1 ") == 0
    assert document.find_page("9") is None and document.find_page("iv") is None
    assert "2" in document.page_words(2)
    monkeypatch.setattr(engine, "page_label", lambda _, page: {1: "iv", 2: "1"}.get(page))
    assert document.find_page("iv") == 0 and document.find_page("1") == second


def test_a_search_finds_every_place_once_in_any_script(engine):
    document = read(engine, Source((1,), found(engine, "第200条 说明书的第200项")))
    spans = list(document.search("免费维修"))
    assert [document.text(*span) for span in spans] == ["免費維修"]
    assert len(list(document.search("说明书的第"))) == 399
    assert list(document.search("没有这样的话")) == []


def test_a_search_crosses_the_borders_of_what_is_loaded_and_ends(engine, monkeypatch, tmp_path):
    from docqa.tui.reader import document as module

    monkeypatch.setattr(module, "_SEARCHED", 7)
    monkeypatch.setattr(module, "LONGEST_WORD", 4)
    document = read(engine, Source((1,), found(engine, "年假须提前三天申请")))
    whole = document.text(0, None)
    for word in ("三天", "十五天", "申请"):
        assert [whole[slice(*span)] for span in document.search(word)] == [word] * whole.count(word)
    assert MOST_MATCHES > 1000
