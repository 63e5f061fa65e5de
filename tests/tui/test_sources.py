"""Sources: quotes highlighted, jumped to by number, opened, explained, copied."""

import re

import pytest

from docqa.tui.reader.screen import ReaderScreen
from docqa.tui.sources.card import QUOTE
from docqa.tui.sources.explanation import WhyDialog
from docqa.tui.sources.pane import SourcesPane
from docqa.tui.sources.source import of_answer
from docqa.types import Answer, AnswerStatus, Citation, EngineInfo, EngineKind, Found, Passage, Why
from tests.support.chat import chatting

pytestmark = pytest.mark.usefixtures("kept")


async def test_a_source_shows_document_heading_and_the_quoted_sentence():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        assert "员工手册.md" in chat.painted()
        assert "第一章 休假" in chat.painted()
        card = chat.pane.cards[0]
        quoted = [
            card.content.plain[span.start : span.end]
            for span in card.content.spans
            if span.style == QUOTE
        ]
        first = chat.last.answer.citations[0].passage_id
        assert quoted == [
            one.quote for one in chat.last.answer.citations if one.passage_id == first
        ]


@pytest.mark.parametrize("size", [(80, 24), (100, 40), (120, 40), (200, 50)])
async def test_every_cited_source_shows_its_quoted_sentence(kept, tmp_path, size):
    text = "库房每周盘点一次，由两人签字。" * 14 + "灭火器的检查周期是三十天。"
    (tmp_path / "消防.md").write_text(f"# 消防\n\n{text}\n", encoding="utf-8")
    async with chatting(size=size) as chat:
        list(chat.app.engine.ingest([tmp_path]))
        await chat.ask("灭火器的检查周期是多少天？")
        region, strips = chat.pane.region, chat.app.screen._compositor.render_strips()
        rows = (strips[y].crop(region.x, region.right).text for y in region.line_range)
        # Without the frame and the scroll bar.
        seen = "".join(re.sub("[│▁▂▃▄▅▆▇█]", "", "".join(rows)).split())
        assert "灭火器的检查周期" in seen


async def test_a_digit_jumps_to_the_source_with_that_number():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        chat.conversation.focus()
        await chat.press("1")
        assert chat.pane.has_focus
        assert 1 in chat.pane.selected.numbers


async def test_a_number_without_a_source_is_said():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        chat.conversation.focus()
        await chat.press("9")
        assert any("no source 9" in note for note in chat.notes)


async def test_a_click_on_a_citation_jumps_to_its_source():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        region = chat.conversation.region
        strips = chat.app.screen._compositor.render_strips()
        lines = [strip.crop(0, region.right).text for strip in strips]
        row = next(n for n, line in enumerate(lines) if "[1]" in line)
        before = lines[row].partition("[1]")[0]
        from rich.cells import cell_len

        await chat.pilot.click(offset=(cell_len(before) + 1, row))
        await chat.until(lambda: chat.pane.has_focus)
        assert 1 in chat.pane.selected.numbers


async def test_enter_on_a_source_opens_the_reader_at_the_passage():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        await chat.press("ctrl+s", "enter")
        await chat.until(lambda: isinstance(chat.app.screen, ReaderScreen))
        await chat.until(lambda: "年假每年十五天" in chat.painted())


async def test_w_explains_the_choice_of_passages():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        await chat.press("ctrl+s", "w")
        assert isinstance(chat.app.screen, WhyDialog)
        painted = chat.painted()
        assert "Question: 年假有几天？" in painted
        assert "Rank 1" in painted
        assert "Words that matched" in painted
        await chat.press("escape")
        assert chat.app.screen is chat.screen


async def test_the_passage_is_copied_with_its_place():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        await chat.press("ctrl+s", "y")
        await chat.until(lambda: "员工手册.md" in chat.app.clipboard)
        assert "年假每年十五天" in chat.app.clipboard


async def test_j_and_k_move_through_the_sources():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        await chat.press("ctrl+s")
        first = chat.pane.selected
        await chat.press("j")
        assert chat.pane.selected is not first
        await chat.press("k")
        assert chat.pane.selected is first
        await chat.press("G")
        assert chat.pane.selected is chat.pane.sources[-1]


async def test_sources_lie_beside_the_answer_or_below_it_on_narrow_terminals():
    async with chatting(size=(120, 40)) as chat:
        await chat.ask("年假有几天？")
        pane, answer = chat.pane.region, chat.conversation.region
        assert pane.x >= answer.right
        await chat.pilot.resize_terminal(80, 24)
        await chat.settle()
        pane, answer = chat.pane.region, chat.conversation.region
        assert pane.y >= answer.bottom
        assert answer.height >= 8


async def test_no_pane_is_shown_before_there_are_sources():
    async with chatting() as chat:
        assert not chat.screen.query_one(SourcesPane).display or not chat.pane.region.area


async def test_markup_in_headings_and_names_is_shown_as_it_is_everywhere(kept, tmp_path):
    (tmp_path / "[b]方.md").write_text("# 附录[/] [red]\n\n暗号是四二四二。\n", encoding="utf-8")
    async with chatting() as chat:
        list(chat.app.engine.ingest([tmp_path]))
        await chat.ask("暗号是什么？")
        assert "附录[/] [red]" in chat.painted()
        await chat.press("ctrl+s", "w")
        await chat.until(lambda: isinstance(chat.app.screen, WhyDialog))
        assert "[b]方.md · 附录[/] [red]" in chat.painted()
        await chat.press("escape", "enter")
        await chat.until(lambda: isinstance(chat.app.screen, ReaderScreen))
        await chat.until(lambda: "附录[/] [red] ─" in chat.painted())


async def test_control_codes_in_a_document_are_not_painted(kept, tmp_path):
    text = (
        "值班表每周更换一次，由行政部公布。\n" * 40
        + "红色警报代号为\x1b[31m甲乙丙\x1b]0;owned\x07。\n"
    )
    (tmp_path / "坏.md").write_text(text, encoding="utf-8")
    async with chatting() as chat:
        list(chat.app.engine.ingest([tmp_path]))
        await chat.ask("红色警报代号是什么？")
        assert "甲乙丙" in chat.painted()
        assert "\x1b" not in chat.painted()
        assert "\x07" not in chat.painted()


def test_a_quote_of_a_document_read_as_a_whole_is_shown_with_the_passage_that_holds_it():
    texts = ("房屋租赁合同", "押金为两个月租金，十日内退还。")
    parts = [Passage(n, 1, "合同.md", n, 10 * n, 10 * n + len(t), t) for n, t in enumerate(texts)]
    found = tuple(Found(n, 1.0, part, Why()) for n, part in enumerate(parts, 1))
    # The model read one passage, which is called by its first part.
    quote = Citation(1, 0, "合同.md", None, (), 19, 25, "十日内退还。")
    elsewhere = Citation(2, 9, "合同.md", None, (), 90, 93, "甲方。")
    engine = EngineInfo(EngineKind.ECHO)
    cites = (quote, elsewhere)
    answer = Answer("？", "", AnswerStatus.ANSWERED, engine, citations=cites, passages=found)
    first, second, rest = of_answer(answer)
    assert (first.numbers, first.passage.text, first.quotes) == ((1,), texts[1], ((9, 15),))
    assert (second.numbers, second.passage.text, second.quotes) == ((2,), "甲方。", ((0, 3),))
    assert (rest.numbers, rest.passage.text) == ((), texts[0])
