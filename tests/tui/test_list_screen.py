"""What all screens of one list share: search line and list, the ends, leaving."""

import pytest
from textual.widgets import DataTable, Input, OptionList

from docqa.tui.library.screen import LibraryScreen
from docqa.tui.list_screen import ListScreen
from docqa.tui.sessions.screen import SessionsScreen
from tests.support.chat import chatting

pytestmark = pytest.mark.usefixtures("kept")


async def open_list(chat, key, kind):
    await chat.press(key)
    await chat.until(lambda: isinstance(chat.app.screen, kind))
    screen = chat.app.screen
    assert isinstance(screen, ListScreen)
    return screen


async def test_a_table_is_walked_to_both_ends_and_left(kept):
    async with chatting() as chat:
        screen = await open_list(chat, "f3", LibraryScreen)
        await chat.until(lambda: screen.rows.row_count == 3)
        assert isinstance(screen.rows, DataTable)
        screen.rows.focus()
        await chat.press("G")
        assert screen.rows.cursor_row == 2
        await chat.press("k")
        assert screen.rows.cursor_row == 1
        await chat.press("g")
        assert screen.rows.cursor_row == 0
        await chat.press("j")
        assert screen.rows.cursor_row == 1
        await chat.press("slash")
        assert screen.query_one(Input).has_focus
        await chat.press("escape")
        assert screen.rows.has_focus and chat.app.screen is screen
        await chat.press("escape")
        await chat.until(lambda: chat.app.screen is chat.screen)


async def test_a_list_of_sessions_is_walked_the_same_way():
    async with chatting() as chat:
        for question in ("年假有几天？", "云壶保修期是几年？", "出差住宿标准是多少？"):
            await chat.ask(question)
            await chat.press("ctrl+n")
        screen = await open_list(chat, "f2", SessionsScreen)
        await chat.until(lambda: screen.rows.option_count == 3)
        assert isinstance(screen.rows, OptionList)
        screen.query_one(Input).focus()
        await chat.press("down")
        assert screen.rows.has_focus
        await chat.press("G")
        assert screen.rows.highlighted == 2
        await chat.press("g")
        assert screen.rows.highlighted == 0
        await chat.press("j", "j", "k")
        assert screen.rows.highlighted == 1


async def test_enter_in_the_search_line_goes_to_what_was_found():
    async with chatting() as chat:
        screen = await open_list(chat, "f3", LibraryScreen)
        await chat.until(lambda: screen.rows.row_count == 3)
        await chat.press("slash", *"travel", "enter")
        await chat.until(lambda: screen.rows.row_count == 1)
        assert screen.rows.has_focus
