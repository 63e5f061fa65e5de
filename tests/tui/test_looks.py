"""How the chat looks, at fixed sizes and themes. Behaviour is tested elsewhere.

After a wanted change: `pytest tests/tui/test_looks.py --snapshot-update`, and look at each picture.
"""

import pytest

from docqa.engine import Engine
from docqa.messages import use_language
from docqa.settings import InterfaceSettings
from tests.support.chat import Chat, Noted, settings

pytestmark = pytest.mark.usefixtures("kept")


@pytest.fixture
def app():
    """Makes the app in a language and theme; closes its engine afterwards."""
    made = []

    def make(language, theme):
        use_language(language)
        chosen = settings("quotes", interface=InterfaceSettings(theme=theme))
        made.append(Noted(lambda: Engine(chosen), chosen))
        return made[-1]

    yield make
    for one in made:
        if one.engine:
            one.engine.close()


def asking(*questions, keys=()):
    """Waits for the engine, asks, presses keys, and lets everything come to rest."""

    async def before(pilot):
        chat = Chat(pilot.app, pilot)
        chat.prompt.cursor_blink = False
        await chat.until(lambda: chat.app.engine is not None and not chat.app.loading)
        for question in questions:
            await chat.ask(question)
        for key in keys:
            await chat.press(key)
        await pilot.wait_for_scheduled_animations()
        await chat.settle()

    return before


def test_an_empty_chat(snap_compare, app):
    assert snap_compare(app("zh", "docqa-dark"), terminal_size=(80, 24), run_before=asking())


def test_an_answer_with_its_sources_beside_it(snap_compare, app):
    asked = asking("年假有几天？")
    assert snap_compare(app("zh", "docqa-dark"), terminal_size=(120, 36), run_before=asked)


def test_an_answer_with_its_sources_below_in_a_light_theme(snap_compare, app):
    asked = asking("年假有几天？", "出差时宠物寄养费用的报销上限？")
    assert snap_compare(app("en", "docqa-light"), terminal_size=(80, 24), run_before=asked)


def test_the_reader(snap_compare, app):
    asked = asking("云壶保修期是几年？", keys=("ctrl+s", "enter"))
    assert snap_compare(app("zh", "docqa-dark"), terminal_size=(80, 24), run_before=asked)
