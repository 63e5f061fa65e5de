"""The reader: around the passage, to both ends, searched in any script."""

import asyncio

import pytest
from msgspec.structs import replace

from docqa.tui.reader.screen import ReaderScreen
from docqa.tui.sources.source import Source
from docqa.types import SearchRequest
from tests.support.chat import chatting

pytestmark = pytest.mark.usefixtures("kept")


async def opened(chat, question, scope=()):
    """The reader at the passage found first."""
    found = chat.app.engine.search(SearchRequest(question, scope=scope)).found[0]
    screen = ReaderScreen(chat.app.engine, Source((1,), found.passage, ((0, 4),), found=found))
    chat.app.push_screen(screen)
    await chat.until(lambda: screen.is_mounted and screen.view._rows)
    await chat.until(lambda: "%" in str(screen.view.border_subtitle))
    return screen


async def test_the_passage_is_in_sight_with_its_quote_highlighted():
    async with chatting(size=(80, 24)) as chat:
        screen = await opened(chat, "第200条 说明书的第200项")
        assert "第200条" in chat.painted()
        names = [name for _, name in screen.view._marks]
        assert names[:2] == ["reader--passage", "reader--quote"]


async def test_it_scrolls_to_the_start_and_the_end():
    async with chatting(size=(80, 24)) as chat:
        await opened(chat, "第200条 说明书的第200项")
        await chat.press("G")
        await chat.until(lambda: "第399条" in chat.painted())
        await chat.press("g")
        await chat.until(lambda: "保修说明" in chat.painted() and "第1条" in chat.painted())


async def test_a_search_finds_full_width_and_traditional_forms_and_n_walks_them():
    async with chatting(size=(80, 24)) as chat:
        screen = await opened(chat, "第200条 说明书的第200项")
        await chat.press("slash", *"item 7", "enter")
        await chat.until(lambda: screen._matches)
        assert len(screen._matches) == 11
        await chat.press("slash")
        screen.query_one("#reader-find").value = "免费维修"
        await chat.press("enter")
        await chat.until(lambda: len(screen._matches) == 1)
        await chat.until(lambda: "免費維修" in chat.painted())


async def test_n_and_shift_n_walk_the_matches_in_a_circle():
    async with chatting(size=(80, 24)) as chat:
        screen = await opened(chat, "第200条 说明书的第200项")
        await chat.press("slash", *"item 39", "enter")
        await chat.until(lambda: screen._matches)
        here = screen._match
        await chat.press("n")
        assert screen._match == (here + 1) % len(screen._matches)
        await chat.press("N", "N")
        assert screen._match == (here - 1) % len(screen._matches)


async def test_what_is_not_found_is_said():
    async with chatting(size=(80, 24)) as chat:
        await opened(chat, "第200条 说明书的第200项")
        await chat.press("slash", *"zeppelin", "enter")
        await chat.until(lambda: any("Nothing found" in note for note in chat.notes))


async def test_only_a_stretch_is_loaded_and_more_comes_at_its_end(tmp_path):
    (tmp_path / "长文.txt").write_text(
        "\n".join(f"第{n}行 这是一份很长的文档。" * 3 for n in range(6000)), encoding="utf-8"
    )
    async with chatting(size=(80, 24)) as chat:
        list(chat.app.engine.ingest([tmp_path]))
        screen = await opened(chat, "第3000行")
        start, end = screen.view.stretch
        assert end - start < screen._document.length
        screen.view.scroll_end(animate=False)
        await chat.until(lambda: screen.view.stretch[1] > end)
        assert screen.view.position > start


async def test_a_document_that_is_gone_is_said_and_the_reader_closes():
    async with chatting(size=(80, 24)) as chat:
        found = chat.app.engine.search(SearchRequest("年假有几天")).found[0]
        chat.app.engine.remove(found.passage.document)
        chat.app.push_screen(ReaderScreen(chat.app.engine, Source((1,), found.passage)))
        await chat.until(lambda: any("no longer in the library" in note for note in chat.notes))
        await chat.until(lambda: chat.app.screen is chat.screen)


async def test_the_outline_goes_to_a_heading_and_follows_the_text(tmp_path):
    text = "".join(f"## 第{n}节 节{n}\n\n" + f"内容{n}。\n\n" * 30 for n in range(1, 20))
    (tmp_path / "大纲.md").write_text(f"# 总则\n\n{text}", encoding="utf-8")
    async with chatting(size=(120, 40)) as chat:
        list(chat.app.engine.ingest([tmp_path]))
        screen = await opened(chat, "内容3")
        await chat.press("g")
        await chat.until(lambda: screen.view.position == 0)
        await chat.press("t", *["down"] * 12, "enter")
        await chat.until(lambda: "第12节" in str(screen.view.border_title))
        assert screen.view.has_focus
        assert screen.outline.highlighted == 12
        await chat.pilot.resize_terminal(80, 24)
        await chat.settle()
        assert not screen.outline.display


async def test_quotes_of_the_answer_are_walked_in_the_document():
    async with chatting(size=(80, 24)) as chat:
        found = chat.app.engine.search(SearchRequest("第200条 说明书的第200项")).found
        cited = [Source((n,), one.passage, ((0, 4),)) for n, one in enumerate(found[:3], 1)]
        same = [one for one in cited if one.passage.document == cited[0].passage.document]
        screen = ReaderScreen(chat.app.engine, cited[0], cited)
        chat.app.push_screen(screen)
        await chat.until(lambda: screen.is_mounted and screen.view._rows)
        assert len(screen._document.quotes) == len(same)
        here = screen._document.first_quote
        await chat.press(*["]"] * len(same))
        await chat.until(lambda: screen._at == here)
        assert f"quote {screen._quote + 1} of {len(same)}" in chat.painted()


async def test_the_current_match_looks_unlike_the_others():
    async with chatting(size=(80, 24)) as chat:
        screen = await opened(chat, "第200条 说明书的第200项")
        await chat.press("slash", *"item 20", "enter")
        await chat.until(lambda: screen._matches)
        current = [span for span, name in screen.view._marks if name == "reader--current"]
        assert current == [screen._matches[screen._match]]
        styles = {
            name: screen.view.get_component_rich_style(name)
            for name in ("reader--match", "reader--current")
        }
        assert styles["reader--match"] != styles["reader--current"]


async def test_a_pdf_is_gone_to_by_page_and_asked_about(tmp_path):
    from docqa import paths

    async with chatting(size=(120, 40)) as chat:
        list(
            chat.app.engine.ingest([paths.find_shipped("configs", "samples") / "差旅管理制度.pdf"])
        )
        screen = await opened(chat, "出差住宿费标准 北京 上海", ("*差旅管理制度.pdf",))
        await chat.press("p", "9", "enter")
        await chat.until(lambda: "There is no page 9" in chat.painted())
        await chat.press("backspace", "2", "enter")
        await chat.until(lambda: chat.app.screen is screen)
        assert screen._document.section_at(screen._at).page == 2
        await chat.press("a")
        await chat.until(lambda: chat.app.screen is chat.screen)
        assert chat.screen.composer.documents[0].endswith("差旅管理制度.pdf")
        assert "About" in chat.prompt.text


async def test_lines_half_pages_and_pages_are_scrolled():
    async with chatting(size=(80, 24)) as chat:
        screen = await opened(chat, "第200条 说明书的第200项")
        await chat.press("g")
        await chat.until(lambda: screen.view.scroll_y == 0)
        height = screen.view.size.height
        for key, rows in (("j", 1), ("ctrl+d", height // 2), ("space", height), ("k", -1)):
            before = screen.view.scroll_y
            await chat.press(key)
            assert screen.view.scroll_y - before == rows, key
        await chat.press("ctrl+u")
        assert screen.view.scroll_y == height


async def test_what_a_document_does_not_have_is_said():
    async with chatting(size=(80, 24)) as chat:
        found = chat.app.engine.search(SearchRequest("hotel night in Berlin")).found[0]
        screen = ReaderScreen(chat.app.engine, Source((1,), found.passage))
        chat.app.push_screen(screen)
        await chat.until(lambda: screen.is_mounted and screen.view._rows)
        for key, said in (
            ("]", "Nothing is quoted from this document."),
            ("t", "This document has no headings."),
            ("p", "This document has no pages."),
        ):
            await chat.press(key)
            assert chat.notes[-1] == said
        await chat.press("slash", "escape")
        assert screen.view.has_focus and chat.app.screen is screen


async def test_the_file_is_opened_beside_docqa_while_it_is_there(tmp_path, monkeypatch):
    said = tmp_path / "said"
    program = tmp_path / "xdg-open"
    program.write_text(f'#!/bin/sh\necho "$1" > {said}.part; mv {said}.part {said}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    note = tmp_path / "备忘.txt"
    note.write_text("周五下午三点开会。", encoding="utf-8")
    async with chatting(size=(80, 24)) as chat:
        list(chat.app.engine.ingest([note]))
        screen = await opened(chat, "周五几点开会")
        await chat.press("v")
        await chat.until(said.exists)
        assert said.read_text().strip() == str(note)
        assert chat.notes[-1] == f"Opened: {note}"
        note.unlink()
        await chat.press("v")
        await chat.until(lambda: "no longer on disk" in chat.notes[-1])
        assert chat.app.screen is screen


async def test_a_passage_that_is_no_longer_in_the_document_is_said():
    async with chatting(size=(80, 24)) as chat:
        found = chat.app.engine.search(SearchRequest("年假须提前三天申请")).found[0]
        passage = replace(found.passage, text="从前的说法。")
        screen = ReaderScreen(chat.app.engine, Source((1,), passage))
        chat.app.push_screen(screen)
        await chat.until(lambda: any("passage is no longer in it" in note for note in chat.notes))
        await chat.until(lambda: "员工手册" in chat.painted())


async def test_the_passage_is_copied(monkeypatch):
    async with chatting(size=(80, 24)) as chat:
        copied = []
        monkeypatch.setattr(chat.app, "copy", copied.append)
        screen = await opened(chat, "年假须提前三天申请")
        await chat.press("y")
        assert copied == [screen._source.passage.text]


async def test_the_systems_viewer_is_called_with_the_page(tmp_path, monkeypatch):
    from docqa.tui.external import view

    said = tmp_path / "said"
    program = tmp_path / "evince"
    program.write_text(f'#!/bin/sh\necho "$@" > {said}.part; mv {said}.part {said}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    view(tmp_path / "手册.pdf", 7)
    for _ in range(500):
        if said.exists():
            break
        await asyncio.sleep(0.02)
    assert said.read_text().split() == ["--page-index=7", str(tmp_path / "手册.pdf")]
