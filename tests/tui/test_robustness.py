"""What happens around the chat: resizing, errors, no colours, lost files, foreign markup."""

import os

import pytest
from textual.app import App

from docqa.engine import Engine
from docqa.errors import ModelError
from docqa.settings import ModelSettings, Settings
from docqa.tui import clipboard, saved_state
from docqa.tui.saved_state import SavedState
from tests.support.chat import Chat, Noted, Unhurried, chatting, settings

pytestmark = pytest.mark.usefixtures("kept")


async def test_resizing_while_an_answer_comes_breaks_nothing():
    async with chatting("echo", kind=Unhurried, size=(200, 60)) as chat:
        chat.prompt.replace_all("年假有几天？")
        await chat.press("enter")
        await chat.until(lambda: len(chat.last.text) > 2)
        for size in ((60, 20), (200, 60), (60, 20), (200, 60)):
            await chat.pilot.resize_terminal(*size)
            await chat.until(lambda size=size: chat.app.size.width == size[0])
            assert chat.prompt.region.width <= size[0]
        await chat.until(lambda: not chat.screen.answering)
        assert chat.last.answer is not None


@pytest.mark.parametrize("size", [(40, 10), (20, 6), (300, 100)])
async def test_odd_sizes_are_painted(size):
    async with chatting(size=size) as chat:
        await chat.ask("年假有几天？")
        assert chat.painted()


async def test_nothing_depends_on_colours(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with chatting("echo") as chat:
        await chat.ask("年假有几天？")
        assert chat.app.no_color
        colours = {
            segment.style.color
            for strip in chat.app.screen._compositor.render_strips()
            for segment in strip.apply_filter(chat.app._filters[-1], chat.app.background_colors[0])
            if segment.style and segment.style.color and segment.style.color.triplet
        }
        assert all(len({*colour.triplet}) == 1 for colour in colours)


async def test_an_error_is_told_with_its_hint_and_the_chat_goes_on():
    class Failing(Engine):
        def ask(self, request, cancelled=None, config=None):
            raise ModelError("tui_reader.gone", document="模型.gguf")
            yield

    async with chatting(kind=Failing) as chat:
        await chat.ask("年假有几天？")
        assert any("模型.gguf" in note and "F3 adds it again" in note for note in chat.notes)
        assert "F5 asks again" in chat.painted()
        await chat.press("f1", "escape")
        assert chat.app.is_running


async def test_an_unexpected_error_goes_to_the_log_and_the_chat_goes_on(caplog, monkeypatch):
    monkeypatch.delenv("DOCQA_RAISE_ERRORS")
    async with chatting() as chat:
        chat.app._handle_exception(RuntimeError("意外"))
        await chat.until(lambda: any("意外" in note for note in chat.notes))
        assert "意外" in caplog.text
        await chat.ask("年假有几天？")
        assert chat.last.answer is not None


@pytest.mark.parametrize("key", ["f4", "f5"])
async def test_an_error_in_a_key_or_a_message_leaves_the_chat_listening(key, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("意外")

    monkeypatch.delenv("DOCQA_RAISE_ERRORS")
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        with monkeypatch.context() as patch:
            patch.setattr("docqa.tui.external.edit", broken)
            patch.setattr("docqa.tui.chat.conversation.Conversation.drop", broken)
            await chat.press(key)
            await chat.until(lambda: any("意外" in note for note in chat.notes))
        await chat.ask("云壶保修期是几年？")
        assert "两年" in chat.last.answer.text


async def test_errors_without_end_close_the_chat_with_a_message(monkeypatch):
    monkeypatch.delenv("DOCQA_RAISE_ERRORS")
    async with chatting() as chat:
        for _ in range(30):
            chat.app._handle_exception(RuntimeError("意外"))
        await chat.until(lambda: not chat.app.is_running)
        assert chat.app.return_code == 1
        assert "意外" in str(chat.app._exit_renderables)


async def test_an_engine_that_cannot_be_opened_leaves_a_chat_that_says_so():
    def broken():
        raise ModelError("tui_reader.gone", document="模型.gguf")

    app = Noted(broken, settings())
    async with app.run_test(size=(100, 30)) as pilot:
        chat = Chat(app, pilot)
        await chat.until(lambda: any("模型.gguf" in note for note in chat.notes))
        await chat.press("f2", "f3", "f9", "h", "i", "enter")
        assert app.is_running


async def test_a_lost_model_file_is_said_and_another_engine_can_be_taken(home):
    lost = Settings(model=ModelSettings(engine="llama", name=str(home / "lost.gguf")))
    app = Noted(lambda: Engine(lost), lost)
    async with app.run_test(size=(100, 30)) as pilot:
        chat = Chat(app, pilot)
        await chat.until(lambda: app.engine and any("lost.gguf" in note for note in chat.notes))
        app.change(lambda: app.engine.use_settings(model_engine="quotes", model_name=""))
        await chat.until(lambda: app.status and app.status.engine.kind.value == "quotes")
        await chat.ask("年假有几天？")
        assert "十五天" in chat.last.text
    app.engine.close()


async def test_markup_in_names_and_questions_is_shown_as_it_is():
    async with chatting() as chat:
        await chat.ask("[b]年假[/b]有几天[/]？")
        assert "[b]年假[/b]有几天[/]？" in chat.painted()


def test_what_is_remembered_survives_damage(home):
    state = SavedState(theme="nord", draft="草稿")
    state.add_question("甲")
    state.add_question("乙")
    state.add_question("甲")
    assert saved_state.load().history == ["乙", "甲"]
    (home / "chat.json").write_text("{", encoding="utf-8")
    assert saved_state.load() == SavedState()


def test_two_chats_forget_nothing_of_each_other():
    one, other = saved_state.load(), saved_state.load()
    one.add_question("甲")
    other.add_question("乙")
    other.keep_session("合同", "b2")
    one.keep_session("default", "a1")
    one.keep_theme("nord", "docqa-dark")
    other.keep_draft("草稿")
    kept = saved_state.load()
    assert kept.history == ["甲", "乙"]
    assert kept.sessions == {"合同": "b2", "default": "a1"}
    assert (kept.theme, kept.draft) == ("nord", "草稿")


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_what_is_remembered_is_for_its_owner_only(home):
    SavedState().keep_draft("私")
    assert (home / "chat.json").stat().st_mode & 0o077 == 0


async def test_copied_text_reaches_terminal_and_file(home, monkeypatch):
    monkeypatch.delenv("TMUX", raising=False)
    app: App[None] = App()
    async with app.run_test():
        file = clipboard.copy(app, "年假🎉")
        assert app.clipboard == "年假🎉"
        assert file.read_text(encoding="utf-8") == "年假🎉"
        clipboard.copy(app, "长" * 100_000)
        assert app.clipboard == "年假🎉"
        assert len(file.read_text(encoding="utf-8")) == 100_000
