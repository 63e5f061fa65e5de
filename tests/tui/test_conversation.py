"""Asking: answers stream, are cited, stopped, asked again, undone, copied."""

import pytest

from docqa.engine import Engine
from docqa.errors import ModelError
from docqa.tui.chat.answer import AnswerBody
from docqa.types import (
    Answer,
    AnswerStatus,
    AskedValue,
    Citation,
    Conflict,
    DocumentLimits,
    EngineInfo,
    EngineKind,
    Sentence,
    Token,
    Turn,
    Verdict,
    Withdrawn,
)
from tests.support.chat import Unhurried, chatting

pytestmark = pytest.mark.usefixtures("kept")


async def test_the_prompt_has_the_focus_at_the_start():
    async with chatting() as chat:
        assert chat.prompt.has_focus


async def test_a_chinese_question_is_answered_with_citations():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        assert "十五天" in chat.last.answer.text
        assert "[1]" in chat.painted()
        assert chat.prompt.text == ""


async def test_only_documents_of_the_kinds_asked_for_are_searched():
    async with chatting(limits=DocumentLimits(kinds=("txt",))) as chat:
        await chat.ask("年假有几天？")
        assert "十五天" not in chat.last.answer.text
        assert "1 of 3 documents" in chat.painted()


async def test_an_answer_grows_while_it_comes():
    async with chatting("echo", kind=Unhurried) as chat:
        chat.prompt.replace_all("年假有几天？")
        await chat.press("enter")
        await chat.until(lambda: len(chat.last.text) > 5)
        assert chat.screen.answering
        body = chat.last.query_one(AnswerBody)
        await chat.until(lambda: body.source and chat.last.text.startswith(body.source[:3]))
        assert chat.screen.answering


async def test_withdrawn_words_leave_the_screen():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        body = chat.last.query_one(AnswerBody)
        await chat.last.receive([Token("年假有九十九天。")])
        await chat.until(lambda: "九十九" in body.source)
        await chat.last.receive([Withdrawn(), Token("文档中没有。")])
        await chat.until(lambda: body.source == "文档中没有。")


async def test_escape_stops_an_answer_and_keeps_what_was_said():
    async with chatting("echo", kind=Unhurried) as chat:
        chat.prompt.replace_all("年假有几天？")
        await chat.press("enter")
        await chat.until(lambda: len(chat.last.text) > 5)
        assert "Stop" in chat.painted()
        await chat.press("escape")
        await chat.until(lambda: not chat.screen.answering)
        assert chat.last.text
        assert "Stopped." in chat.painted()
        assert chat.prompt.has_focus


async def test_control_c_stops_an_answer_too_and_never_leaves():
    async with chatting("echo", kind=Unhurried) as chat:
        chat.prompt.replace_all("年假有几天？")
        await chat.press("enter")
        await chat.until(lambda: len(chat.last.text) > 3)
        await chat.press("ctrl+c")
        await chat.until(lambda: not chat.screen.answering)
        await chat.press("ctrl+c")
        assert any("Ctrl+Q" in note for note in chat.notes)
        assert chat.app.is_running


async def test_a_question_sent_before_the_library_is_open_is_asked_once_it_is():
    async with chatting(wait=False) as chat:
        chat.prompt.replace_all("年假有几天？")
        await chat.press("enter")
        await chat.until(lambda: chat.conversation.exchanges and chat.last.answer)
        assert "十五天" in chat.last.answer.text


async def test_what_is_typed_during_an_answer_stays_in_the_prompt():
    async with chatting("echo", kind=Unhurried) as chat:
        chat.prompt.replace_all("年假有几天？")
        await chat.press("enter")
        await chat.until(lambda: chat.screen.answering)
        await chat.press("h", "i", "enter")
        assert chat.prompt.text == "hi"
        assert len(chat.conversation.exchanges) == 1


async def test_regenerating_replaces_the_last_turn():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        first = chat.last
        await chat.press("f5")
        await chat.until(lambda: chat.last is not first and chat.last.answer is not None)
        assert len(chat.conversation.exchanges) == 1
        _, turns = chat.app.engine.session(chat.screen.session)
        assert [turn.number for turn in turns] == [1]


async def test_regenerating_leaves_the_turns_of_another_chat_alone():
    async with chatting() as one:
        await one.ask("年假有几天？")
        async with chatting(session=one.screen.session) as other:
            await other.ask("云壶保修期是几年？")
        await one.press("f5")
        await one.until(lambda: one.last.answer is not None and not one.screen.answering)
        _, turns = one.app.engine.session(one.screen.session)
        assert [turn.question for turn in turns] == ["云壶保修期是几年？", "年假有几天？"]


async def test_a_question_that_fails_when_asked_anew_loses_no_answer():
    class Failing(Engine):
        broken = False

        def ask(self, request, cancelled=None, config=None):
            if self.broken:
                raise ModelError("tui_reader.gone", document="模型.gguf")
            return super().ask(request, cancelled, config)

    async with chatting(kind=Failing) as chat:
        await chat.ask("年假有几天？")
        chat.app.engine.broken = True
        await chat.press("f5")
        await chat.until(lambda: "F5 asks again" in chat.painted())
        _, turns = chat.app.engine.session(chat.screen.session)
        assert "十五天" in turns[0].answer.text
        chat.app.engine.broken = False
        await chat.press("f5")
        await chat.until(lambda: chat.last.answer is not None)
        _, turns = chat.app.engine.session(chat.screen.session)
        assert [turn.number for turn in turns] == [1]


class Recorded(Engine):
    """The real engine, keeping how many quotes it was asked for."""

    quotes = ()

    def ask(self, request, cancelled=None, config=None):
        """Note the number, and answer."""
        Recorded.quotes += (request.quotes,)
        return super().ask(request, cancelled, config)


async def test_a_key_asks_for_more_quotes_in_the_place_of_the_answer():
    async with chatting(kind=Recorded) as chat:
        await chat.ask("年假有几天？")
        before = len(chat.last.answer.citations)
        await chat.press("ctrl+o")
        await chat.until(lambda: before + 3 in Recorded.quotes, 30)
        await chat.until(lambda: not chat.screen.answering, 40)
        assert len(chat.conversation.exchanges) == 1


async def test_what_is_known_of_an_answer_stands_beside_it():
    citation = Citation(1, 1, "采购合同.md", None, (), 0, 10, "月租金 4,800 元。")
    newer = Citation(2, 2, "补充协议.md", None, (), 0, 10, "月租金 5,100 元。")
    text = "月租金是 4,800 元。[1]押金不退。[1]"
    answer = Answer(
        "月租金多少？",
        text,
        AnswerStatus.PERHAPS,
        EngineInfo(EngineKind.LLAMA, "model.gguf"),
        confidence=0.62,
        citations=(citation, newer),
        sentences=(
            Sentence(0, 16, (1,), True, Verdict.SUPPORTED),
            Sentence(16, len(text), (1,), False, Verdict.CONTRADICTED, "文档写的是：押金退还。"),
        ),
        conflicts=(
            Conflict(
                "月租金",
                (
                    AskedValue("5,100 元", newer, "2024-06-01"),
                    AskedValue("4,800 元", citation, None),
                ),
            ),
        ),
        thinking="先看合同，再看协议。",
    )
    async with chatting(size=(120, 40)) as chat:
        await chat.conversation.show((Turn(1, "月租金多少？", answer, 0.0),))
        await chat.until(lambda: "5,100" in chat.painted())
        painted = chat.painted()
        assert "62" in painted and "2024-06-01" in painted
        assert "文档写的是：押金退还。" in painted
        assert "先看合同" not in painted
        await chat.pilot.click(".thinking")
        await chat.until(lambda: "先看合同" in chat.painted())


async def test_the_last_question_is_edited_and_sent_in_its_place():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        await chat.press("f6")
        assert chat.prompt.text == "年假有几天？"
        assert "editing" in chat.painted()
        chat.prompt.replace_all("保修期是几年？")
        await chat.press("enter")
        await chat.until(lambda: chat.last.answer and chat.last.question == "保修期是几年？")
        _, turns = chat.app.engine.session(chat.screen.session)
        assert [turn.question for turn in turns] == ["保修期是几年？"]


async def test_escape_gives_up_an_edit():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        await chat.press("f6", "escape")
        assert chat.prompt.text == ""
        assert "editing" not in chat.painted()


@pytest.mark.parametrize("engine", ["quotes", "echo"])
async def test_a_follow_up_is_shown_as_it_was_understood_and_can_be_undone(engine):
    async with chatting(engine) as chat:
        await chat.ask("年假有几天？")
        await chat.ask("它要提前几天申请？")
        assert chat.last.rewritten == "年假要提前几天申请？"
        assert "Understood as: 年假要提前几天申请？" in chat.painted()
        second = chat.last
        await chat.press("f7")
        await chat.until(lambda: chat.last is not second and chat.last.answer is not None)
        assert chat.last.answer.rewritten is None
        assert "Understood as" not in chat.painted()
        _, turns = chat.app.engine.session(chat.screen.session)
        assert [turn.answer.rewritten for turn in turns] == [None, None]


async def test_a_reply_without_an_answer_says_what_was_looked_for_and_comes_near():
    async with chatting() as chat:
        await chat.ask("月球离地球有多少公里？")
        assert chat.last.answer.status is AnswerStatus.NOT_FOUND
        painted = chat.painted()
        assert "Looked for: 月球离地球有多少公里？" in painted.replace("\n", "")
        assert "Nearest documents" in painted
        assert "none answers" in painted


async def test_words_that_occur_nowhere_are_named_whole():
    async with chatting() as chat:
        await chat.ask("How many days of parental leave in Qwertland?")
        assert chat.last.answer.status is AnswerStatus.NOT_FOUND
        line = next(one for one in chat.painted().splitlines() if "Nowhere in the library" in one)
        named = line.split(":")[1].split("│")[0].strip().split(", ")
        assert "leave" in named
        assert "leav" not in named


async def test_the_answer_is_copied_with_y():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        chat.conversation.focus()
        await chat.press("y")
        await chat.until(lambda: "十五天" in chat.app.clipboard)


async def test_code_blocks_are_copied_one_after_the_other_with_c():
    text = "先运行：\n\n```sh\necho 年假\n```\n\n再写：\n\n```python\nprint('病假')\n```\n"
    engine = EngineInfo(EngineKind.ECHO)
    turn = Turn(1, "怎么查？", Answer("怎么查？", text, AnswerStatus.ANSWERED, engine), 0.0)
    async with chatting() as chat:
        await chat.conversation.show([turn])
        await chat.until(lambda: "echo 年假" in chat.painted())
        chat.conversation.focus()
        for code in ("echo 年假\n", "print('病假')\n", "echo 年假\n"):
            await chat.press("c")
            await chat.until(lambda code=code: chat.app.clipboard == code)


async def test_an_answer_without_code_says_so():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        chat.conversation.focus()
        await chat.press("c")
        assert any("no code" in note for note in chat.notes)


async def test_answers_are_walked_with_brackets_and_their_sources_follow():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        await chat.ask("云壶保修期是几年？")
        latest = chat.pane.sources
        chat.conversation.focus()
        await chat.press("left_square_bracket")
        await chat.until(lambda: chat.pane.sources != latest)
        assert chat.conversation.selected is chat.conversation.exchanges[0]
        assert "年假" in chat.pane.sources[0].passage.text
