"""What other programs may ask of a library, called as the servers call it."""

import pytest

from docqa.engine.serving import ServingEngine
from docqa.errors import QueryError
from docqa.serve import library_tools
from docqa.serve.library_tools import LibraryTools, location
from docqa.settings import Settings
from docqa.stores.records.library import Library
from ingest.splitting.split import split
from ingest.types import BlockKind, Extract, Section
from tests.support.serving import filled_home
from tests.support.small_library import TEAPOT

CHAPTERS = (("第一章 总则", "本办法适用于全体员工。"), ("第二章 请假", "病假须提交医院证明。"))


@pytest.fixture
def tools(home):
    filled_home(home)
    text, sections = "", []
    for page, (heading, words) in enumerate(CHAPTERS, 1):
        block = f"{heading}\n{words}\n"
        kind = BlockKind.PARAGRAPH
        sections.append(Section(len(text), len(text) + len(block), kind, page, (heading,)))
        text += block
    extract = Extract(text, tuple(sections))
    with Library.open(home / "libraries" / "default") as library, library.write_lock():
        library.add_document("制度/办法.pdf", extract, split(extract, 300))
    with ServingEngine(Settings()) as engine:
        yield LibraryTools(engine)


def test_a_passage_is_found_with_a_link_and_fetched_by_its_id(tools):
    first, *_ = tools.find("茶壶容量多少毫升", k=3)
    assert first["document"] == "茶壶.txt" and first["uri"].startswith("docqa://default/")
    whole = tools.fetch(first["id"])
    assert whole["text"] == TEAPOT and whole["metadata"]["whole"]


def test_of_a_long_document_the_part_around_the_passage_is_given(tools, monkeypatch):
    monkeypatch.setattr(library_tools, "MOST_CHARACTERS", 40)
    (found,) = tools.find("恢复出厂设置", k=1)
    part = tools.fetch(found["id"])
    assert not part["metadata"]["whole"]
    assert part["text"] == TEAPOT[part["metadata"]["start"] : part["metadata"]["end"]]
    assert tools.text("茶壶.txt")["truncated"]


@pytest.mark.parametrize("wrong", ["", "a", "1.2.3.4", "1.99999999999999999"])
def test_an_id_that_is_none_is_refused(tools, wrong):
    with pytest.raises(QueryError):
        tools.fetch(wrong)


def test_a_mode_and_a_cursor_that_are_none_are_refused(tools):
    with pytest.raises(QueryError, match="fuzzy"):
        tools.find("保修", mode="fuzzy")
    with pytest.raises(QueryError, match="next"):
        tools.documents(cursor="next")


def test_the_text_of_a_page_a_section_and_a_stretch(tools):
    assert tools.text("办法.pdf", page=2)["text"].startswith("第二章 请假")
    assert "全体员工" in tools.text("办法.pdf", section="总则")["text"]
    assert tools.text("茶壶.txt", start=0, end=6)["text"] == TEAPOT[:6]
    with pytest.raises(QueryError):
        tools.text("办法.pdf", page=9)


def test_the_outline_names_each_heading_once(tools):
    outline = tools.outline("办法.pdf")
    assert [one["heading"] for one in outline["headings"]] == [[h] for h, _ in CHAPTERS]
    assert [one["page"] for one in outline["headings"]] == [1, 2]


def test_documents_are_listed_in_parts_and_by_a_part_of_their_names(tools, monkeypatch):
    monkeypatch.setattr(library_tools, "_PAGE_OF_LIST", 3)
    first = tools.documents()
    rest = tools.documents(cursor=first["next_cursor"])
    assert (len(first["documents"]), len(rest["documents"]), rest["next_cursor"]) == (3, 1, None)
    assert [one["document"] for one in tools.documents(filter="茶")["documents"]] == ["茶壶.txt"]


def test_an_answer_and_a_check_carry_links_and_no_paths(tools):
    answer = tools.ask("茶壶的容量是多少？")
    assert "800" in answer["answer"] and ".txt#page=1" in answer["citations"][0]["uri"]
    assert "path" not in answer["citations"][0] and "passages" not in answer
    assert tools.check("茶壶的容量为 900 毫升。")["verdict"] == "contradicted"
    assert tools.check("整机保修 24 个月。")["verdict"] == "supported"


def test_the_status_counts_the_documents(tools):
    assert tools.status()["documents"] == 4


def test_a_location_is_told_in_a_line():
    assert location("制度/办法.pdf", 3, None, ("总则", "请假")).startswith("办法.pdf ")
    assert location("a.txt", None, None, ()) == "a.txt"
