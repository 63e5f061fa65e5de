"""The first screen: library, engine, questions, sessions, the demo; commands behind a slash."""

import os
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.widgets import OptionList

from docqa.engine import Engine
from docqa.messages import say
from docqa.settings import Settings
from docqa.tui.commands import find_slash
from docqa.tui.home.panel import _session_words
from docqa.tui.library.screen import LibraryScreen
from docqa.tui.pickers.pick import Picker
from docqa.types import SessionInfo
from tests.support.chat import chatting


def ids(chat):
    """What the list of the first screen offers."""
    found = chat.conversation.home.query(OptionList)
    return [one.get_option_at_index(n).id for one in found for n in range(one.option_count)]


async def choose(chat, begins):
    """Choose the first line of the list that begins so."""
    options = chat.conversation.home.query_one(OptionList)
    options.focus()
    options.highlighted = next(
        n for n, one in enumerate(ids(chat)) if (one or "").startswith(begins)
    )
    await chat.press("enter")


async def test_it_says_what_the_library_holds_and_what_answers(kept):
    async with chatting(size=(80, 24)) as chat:
        await chat.until(lambda: any((one or "").startswith("ask:") for one in ids(chat)))
        painted = chat.painted()
        assert "3 documents" in painted
        assert "Word for word" in painted


async def test_its_boxes_are_whole_on_a_low_screen(kept):
    async with chatting(size=(60, 16)) as chat:
        await chat.until(lambda: any((one or "").startswith("ask:") for one in ids(chat)))
        assert "3 documents" in chat.painted()
        home = chat.conversation.home
        boxes = home.query_one("#home-boxes").region
        assert boxes.height == max(box.region.height for box in home.query(".box"))
        assert home.query_one(OptionList).region.y == boxes.bottom


async def test_its_questions_come_from_the_headings_and_are_answered(kept):
    async with chatting() as chat:
        await chat.until(lambda: any((one or "").startswith("ask:") for one in ids(chat)))
        questions = [one for one in ids(chat) if (one or "").startswith("ask:")]
        assert any("休假" in one or "差旅" in one for one in questions)
        await choose(chat, "ask:")
        await chat.until(lambda: chat.conversation.exchanges and not chat.screen.answering)
        assert chat.last.question == questions[0].removeprefix("ask:")
        assert chat.last.answer.citations


async def test_a_session_is_gone_on_with(kept):
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        await chat.screen.begin_session()
        await chat.until(lambda: any((one or "").startswith("session:") for one in ids(chat)))
        await choose(chat, "session:")
        await chat.until(lambda: chat.conversation.exchanges)
        assert chat.last.question == "年假有几天？"


async def test_an_empty_library_offers_the_samples(home):
    async with chatting() as chat:
        await chat.until(lambda: "demo:" in ids(chat))
        assert "go:add" in ids(chat)
        assert "Word for word" in chat.painted()
        await chat.press("f2")
        await chat.until(lambda: "No sessions" in chat.painted())
        assert not chat.notes
        await chat.press("escape")
        await choose(chat, "demo:")
        await chat.until(lambda: chat.app.library_name == "demo")
        await chat.until(lambda: any((one or "").startswith("ask:") for one in ids(chat)))


def test_files_that_changed_or_went_are_told_until_they_are_read_again(tmp_path, home):
    names = ("same.md", "new.md", "touched.md", "gone.md")
    for name in names:
        (tmp_path / name).write_text(f"# {name}\n\n年假十天。", encoding="utf-8")
    with Engine(Settings()) as engine:
        list(engine.ingest([tmp_path]))
        assert engine.changed_files() == {}
        (tmp_path / "new.md").write_text("# 新\n\n年假十五天。", encoding="utf-8")
        os.utime(tmp_path / "touched.md", (0, 0))
        (tmp_path / "gone.md").unlink()
        changed = {Path(file).name: state for file, state in engine.changed_files().items()}
        assert changed == {"new.md": "changed", "touched.md": "changed", "gone.md": "gone"}
        list(engine.ingest([tmp_path]))
        assert set(engine.changed_files().values()) == {"gone"}


@pytest.mark.parametrize("typed", ["/lib", "/library"])
async def test_a_command_behind_a_slash_is_completed_and_carried_out(kept, typed):
    async with chatting() as chat:
        await chat.press(*typed)
        await chat.until(lambda: chat.prompt.completing)
        await chat.press("enter")
        await chat.until(lambda: isinstance(chat.app.screen, LibraryScreen))
        assert chat.prompt.text == ""


QUESTION = "年假有几天？"
# What each command opens, by its screen's title, or says in a note.
OPENS = {
    "sessions": "tui_keys.sessions",
    "find": "tui_commands.find",
    "export": "tui.export_form",
    "library": "tui_keys.library",
    "table": "tui_keys.table",
    "add": "tui_library.add",
    "libraries": "tui.libraries",
    "model": "tui.models",
    "passages": "tui.passages",
    "history": "tui_commands.history",
    "theme": "tui.themes",
    "log": "tui_keys.log",
    "help": "tui_help.title",
}
SAYS = {
    "open": "tui_chat.open_needs_model",
    "literal": "tui_chat.not_rewritten",
    "copy": "Copied",
}


async def type_command(chat, name):
    chat.notes.clear()
    chat.prompt.replace_all("")
    await chat.press("slash", *name)
    await chat.until(lambda: chat.prompt.completing)
    await chat.press("enter")


async def test_every_command_is_typed_and_does_what_it_says(kept):
    """But for the editor, which takes the terminal: `test_terminal` opens it."""
    others = {"new", "again", "more", "edit", "editor", "quit"}
    assert {*OPENS, *SAYS, *others} == {one.name for one in find_slash("")}
    async with chatting() as chat:
        await chat.ask(QUESTION)
        for name, title in OPENS.items():
            await type_command(chat, name)
            await chat.until(lambda: chat.app.screen is not chat.screen)
            await chat.until(lambda title=title: say(title) in chat.painted(), 30)
            while chat.app.screen is not chat.screen:
                await chat.press("escape")
        for name, note in SAYS.items():
            await type_command(chat, name)
            words = say(note) if "." in note else note
            await chat.until(lambda words=words: words in "".join(chat.notes), 30)
        for name in ("again", "more"):
            before = chat.last
            await type_command(chat, name)
            await chat.until(lambda before=before: chat.last is not before and chat.last.answer)
        await type_command(chat, "edit")
        await chat.until(lambda: chat.prompt.text == QUESTION)
        await chat.press("escape")
        await type_command(chat, "new")
        await chat.until(lambda: not chat.conversation.exchanges)
        await type_command(chat, "quit")
        await chat.until(lambda: not chat.app.is_running)


async def test_an_unknown_command_is_said_and_not_asked(kept):
    async with chatting() as chat:
        chat.prompt.replace_all("/xyzzy")
        await chat.press("enter")
        await chat.until(lambda: any("/xyzzy" in note for note in chat.notes))
        assert not chat.conversation.exchanges


async def test_quit_typed_alone_leaves(kept):
    async with chatting() as chat:
        chat.prompt.replace_all("quit")
        await chat.press("enter")
        await chat.until(lambda: not chat.app.is_running)


async def test_a_document_that_is_named_and_not_picked_is_taken_or_missed(kept):
    async with chatting() as chat:
        chat.prompt.replace_all("@没有这篇 年假有几天？")
        await chat.press("enter")
        await chat.until(lambda: any("没有这篇" in note for note in chat.notes))
        assert not chat.conversation.exchanges
        chat.prompt.replace_all("@员工 年假有几天？")
        await chat.press("enter")
        await chat.until(lambda: chat.conversation.exchanges and not chat.screen.answering)
        assert chat.last.question == "年假有几天？"
        assert chat.screen.composer.documents[0].endswith("员工手册.md")


async def test_g_goes_to_the_first_question_and_find_to_any(kept):
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        from docqa.types import Turn

        answer = chat.last.answer
        turns = [Turn(n, f"第{n}次提问", answer, 0.0) for n in range(1, 41)]
        await chat.conversation.show(turns)
        assert chat.last.question == "第40次提问"
        chat.conversation.focus()
        await chat.press("g")
        await chat.until(lambda: chat.conversation.exchanges[0].question == "第1次提问")
        assert "第1次提问" in chat.painted()
        assert len(chat.conversation.turns) == 40
        await chat.press("slash")
        await chat.until(lambda: isinstance(chat.app.screen, Picker))
        await chat.press(*"第23次", "enter")
        await chat.until(lambda: chat.conversation.exchanges[0].question == "第23次提问")
        assert chat.conversation.selected.question == "第23次提问"
        await chat.press("G")
        await chat.until(lambda: chat.last.question == "第40次提问")


def test_a_session_s_line_is_one_row_of_a_narrow_terminal():
    session = SessionInfo("a1", "提前解除合同应赔偿几个月的租金，押金怎么退还？", 0.0, 0.0, 12)
    words = _session_words(session, 26).plain
    assert cell_len(words) <= 26 + 34 - 4
    assert "…" in words
