"""The library screen: what is held, added with progress, read again, removed, not readable."""

import shutil

import pytest
from textual import events
from textual.widgets import Input

from docqa.tui.library.add import AddDialog
from docqa.tui.library.path import complete_path, typed_paths
from docqa.tui.library.screen import LibraryScreen
from docqa.tui.pickers.yes import YesDialog
from docqa.tui.reader.screen import ReaderScreen
from docqa.tui.status import StatusBar
from tests.support.chat import Unhurried, chatting


async def listed(chat, least=1):
    """The library screen with its table filled."""
    await chat.press("f3")
    await chat.until(lambda: isinstance(chat.app.screen, LibraryScreen))
    await chat.until(lambda: len(chat.app.screen._shown) >= least)
    return chat.app.screen


async def add(chat, path):
    """Add a path in the library screen."""
    await chat.press("a")
    await chat.until(lambda: isinstance(chat.app.screen, AddDialog))
    chat.app.screen.query_one(Input).value = str(path)
    await chat.press("enter")
    await chat.until(lambda: chat.app.ingest_stop is None and "read." in " ".join(chat.notes))


async def test_documents_are_listed_with_what_was_read_of_them(kept):
    async with chatting() as chat:
        await listed(chat, 3)
        painted = chat.painted()
        assert "员工手册.md" in painted
        assert "travel.txt" in painted
        assert "utf-8" in painted


async def test_namesakes_are_told_apart_by_their_folders(kept, tmp_path):
    for place in ("东区", "西区"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "报价.txt").write_text(f"{place}的托盘报价。", encoding="utf-8")
    async with chatting() as chat:
        list(chat.app.engine.ingest([tmp_path]))
        await listed(chat, 5)
        painted = chat.painted()
        assert "东区/报价.txt" in painted and "西区/报价.txt" in painted


async def test_a_folder_is_added_to_a_library_that_did_not_exist(tmp_path):
    (tmp_path / "新文件.md").write_text("# 新\n\n云台的续航为九小时。\n", encoding="utf-8")
    async with chatting() as chat:
        screen = await listed(chat, 0)
        await chat.until(lambda: "No documents yet" in chat.painted())
        await add(chat, tmp_path)
        await chat.until(lambda: len(screen._shown) == 1)
        await chat.press("escape")
        await chat.ask("云台的续航是几小时？")
        assert "九小时" in chat.last.answer.text


async def test_what_could_not_be_read_is_listed_with_the_reason(kept, tmp_path):
    (tmp_path / "空.txt").write_bytes(b"")
    async with chatting() as chat:
        screen = await listed(chat, 3)
        await add(chat, tmp_path / "空.txt")
        await chat.until(lambda: len(screen._shown) == 4)
        assert "not read" in chat.painted()
        assert any("F3 says why" in note for note in chat.notes)


async def test_a_problem_has_a_column_where_there_is_room_and_is_told_below_elsewhere(
    kept, tmp_path
):
    (tmp_path / "空.txt").write_bytes(b"")
    async with chatting(size=(120, 30)) as chat:
        screen = await listed(chat, 3)
        await add(chat, tmp_path / "空.txt")
        await chat.until(lambda: len(screen._shown) == 4)
        assert "Problem" in chat.painted()
        await chat.press("t", "t", "t", "t", "t", "t")
        screen.table.move_cursor(row=0)
        await chat.pilot.resize_terminal(80, 24)
        await chat.until(lambda: "Problem" not in chat.painted())
        assert screen.selected.path.endswith("空.txt")
        assert "The file is empty." in chat.painted()
        await chat.press("t")
        assert "Document ▾" in chat.painted()
        await chat.pilot.resize_terminal(60, 16)
        await chat.until(lambda: "Read on" not in chat.painted())
        assert not screen.table.show_horizontal_scrollbar


@pytest.mark.parametrize("path", ["/没有/这里", "~没有这个人/文件", "长" * 300, "空\0字符"])
async def test_a_path_that_is_not_there_is_refused(path):
    async with chatting() as chat:
        await listed(chat, 0)
        await chat.press("a")
        await chat.until(lambda: isinstance(chat.app.screen, AddDialog))
        chat.app.screen.query_one(Input).value = path
        await chat.press("enter")
        await chat.until(lambda: f"There is no {path[:1]}" in chat.painted())


async def test_a_document_is_removed_once_that_is_confirmed(kept):
    async with chatting() as chat:
        screen = await listed(chat, 3)
        await chat.press("d")
        await chat.until(lambda: isinstance(chat.app.screen, YesDialog))
        await chat.press("n")
        await chat.until(lambda: chat.app.screen is screen)
        assert len(chat.app.engine.documents()) == 3
        await chat.press("d")
        await chat.until(lambda: isinstance(chat.app.screen, YesDialog))
        await chat.press("y")
        await chat.until(lambda: len(screen._shown) == 2)


async def test_a_changed_document_is_read_again(tmp_path):
    file = tmp_path / "价目.md"
    file.write_text("# 价目\n\n云台的售价为三百元。\n", encoding="utf-8")
    async with chatting() as chat:
        list(chat.app.engine.ingest([tmp_path]))
        await listed(chat)
        file.write_text("# 价目\n\n云台的售价为五百元整。\n", encoding="utf-8")
        await chat.press("r")
        await chat.until(lambda: any("files read" in note for note in chat.notes))
        await chat.press("escape")
        await chat.ask("云台的售价是多少？")
        assert "五百元" in chat.last.answer.text


async def test_the_filter_narrows_the_table(kept):
    async with chatting() as chat:
        screen = await listed(chat, 3)
        await chat.press("slash", *"travel", "enter")
        await chat.until(lambda: len(screen._shown) == 1)


async def test_reading_goes_on_while_an_answer_comes(kept, tmp_path):
    for number in range(30):
        (tmp_path / f"文件{number}.md").write_text(
            f"# {number}\n\n内容{number}。\n", encoding="utf-8"
        )
    async with chatting("echo", kind=Unhurried) as chat:
        chat.prompt.replace_all("年假有几天？")
        await chat.press("enter")
        await chat.until(lambda: len(chat.last.text) > 2)
        bar, said = chat.screen.query_one(StatusBar), []
        chat.app.watch(chat.app, "ingest_step", lambda: said.append(bar.render().plain), init=False)
        chat.app.ingest([tmp_path])
        await chat.until(lambda: any("Reading" in line for line in said))
        await chat.until(lambda: chat.app.ingest_stop is None)
        await chat.until(lambda: not chat.screen.answering)
        assert chat.last.answer is not None
        await chat.until(lambda: chat.app.status.documents == 33)


async def test_a_second_ingest_waits_for_the_first(kept, tmp_path):
    (tmp_path / "甲.md").write_text("甲。\n", encoding="utf-8")
    async with chatting() as chat:
        chat.app.ingest([tmp_path])
        chat.app.ingest([tmp_path])
        await chat.until(lambda: any("still being read" in note for note in chat.notes))
        await chat.until(lambda: chat.app.ingest_stop is None)


def test_a_path_is_completed(tmp_path):
    (tmp_path / "文档库").mkdir()
    (tmp_path / "文档库" / "手册.md").touch()
    assert complete_path(f"{tmp_path}/文") == f"{tmp_path}/文档库/"
    assert complete_path(f"{tmp_path}/文档库/手") == f"{tmp_path}/文档库/手册.md"
    assert complete_path(f"{tmp_path}/没有") == f"{tmp_path}/没有"
    assert complete_path("~没有这个人/文") == "~没有这个人/文"


async def test_a_library_deleted_meanwhile_is_said_and_can_be_made_anew(kept, tmp_path):
    (tmp_path / "新.md").write_text("云台的续航为九小时。\n", encoding="utf-8")
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        shutil.rmtree(kept)
        await chat.ask("病假要提交什么？")
        assert "default has no documents yet" in chat.painted()
        screen = await listed(chat, 0)
        await add(chat, tmp_path)
        await chat.until(lambda: len(screen._shown) == 1)
        await chat.press("escape", "f5")
        await chat.until(lambda: chat.last.answer is not None)


async def test_where_nothing_was_read_yet_the_chat_says_how_to_begin(kept):
    shutil.rmtree(kept)
    async with chatting(size=(80, 24)) as chat:
        assert chat.notes == []
        assert "default has no documents yet. F3 adds some." in chat.painted().splitlines()[-2]
        await chat.ask("年假有几天？")
        assert "F5 asks again" in chat.painted()
        assert any("F3 adds some" in note for note in chat.notes)
        await chat.press("f3")
        assert "No documents yet" in chat.painted()


def test_paths_are_taken_as_they_are_typed_pasted_and_dropped(tmp_path):
    plain, spaced = tmp_path / "甲.md", tmp_path / "乙 丙.md"
    plain.touch()
    spaced.touch()
    escaped = str(spaced).replace(" ", "\\ ")
    assert typed_paths(str(spaced)) == [spaced]
    assert typed_paths(f"'{spaced}'") == [spaced]
    assert typed_paths(f'"{spaced}" {plain}') == [spaced, plain]
    assert typed_paths(f"{escaped} {plain} ") == [spaced, plain]
    assert typed_paths(f"{plain}\n{spaced}\n") == [plain, spaced]
    assert typed_paths(plain.as_uri()) == [plain]


async def test_a_pasted_path_takes_the_place_of_what_stood_there(kept, tmp_path):
    (tmp_path / "新 文件.md").write_text("云台的续航为九小时。\n", encoding="utf-8")
    async with chatting() as chat:
        screen = await listed(chat, 3)
        await chat.press("a")
        await chat.until(lambda: isinstance(chat.app.screen, AddDialog))
        chat.app.post_message(events.Paste(f"'{tmp_path / '新 文件.md'}'"))
        await chat.settle()
        await chat.press("enter")
        await chat.until(lambda: len(screen._shown) == 4)


async def test_a_document_is_opened_scoped_to_and_summarised_from_the_table(kept):
    async with chatting() as chat:
        screen = await listed(chat, 3)
        chosen = screen.selected.path
        await chat.press("enter")
        await chat.until(lambda: isinstance(chat.app.screen, ReaderScreen))
        await chat.press("escape", "space")
        await chat.until(lambda: chat.app.screen is chat.screen)
        assert chat.screen.composer.documents == [chosen]
        screen = await listed(chat, 3)
        await chat.press("s")
        await chat.until(lambda: chat.conversation.exchanges and not chat.screen.answering)
        assert "Summary of" in chat.last.question
        assert chat.last.answer.text


async def test_what_was_removed_is_read_again_by_undo(kept):
    async with chatting() as chat:
        screen = await listed(chat, 3)
        gone = screen.selected.path
        await chat.press("d")
        await chat.until(lambda: isinstance(chat.app.screen, YesDialog))
        await chat.press("y")
        await chat.until(lambda: len(screen._shown) == 2)
        await chat.press("u")
        await chat.until(lambda: len(screen._shown) == 3)
        assert gone in [one.path for one in screen._shown]


async def test_the_table_is_sorted_and_filtered_by_kind_and_state(kept, tmp_path):
    (tmp_path / "空.txt").write_bytes(b"")
    (tmp_path / "图.heic").write_bytes(b"x")
    async with chatting() as chat:
        screen = await listed(chat, 3)
        await add(chat, tmp_path)
        await chat.until(lambda: len(screen._shown) == 5)
        assert "图.heic" in chat.painted()
        assert "skipped" in chat.painted()
        screen.query_one(Input).value = ".txt not"
        await chat.until(lambda: [one.reason for one in screen._shown] == ["empty"])
        screen.query_one(Input).value = ""
        await chat.until(lambda: len(screen._shown) == 5)
        await chat.press("p")
        assert len(screen._shown) == 2
        await chat.press("p")
        await chat.press("t", "t", "t", "t")
        lengths = [one.characters for one in screen._shown]
        assert lengths == sorted(lengths, reverse=True)
