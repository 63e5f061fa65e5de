"""The chat over a real engine, and what tests do with it."""

import asyncio
import time
from contextlib import asynccontextmanager
from pathlib import Path

import docqa
from docqa.engine import Engine
from docqa.settings import ModelSettings, Settings
from docqa.tui.app import DocqaApp
from docqa.types import Token

FOLDER = Path(docqa.__file__).parent

# Only a test that fails waits so long; a machine may be ten times slower than ours.
_PATIENCE = 120


class Unhurried(Engine):
    """The real engine, taking a moment before each piece of an answer."""

    pause = 0.05

    def ask(self, request, cancelled=None, config=None):
        """The events of `ask`, slowly."""
        for event in super().ask(request, cancelled, config):
            if isinstance(event, Token):
                time.sleep(self.pause)
            yield event


def settings(engine="quotes", **groups):
    """Settings with this engine."""
    return Settings(**{"model": ModelSettings(engine=engine), **groups})


class Noted(DocqaApp):
    """The chat, keeping what its notifications said after they are gone."""

    # Textual looks for it beside the class.
    CSS_PATH = FOLDER / "tui" / "app.tcss"

    def __init__(self, *arguments, **begin):
        self.notes = []
        super().__init__(*arguments, **begin)

    def notify(self, message, **how):
        """Show a note, and keep it."""
        self.notes.append(message)
        super().notify(message, **how)


class Chat:
    """A running chat and what tests do with it."""

    def __init__(self, app, pilot):
        self.app, self.pilot = app, pilot

    @property
    def screen(self):
        return self.app.chat

    @property
    def prompt(self):
        return self.screen.composer.prompt

    @property
    def conversation(self):
        return self.screen.conversation

    @property
    def pane(self):
        return self.screen.pane

    @property
    def last(self):
        return self.conversation.exchanges[-1]

    @property
    def notes(self):
        """What the notifications say."""
        return self.app.notes

    async def until(self, true, seconds=_PATIENCE):
        """Wait until something holds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if true():
                await self.settle()
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"never: {true}; notes: {self.notes}")

    async def settle(self):
        """Wait until nothing that was done is still on its way to the screen."""
        quiet = 0
        while quiet < 2 and self.app.is_running:
            await self.pilot.pause()
            screen = self.app.screen
            nodes = [self.app, *self.app.screen_stack, *screen.walk_children()]
            moving = screen._layout_required or any(node.message_queue_size for node in nodes)
            quiet = 0 if moving else quiet + 1

    async def ask(self, question):
        """Type a question, send it, and wait for its answer."""
        count = len(self.conversation.exchanges)
        self.prompt.replace_all(question)
        await self.pilot.press("enter")
        await self.until(lambda: len(self.conversation.exchanges) > count or self.screen.answering)
        await self.until(lambda: not self.screen.answering and self.app.answering is False)

    async def press(self, *keys):
        await self.pilot.press(*keys)
        await self.settle()

    def painted(self):
        """What stands on the screen, as text."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in line) for line in lines)


@asynccontextmanager
async def chatting(
    engine="quotes", *, kind=Engine, size=(120, 40), wait=True, groups=None, notes=False, **begin
):
    """The chat in a terminal of this size, its engine open."""
    chosen = settings(engine, **(groups or {}))
    app = Noted(lambda: kind(chosen), chosen, **begin)
    async with app.run_test(size=size, notifications=notes) as pilot:
        chat = Chat(app, pilot)
        if wait:
            await chat.until(lambda: app.engine is not None and not app.loading)
            await app.workers.wait_for_complete()
            await chat.settle()
        yield chat
        chat.screen.stop()
    if app.engine:
        app.engine.close()
