"""The prompt: sends, grows, remembers, completes document names, takes long pastes along."""

import pytest
from textual import events

from tests.support.chat import Unhurried, chatting

pytestmark = pytest.mark.usefixtures("kept")


async def test_enter_sends_and_control_j_makes_a_line_so_that_the_prompt_grows():
    async with chatting() as chat:
        height = chat.prompt.size.height
        await chat.press("a", "ctrl+j", "b", "shift+enter", "c")
        assert chat.prompt.text == "a\nb\nc"
        await chat.until(lambda: chat.prompt.size.height > height)


async def test_an_empty_prompt_sends_nothing():
    async with chatting() as chat:
        await chat.press("space", "enter")
        assert not chat.conversation.exchanges


async def test_up_and_down_go_through_earlier_questions_and_back_to_the_draft():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        await chat.ask("云壶保修期是几年？")
        chat.prompt.replace_all("草稿")
        await chat.press("up")
        assert chat.prompt.text == "云壶保修期是几年？"
        await chat.press("up", "up")
        assert chat.prompt.text == "年假有几天？"
        await chat.press("down", "down")
        assert chat.prompt.text == "草稿"


async def test_control_r_finds_an_earlier_question():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        await chat.ask("云壶保修期是几年？")
        await chat.press("ctrl+r", *"年假", "enter")
        assert chat.prompt.text == "年假有几天？"


async def test_the_list_of_commands_leaves_the_prompt_in_view():
    async with chatting(size=(80, 24)) as chat:
        await chat.press("/")
        await chat.until(lambda: "/sessions" in chat.painted())
        assert chat.app.screen.query_one("#completion").outer_size.height == 8
        assert chat.prompt.region.bottom <= 22


async def test_a_document_is_named_with_at_and_limits_the_question():
    async with chatting() as chat:
        await chat.press(*"请看@保修")
        assert chat.prompt.completing
        await chat.press("enter")
        assert chat.prompt.text == "请看"
        assert "@保修说明.md" in chat.painted()
        await chat.ask("年假有几天？")
        documents = {found.passage.document for found in chat.last.answer.passages}
        assert not any(path.endswith("员工手册.md") for path in documents)


async def test_escape_closes_the_list_of_documents_only():
    async with chatting() as chat:
        await chat.press(*"@tra", "escape")
        assert not chat.prompt.completing
        assert chat.prompt.text == "@tra"


async def test_a_mail_address_opens_no_list():
    async with chatting() as chat:
        await chat.press(*"a@tra")
        assert not chat.prompt.completing


async def test_backspace_in_an_empty_prompt_drops_the_last_document():
    async with chatting() as chat:
        await chat.press(*"@tra", "tab")
        assert chat.screen.composer.documents
        await chat.press("backspace")
        assert not chat.screen.composer.documents


async def test_a_click_takes_a_chip_away():
    async with chatting() as chat:
        await chat.press(*"@tra", "tab")
        await chat.pilot.click(".chip")
        await chat.until(lambda: not chat.screen.composer.documents)


async def test_two_megabytes_pasted_become_material_of_the_question():
    text = "一二三四五六七八九十" * 70_000
    async with chatting("echo") as chat:
        chat.prompt.post_message(events.Paste(text))
        await chat.until(lambda: chat.screen.composer.pasted == text)
        assert "pasted text, 700000 characters" in chat.painted()
        assert chat.prompt.text == ""
        await chat.ask("年假有几天？")
        assert chat.app.is_running


async def test_pasted_material_is_read_from_its_source_and_asked_about_again():
    text = "甲：今日值班。\n" * 3000 + "应急电话由李建平保管。"
    async with chatting() as chat:
        chat.prompt.post_message(events.Paste(text))
        await chat.until(lambda: chat.screen.composer.pasted == text)
        await chat.ask("这份材料里应急电话由谁保管？")
        await chat.press("ctrl+s", "enter")
        await chat.until(
            lambda: "应急电话由李建平保管" in chat.painted() and chat.app.screen is not chat.screen
        )
        await chat.press("a")
        await chat.until(lambda: chat.app.screen is chat.screen)
        assert chat.screen.composer.documents == []
        assert chat.screen.composer.pasted == text


async def test_a_paste_keeps_its_lines_however_the_terminal_ends_them():
    async with chatting() as chat:
        chat.prompt.post_message(events.Paste("年假\r病假\r\n事假\n产假"))
        await chat.until(lambda: chat.prompt.text == "年假\n病假\n事假\n产假")


async def test_a_paste_loses_its_control_codes():
    async with chatting() as chat:
        chat.prompt.post_message(events.Paste("年\x1b[31m假\x07"))
        await chat.until(lambda: chat.prompt.text == "年假")


async def test_the_caret_of_the_terminal_follows_wide_characters():
    async with chatting() as chat:
        await chat.press("a")
        before = chat.app.cursor_position.x
        await chat.press("年")
        chat.app.post_message(events.Key("fullwidth_comma", "，"))
        await chat.until(lambda: chat.app.cursor_position.x == before + 4)


async def test_a_draft_is_there_at_the_next_start():
    async with chatting() as chat:
        await chat.press(*"未完")
        await chat.app.action_quit()
    async with chatting() as chat:
        assert chat.prompt.text == "未完"


async def test_typing_goes_on_while_an_answer_comes():
    async with chatting("echo", kind=Unhurried) as chat:
        chat.prompt.replace_all("年假有几天？")
        await chat.press("enter")
        await chat.until(lambda: len(chat.last.text) > 2)
        await chat.press(*"下一个")
        assert chat.prompt.text == "下一个"
        assert chat.screen.answering


async def test_enter_never_overtakes_what_was_typed_before_it_nor_takes_what_comes_after():
    async with chatting() as chat:
        for character in "年假有几天？":
            chat.app.post_message(events.Key("x", character))
        chat.app.post_message(events.Key("enter", "\r"))
        chat.app.post_message(events.Key("y", "后"))
        await chat.until(lambda: chat.conversation.exchanges)
        assert chat.last.question == "年假有几天？"
        await chat.until(lambda: chat.prompt.text == "后")


async def test_regenerating_leaves_what_is_being_typed_alone():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        await chat.press(*"草稿", "f5")
        await chat.until(lambda: not chat.screen.answering)
        assert chat.prompt.text == "草稿"
