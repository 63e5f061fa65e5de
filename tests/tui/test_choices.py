"""Palette, help, keys, themes, languages, models, libraries, status bar, log."""

import logging
import shutil

import pytest

from docqa import paths
from docqa.messages import use_language
from docqa.settings import InterfaceSettings
from docqa.tui.help.keys import HelpDialog
from docqa.tui.help.log import LogScreen
from docqa.tui.keybar import KeyBar
from docqa.tui.keymap import KEYS, unknown_keys
from docqa.tui.library.screen import LibraryScreen
from docqa.tui.pickers.line import LineDialog
from docqa.tui.pickers.pick import Picker
from docqa.tui.pickers.yes import YesDialog
from tests.support.chat import chatting

pytestmark = pytest.mark.usefixtures("kept")


async def test_the_palette_runs_a_command_and_tells_its_key():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        await chat.press("ctrl+p")
        await chat.until(lambda: isinstance(chat.app.screen, Picker))
        row = next(line for line in chat.painted().splitlines() if "New session" in line)
        assert "^n" in row
        await chat.press(*"session new", "enter")
        await chat.until(lambda: chat.screen.session is None)


async def test_the_palette_offers_what_the_screen_below_can_do():
    async with chatting() as chat:
        await chat.press("f3")
        await chat.until(lambda: isinstance(chat.app.screen, LibraryScreen))
        await chat.press("ctrl+p")
        await chat.until(lambda: isinstance(chat.app.screen, Picker))
        painted = chat.painted()
        assert "Log" in painted
        assert "Copy the answer" not in painted
        await chat.press(*"zeppelin")
        await chat.until(lambda: "Nothing matches" in chat.painted())


async def test_a_theme_is_picked_from_the_palette():
    async with chatting() as chat:
        await chat.press("ctrl+p")
        await chat.until(lambda: isinstance(chat.app.screen, Picker))
        await chat.press(*"theme", "enter")
        await chat.until(lambda: "dracula" in chat.painted())
        await chat.press(*"docqa-light", "enter")
        await chat.until(lambda: chat.app.theme == "docqa-light")


async def test_help_explains_the_focused_pane_and_its_keys():
    async with chatting() as chat:
        await chat.press("f1")
        assert isinstance(chat.app.screen, HelpDialog)
        assert "The prompt. Enter sends" in chat.painted()
        await chat.press("escape")
        await chat.ask("年假有几天？")
        await chat.press("ctrl+s", "f1")
        assert "The sources of the selected answer" in chat.painted()


async def test_the_footer_shows_the_keys_of_the_focused_pane():
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        assert "Send" in chat.painted().splitlines()[-1]
        await chat.press("ctrl+s")
        await chat.until(lambda: "Why" in chat.painted().splitlines()[-1])


async def test_a_key_is_moved_by_its_id_in_the_settings():
    keys = InterfaceSettings(keys={"new_session": "ctrl+t", "send": "ctrl+g"})
    async with chatting(groups={"interface": keys}) as chat:
        await chat.press("a", "enter")
        assert chat.prompt.text == "a\n"
        chat.prompt.replace_all("年假有几天？")
        await chat.press("ctrl+g")
        await chat.until(lambda: chat.conversation.exchanges and chat.last.answer)
        await chat.press("ctrl+t")
        await chat.until(lambda: not chat.conversation.exchanges)


async def test_an_unknown_key_id_is_named_with_the_nearest():
    keys = InterfaceSettings(keys={"sendd": "ctrl+g"})
    async with chatting(groups={"interface": keys}) as chat:
        assert any("sendd" in note and "send?" in note for note in chat.notes)
    assert unknown_keys({"cancell": "x"}) == {"cancell": "cancel"}
    assert not unknown_keys(dict.fromkeys(KEYS, "x"))


def luminance(colour):
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("theme", ["docqa-dark", "docqa-light"])
async def test_the_marks_of_the_library_can_be_read_on_either_theme(theme):
    groups = {"interface": InterfaceSettings(theme=theme)}
    async with chatting(groups=groups) as chat:
        await chat.press("f3")
        await chat.until(lambda: "●" in chat.painted())
        strips = chat.app.screen._compositor.render_strips()
        style = next(one.style for strip in strips for one in strip if "●" in one.text)
        light, dark = sorted(
            (
                luminance([part / 255 for part in colour.triplet])
                for colour in (style.color, style.bgcolor)
            ),
            reverse=True,
        )
        # What readers with weak sight need (WCAG 2.2, 1.4.3).
        assert (light + 0.05) / (dark + 0.05) >= 4.5


async def test_the_theme_is_remembered():
    async with chatting() as chat:
        chat.app.theme = "docqa-light"
        await chat.settle()
    async with chatting() as chat:
        assert chat.app.theme == "docqa-light"
    changed = InterfaceSettings(theme="nord")
    async with chatting(groups={"interface": changed}) as chat:
        assert chat.app.theme == "nord"


async def test_a_theme_of_the_users_own_is_offered_and_a_broken_one_is_named(home):
    folder = home / "themes"
    folder.mkdir()
    (folder / "竹.toml").write_text('primary = "#3a7d44"\ndark = true\n', encoding="utf-8")
    (folder / "broken.toml").write_text("primary = 3\n", encoding="utf-8")
    own = InterfaceSettings(theme="竹")
    async with chatting(groups={"interface": own}) as chat:
        assert chat.app.theme == "竹"
        assert any("broken.toml" in note for note in chat.notes)


async def test_a_theme_that_does_not_exist_is_replaced():
    async with chatting(groups={"interface": InterfaceSettings(theme="none-such")}) as chat:
        assert chat.app.theme == "docqa-dark"
        assert any("none-such" in note for note in chat.notes)


async def test_the_interface_speaks_chinese():
    use_language("zh")
    async with chatting(size=(80, 24)) as chat:
        painted = chat.painted()
        assert "向你的文档提问" in painted
        assert "发送" in painted
        await chat.press("f1")
        assert "输入框" in chat.painted()


async def test_the_status_bar_names_library_engine_and_mode():
    async with chatting() as chat:
        line = chat.painted().splitlines()[-2]
        assert "default" in line
        assert "strict" in line
        assert "quotes" in line


async def test_only_a_model_can_be_asked_openly():
    async with chatting() as chat:
        await chat.press("f8")
        assert not chat.app.open_mode
        assert any("Only a model" in note for note in chat.notes)
    async with chatting("echo") as chat:
        await chat.press("f8")
        await chat.until(lambda: "open" in chat.painted().splitlines()[-2])


async def test_the_engine_is_changed():
    async with chatting() as chat:
        await chat.press("f9")
        await chat.until(lambda: isinstance(chat.app.screen, Picker))
        await chat.press(*"echo", "enter")
        await chat.until(lambda: chat.app.status.engine.kind.value == "echo")
        await chat.until(lambda: not chat.app.loading)
        await chat.ask("年假有几天？")
        assert chat.last.answer.engine.kind.value == "echo"


async def test_the_meter_shows_how_the_window_is_shared():
    async with chatting("echo") as chat:
        await chat.ask("年假有几天？")
        line = next(line for line in chat.painted().splitlines() if "/4,096" in line)
        assert "passages" in line


async def test_the_library_is_changed(kept):
    shutil.copytree(kept, paths.library_dir("第二"))
    async with chatting() as chat:
        await chat.ask("年假有几天？")
        chat.app.action_go("libraries")
        await chat.until(lambda: isinstance(chat.app.screen, Picker))
        await chat.press(*"第二", "enter")
        await chat.until(lambda: chat.app.status.library == "第二")
        await chat.until(lambda: not chat.conversation.exchanges)


async def test_the_number_of_passages_is_changed():
    async with chatting() as chat:
        chat.app.action_go("passages")
        await chat.until(lambda: isinstance(chat.app.screen, LineDialog))
        await chat.press("end", "ctrl+u", *"0", "enter")
        await chat.until(lambda: "whole number" in chat.painted())
        await chat.press("ctrl+u", *"2", "enter")
        await chat.ask("年假有几天？")
        assert len(chat.last.answer.passages) <= 2


async def test_the_log_is_shown():
    logger = logging.getLogger("docqa")
    paths.log_file().parent.mkdir(parents=True)
    paths.log_file().write_text("一条日志 \x1b[31m\n", encoding="utf-8")
    assert logger
    async with chatting() as chat:
        await chat.press("ctrl+l")
        assert isinstance(chat.app.screen, LogScreen)
        assert "一条日志" in chat.painted()
        await chat.press("escape")
        assert chat.app.screen is chat.screen


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_key_of_the_last_line_is_shown_whole(language):
    use_language(language)
    async with chatting(size=(80, 24)) as chat:
        await chat.ask("年假有几天？")
        for keys in ((), ("ctrl+s",), ("enter",), ("escape", "f2"), ("escape", "f3"), ("d",)):
            await chat.press(*keys)
            bar = chat.app.screen.query_one(KeyBar)
            shown = bar.shown_keys()
            assert shown[-1].key == "f1"
            assert shown[-1].end <= 80
            line = " ".join(f"{key.label} {key.description}" for key in shown)
            await chat.until(lambda line=line: chat.painted().splitlines()[-1].strip() == line)
        await chat.press("escape", "escape")
        await chat.pilot.resize_terminal(40, 20)
        bar = chat.app.screen.query_one(KeyBar)
        await chat.until(lambda: bar.shown_keys()[-1].end <= 40)


async def test_a_key_of_the_last_line_can_be_clicked():
    async with chatting(size=(80, 24)) as chat:
        bar = chat.app.screen.query_one(KeyBar)
        library = next(key for key in bar.shown_keys() if key.key == "f3")
        await chat.pilot.hover(KeyBar, offset=(library.end - 1, 0))
        assert bar.pointed == "f3"
        await chat.pilot.click(KeyBar, offset=(library.start, 0))
        await chat.until(lambda: isinstance(chat.app.screen, LibraryScreen))


async def test_a_question_of_yes_or_no_is_shown_with_its_keys():
    async with chatting(size=(60, 20)) as chat:
        chat.app.push_screen(YesDialog("要移除 [/] 吗？"))
        await chat.until(lambda: "要移除 [/] 吗？" in chat.painted())
        await chat.until(lambda: "y Yes n No f1 Help" in chat.painted().splitlines()[-1])
