"""The chat with a GGUF model in this process: stopped, marked, planned, remembered, lost."""

from contextlib import asynccontextmanager

import pytest

from docqa import catalog
from docqa.engine import Engine
from docqa.settings import ModelSettings, Settings
from docqa.tui.pickers.pick import Picker
from docqa.types import AnswerStatus
from tests.support.chat import Unhurried, chatting
from tests.support.tiny_gguf import Shape, write_gguf

pytestmark = pytest.mark.usefixtures("kept")

LONG = "说明书全文，请逐条阅读。" * 300


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A small model that answers at once."""
    return write_gguf(tmp_path_factory.mktemp("model") / "小模型.gguf", Shape())


@pytest.fixture(scope="module")
def slow_model(tmp_path_factory):
    """A model that takes many seconds for a long prompt."""
    shape = Shape(layers=6, hidden=512, heads=8, ffn=2048, context=16384)
    return write_gguf(tmp_path_factory.mktemp("model") / "慢模型.gguf", shape)


@asynccontextmanager
async def chatting_with(file, max_tokens=24, **options):
    """The chat with this model on one thread."""
    chosen = ModelSettings(engine="llama", name=str(file), threads=1, max_tokens=max_tokens)
    async with chatting(groups={"model": chosen}, **options) as chat:
        yield chat


def status_line(chat):
    """The line above the footer."""
    return chat.painted().splitlines()[-2]


async def test_escape_stops_a_prompt_that_is_being_read_and_the_next_question_works(slow_model):
    async with chatting_with(slow_model, size=(160, 40)) as chat:
        chat.screen.run_worker(chat.screen.ask("年假有几天？", LONG))
        await chat.until(lambda: chat.conversation.exchanges and chat.last.budget)
        assert chat.screen.answering and not chat.last.text
        await chat.press("escape")
        await chat.until(lambda: not chat.screen.answering)
        assert chat.last.answer.status is AnswerStatus.CANCELLED
        assert chat.last.answer.usage.answer_tokens == 0
        assert "Stopped." in chat.painted()
        await chat.ask("保修期几年？")
        # Random weights say nothing that the passages support: their quote stands beside it.
        assert chat.last.answer.status is AnswerStatus.PERHAPS
        assert "保修期为两年" in chat.last.answer.text


async def test_escape_keeps_the_words_that_the_model_has_said(model):
    async with chatting_with(model, max_tokens=2000, kind=Unhurried) as chat:
        chat.prompt.replace_all("年假有几天？")
        await chat.press("enter")
        await chat.until(lambda: len(chat.last.text) > 20)
        await chat.press("escape")
        await chat.until(lambda: not chat.screen.answering)
        assert chat.last.answer.status is AnswerStatus.CANCELLED
        assert len(chat.last.answer.text) > 10
        _, turns = chat.app.engine.session(chat.screen.session)
        assert turns[-1].answer.text == chat.last.answer.text


async def test_sentences_that_nothing_supports_are_marked(model):
    async with chatting_with(model) as chat:
        await chat.ask("年假有几天？")
        assert any(not sentence.supported for sentence in chat.last.answer.sentences)
        assert "[?]" in chat.painted()
        assert "that no passage supports" in chat.painted()


async def test_the_status_bar_tells_where_the_layers_are_and_what_the_answer_cost(model):
    async with chatting_with(model, size=(200, 40)) as chat:
        assert "小模型" in status_line(chat)
        assert "CPU only" in status_line(chat)
        assert "window" not in status_line(chat)
        await chat.ask("年假有几天？")
        usage = chat.last.answer.usage
        share = round(100 * (usage.prompt_tokens + usage.answer_tokens) / 4096)
        await chat.until(lambda: f"window {share} %" in status_line(chat))
        assert "tok/s" in status_line(chat)


async def test_a_model_is_picked_from_those_here_with_its_plan(model):
    catalog.register(catalog.Installed(name="小模型", path=model, kind="chat"))
    short = ModelSettings(engine="quotes", threads=1, max_tokens=24)
    async with chatting(size=(140, 40), groups={"model": short}) as chat:
        await chat.press("f9")
        await chat.until(lambda: isinstance(chat.app.screen, Picker))
        row = next(line for line in chat.painted().splitlines() if "小模型" in line)
        assert "fits" in row and "window 4,096" in row and "CPU only" in row
        assert "docqa models pull chinese-alpaca-2-1.3b" in chat.painted()
        await chat.press(*"小模型", "enter")
        await chat.until(lambda: chat.app.status.engine.kind.value == "llama")
        await chat.until(lambda: chat.app.status.loaded)
        await chat.ask("年假有几天？")
        assert chat.last.answer.engine.model == "小模型"


async def test_a_kept_reading_is_loaded_for_its_document_and_said(model):
    chosen = ModelSettings(engine="llama", name=str(model), threads=1)
    with Engine(Settings(model=chosen)) as engine:
        desk = engine.document_caching()
        (plan,) = desk.plan(engine.documents(["员工手册.md"]), together=True)
        desk.read(plan, lambda: False, lambda done, total: None)
    async with chatting_with(model, size=(200, 40)) as chat:
        await chat.press(*"@员工")
        await chat.until(lambda: chat.screen.composer.busy)
        await chat.press("tab")
        assert [*chat.screen.composer.documents]
        await chat.ask("年假有几天？")
        assert chat.last.answer.usage.reused_tokens >= len(plan.tokens)
        assert "reading: kept (" in chat.painted()
        await chat.until(lambda: "reading: kept (" in status_line(chat))


async def test_a_model_file_lost_meanwhile_is_said_and_quotes_go_on(model, tmp_path):
    file = tmp_path / "会丢的模型.gguf"
    file.write_bytes(model.read_bytes())
    async with chatting_with(file, size=(140, 40)) as chat:
        await chat.ask("年假有几天？")
        file.unlink()
        chat.app.change(lambda: chat.app.engine.use_settings(model_max_tokens=16))
        await chat.until(lambda: not chat.app.loading and not chat.app.status.loaded)
        await chat.ask("云壶的保修期几年？")
        assert any("会丢的模型.gguf" in note for note in chat.notes)
        await chat.until(lambda: chat.app.status.engine.kind.value == "quotes")
        assert any("F9 picks another" in note for note in chat.notes)
        await chat.press("f5")
        await chat.until(lambda: chat.last.answer and "两年" in chat.last.answer.text)
        assert chat.last.number == 2


async def test_the_engine_is_not_taken_from_under_an_answer(model):
    async with chatting_with(model, max_tokens=2000, kind=Unhurried) as chat:
        chat.prompt.replace_all("年假有几天？")
        await chat.press("enter")
        await chat.until(lambda: len(chat.last.text) > 5)
        await chat.press("f9")
        assert not isinstance(chat.app.screen, Picker)
        assert any("Esc stops it" in note for note in chat.notes)
