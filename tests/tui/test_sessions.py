"""Sessions: restored, searched, renamed, deleted and brought back, exported."""

import json

import pytest
from textual.widgets import Input, Static

from docqa.engine import Engine
from docqa.tui.pickers.line import LineDialog
from docqa.tui.sessions.screen import SessionsScreen
from tests.support.chat import chatting, settings

pytestmark = pytest.mark.usefixtures("kept")


async def listed(chat):
    """The sessions screen with its list filled."""
    await chat.press("f2")
    await chat.until(lambda: isinstance(chat.app.screen, SessionsScreen))
    await chat.until(lambda: chat.app.screen._sessions)
    return chat.app.screen


async def test_the_last_session_is_there_at_the_next_start():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        session = chat.screen.session
        await chat.app.action_quit()
    async with chatting() as chat:
        await chat.until(lambda: chat.conversation.exchanges)
        assert chat.screen.session == session
        assert "十五天" in chat.painted()


async def test_new_begins_an_empty_session():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        await chat.press("ctrl+n")
        assert chat.screen.session is None
        assert not chat.conversation.exchanges
        assert "Ask your documents" in chat.painted()


async def test_a_search_in_chinese_narrows_the_list_by_the_text_of_the_sessions():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        await chat.press("ctrl+n")
        await chat.ask("云壶保修期是几年？")
        screen = await listed(chat)
        assert len(screen._sessions) == 2
        screen.query_one(Input).value = "保修期是幾年"
        await chat.until(lambda: len(screen._sessions) == 1)
        assert "保修" in screen._sessions[0].title


async def test_a_session_is_opened_from_the_list():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        first = chat.screen.session
        await chat.press("ctrl+n")
        await chat.ask("云壶保修期是几年？")
        await listed(chat)
        await chat.press("j", "enter")
        await chat.until(lambda: chat.screen.session == first)
        await chat.until(lambda: "十五天" in chat.painted())


async def test_a_session_is_renamed():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        screen = await listed(chat)
        await chat.press("r")
        await chat.until(lambda: isinstance(chat.app.screen, LineDialog))
        chat.app.screen.query_one(Input).value = "休假问题"
        await chat.press("enter")
        await chat.until(lambda: screen._sessions[0].title == "休假问题")


async def test_a_deleted_session_is_brought_back_with_u():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        screen = await listed(chat)
        await chat.press("d")
        await chat.until(lambda: not screen._sessions)
        await chat.press("u")
        await chat.until(lambda: len(screen._sessions) == 1)


async def test_a_session_deleted_elsewhere_is_said_and_the_question_begins_a_new_one():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        deleted = chat.screen.session
        with Engine(settings()) as other:
            other.delete_session(deleted)
        await chat.ask("病假要提交什么？")
        assert "The session had been deleted; this begins a new one." in chat.painted()
        assert chat.screen.session not in (None, deleted)
        assert chat.last.number == 1


@pytest.mark.parametrize(("row", "suffix"), [(0, ".md"), (1, ".html"), (2, ".json")])
async def test_a_session_is_exported(row, suffix, tmp_path):
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        await listed(chat)
        await chat.press("e", *["down"] * row, "enter")
        file = tmp_path / f"会话{suffix}"
        await chat.until(lambda: isinstance(chat.app.screen, LineDialog))
        chat.app.screen.query_one(Input).value = str(file)
        await chat.press("enter")
        await chat.until(file.exists)
        text = file.read_text(encoding="utf-8")
        assert "十五天" in (text if suffix != ".json" else str(json.loads(text)))


async def test_an_export_never_overwrites(tmp_path):
    file = tmp_path / "已有.md"
    file.write_text("珍贵", encoding="utf-8")
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        await listed(chat)
        await chat.press("e", "enter")
        await chat.until(lambda: isinstance(chat.app.screen, LineDialog))
        chat.app.screen.query_one(Input).value = str(file)
        await chat.press("enter")
        note = chat.app.screen.query_one(".note", Static)
        await chat.until(lambda: "exists already" in str(note.content))
        assert file.read_text(encoding="utf-8") == "珍贵"


async def test_a_long_session_shows_its_end_and_earlier_turns_when_scrolled_up():
    async with chatting() as chat:
        for number in range(12):
            await chat.ask(f"第{number + 20}条说明书写什么？")
        session = chat.screen.session
        await chat.app.action_quit()
    async with chatting(session=session) as chat:
        await chat.until(lambda: chat.conversation.exchanges)
        assert len(chat.conversation.exchanges) == 8
        assert chat.last.question == "第31条说明书写什么？"
        chat.conversation.scroll_home(animate=False)
        await chat.until(lambda: len(chat.conversation.exchanges) == 12)
        assert chat.conversation.exchanges[0].question == "第20条说明书写什么？"


async def test_a_search_shows_the_line_that_matches():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        await chat.press("f2")
        await chat.until(lambda: isinstance(chat.app.screen, SessionsScreen))
        await chat.press("slash", *"须提前")
        await chat.until(lambda: "年假每年十五天，须提前三天申请" in chat.painted())
