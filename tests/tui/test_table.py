"""The table screen in the real app: questions, rows as they come, sources, export."""

import json
import time

import pytest
from textual.widgets import Input

from docqa.engine import Engine
from docqa.engine.rows.tables import TableEngine
from docqa.tui.chat.prompt import Prompt
from docqa.tui.commands import find_action
from docqa.tui.pickers.line import LineDialog
from docqa.tui.pickers.pick import Picker
from docqa.tui.reader.screen import ReaderScreen
from docqa.tui.table.screen import TableScreen
from tests.support.chat import chatting

CONTRACTS = {
    f"合同{number}.txt": f"合同\n甲方：青石{number}公司\n合同总价为{number}万元。\n"
    for number in range(1, 6)
}


@pytest.fixture
def contracts(kept, tmp_path):
    folder = tmp_path / "合同"
    folder.mkdir()
    for name, text in CONTRACTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    from docqa.settings import Settings

    with Engine(Settings()) as engine:
        list(engine.ingest([folder]))


async def opened(chat):
    """The table screen, by the action of its command."""
    await chat.app.run_action(find_action("table"))
    await chat.until(lambda: isinstance(chat.app.screen, TableScreen))
    return chat.app.screen


async def ask(chat, screen, fields):
    screen.query_one(Input).value = fields
    await chat.press("enter")
    await chat.until(lambda: screen._rows and not screen.running)


async def test_every_document_gets_a_row_and_each_cell_leads_to_its_source(contracts):
    async with chatting() as chat:
        screen = await opened(chat)
        await ask(chat, screen, "甲方；总价=合同总价是多少元？")
        assert screen.table.row_count == 8 and "8/8" in str(screen.table.border_subtitle)
        line = next(n for n, row in enumerate(screen._rows) if "合同3" in row.document)
        screen.table.move_cursor(row=line, column=2)
        await chat.settle()
        assert "30000 元" in chat.painted() and "合同总价为3万元" in chat.painted()
        await chat.press("enter")
        await chat.until(lambda: isinstance(chat.app.screen, ReaderScreen))
        await chat.until(lambda: "合同总价为3万元" in chat.painted())
        await chat.press("escape")
        await chat.until(lambda: chat.app.screen is screen)


async def test_a_command_typed_faster_than_its_list_opens_is_carried_out(contracts):
    async with chatting() as chat:
        prompt = chat.app.screen.query_one(Prompt)
        prompt.completing = False
        prompt.post_message(Prompt.Sent("/Table"))
        await chat.until(lambda: isinstance(chat.app.screen, TableScreen))
        assert not chat.notes


async def test_a_column_is_chosen_from_what_the_documents_label(contracts):
    async with chatting() as chat:
        screen = await opened(chat)
        await chat.press("escape", "a")
        await chat.until(lambda: isinstance(chat.app.screen, Picker))
        assert "甲方" in chat.painted() and "5" in chat.painted()
        await chat.press(*"甲方", "enter")
        await chat.until(lambda: chat.app.screen is screen)
        assert screen.query_one(Input).value == "甲方"


async def test_the_table_is_written_to_a_file(contracts, tmp_path):
    async with chatting() as chat:
        screen = await opened(chat)
        await ask(chat, screen, "甲方")
        await chat.press("e")
        await chat.until(lambda: isinstance(chat.app.screen, Picker))
        await chat.press(*"json", "enter")
        await chat.until(lambda: isinstance(chat.app.screen, LineDialog))
        chat.app.screen.query_one(Input).value = str(tmp_path / "表.json")
        await chat.press("enter")
        await chat.until(lambda: (tmp_path / "表.json").exists())
        rows = json.loads((tmp_path / "表.json").read_text(encoding="utf-8"))["rows"]
        assert {row["cells"]["甲方"]["value"] for row in rows} > {"青石1公司", "青石5公司"}


async def test_a_table_under_way_is_stopped_and_gone_on_with(contracts, monkeypatch):
    make, asked = TableEngine._row, []

    def slowly(self, columns, info, cancelled):
        time.sleep(0.2)
        asked.append(info.path)
        return make(self, columns, info, cancelled)

    monkeypatch.setattr(TableEngine, "_row", slowly)
    async with chatting() as chat:
        screen = await opened(chat)
        screen.query_one(Input).value = "甲方"
        await chat.press("enter")
        await chat.until(lambda: len(screen._rows) >= 2)
        assert screen.running
        await chat.press("x")
        await chat.until(lambda: not screen.running)
        assert 2 <= len(screen._rows) < 8
        screen.action_fields()
        await ask(chat, screen, "甲方")
        assert len(screen._rows) == 8 and len(asked) < 2 * 8 - 1


@pytest.mark.parametrize("fields", ["", "？", "甲方；甲方", "总价=合同总价是多少元？；"])
async def test_questions_that_will_not_do_are_refused_in_a_note(contracts, fields):
    async with chatting() as chat:
        screen = await opened(chat)
        screen.query_one(Input).value = fields
        await chat.press("enter")
        if fields.endswith("；"):
            await chat.until(lambda: len(screen._rows) == 8)
        else:
            await chat.until(lambda: chat.notes)
            assert not screen._rows and "--field" not in str(chat.notes)
