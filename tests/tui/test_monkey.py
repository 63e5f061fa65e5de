"""Any key, paste, click and size in any order: nothing raises, and the chat still answers."""

import random

import pytest
from textual import events

from docqa.tui.keymap import KEYS
from tests.support.chat import chatting

pytestmark = [pytest.mark.usefixtures("kept"), pytest.mark.slow]

_STEPS, _SEED = 1_000, 20_240_607
_LEAVING = {"ctrl+q", "f4", "o"}
_OWN = {key for one in KEYS.values() for key in one.keys.split(",")} - _LEAVING
_KEYS = [
    *sorted(_OWN),
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "tab", "shift+tab"),
    *("backspace", "delete", "space", "enter", "escape", "ctrl+a", "ctrl+k", "ctrl+z", "ctrl+x"),
    *("shift+up", "shift+down", "shift+left", "ctrl+w", "ctrl+e", "ctrl+y", "f10", "f12"),
    *"0123456789@年假保修abz？[]*_`",
]
_PASTES = (
    "年假有几天？",
    "@员工",
    "[/] [b]粗[/b] \x1b[31m红\x07",
    "👨‍👩‍👧‍👦🇨🇳❤️e\u0301\u200b\ufeff",
    "一二三四五六七八九十" * 1_001,
    "\n" * 50,
    "",
)


def chance(dice, chat):
    """One thing that a user, a cat or a terminal may do."""
    kind = dice.random()
    if kind < 0.90:
        return chat.pilot.press(dice.choice(_KEYS))
    if kind < 0.94:
        return paste(chat, dice.choice(_PASTES))
    if kind < 0.98:
        width, height = chat.app.size
        return chat.pilot.click(offset=(dice.randrange(width), dice.randrange(height)))
    return chat.pilot.resize_terminal(dice.randint(20, 200), dice.randint(6, 60))


async def paste(chat, text):
    """Paste into whatever has the focus."""
    chat.app.post_message(events.Paste(text))
    await chat.pilot.pause()


@pytest.mark.parametrize("engine", ["quotes", "echo"])
async def test_nothing_that_is_pressed_breaks_the_chat(engine, tmp_path, monkeypatch):
    # What is exported, added or read from here stays in this folder.
    monkeypatch.chdir(tmp_path)
    dice = random.Random(_SEED)
    async with chatting(engine, size=(80, 24)) as chat:
        for _ in range(_STEPS):
            await chance(dice, chat)
        chat.screen.stop()
        await chat.until(lambda: not chat.screen.answering)
        while chat.app.screen is not chat.screen:
            await chat.app.pop_screen()
        await chat.pilot.resize_terminal(80, 24)
        await chat.screen.begin_session()
        chat.screen.composer.documents = []
        await chat.ask("年假有几天？")
        assert "十五天" in chat.last.answer.text
