"""What the reader paints is the text: every character once, in order, at every size."""

import random
from typing import ClassVar

import pytest
from textual.app import App

from docqa.tui.reader.screen import ReaderScreen
from docqa.tui.reader.view import ReaderView
from docqa.tui.sources.source import Source
from docqa.types import SearchRequest
from tests.support.chat import FOLDER, chatting

SIZES = ((80, 24), (100, 40), (120, 40), (200, 50), (41, 12))
PIECES = (*"ab 甲乙，。（》\n🎉％한Ａ—1", "☀\ufe0f", "e\u0301", "strips ")
LONG = "".join(
    f"第{n}条 本条规定ＡＢ与其余的磁盘卷，strips of data，容量中的碎片（更准确地说）不得超过{n}％。"
    for n in range(30)
)


def squeezed(text):
    """The text without what wrapping may take away."""
    return "".join(text.split())


async def everything_painted(app, view, pause):
    """All rows of the view as they are painted, read from the first to the last."""
    rows = []
    while len(rows) < len(view._rows):
        view.scroll_to(y=len(rows), animate=False, force=True, immediate=True)
        await pause()
        region, strips = view.content_region, app.screen._compositor.render_strips()
        top = len(rows) - int(view.scroll_y)
        for y in range(region.y + top, region.bottom):
            row = strips[y].crop(region.x, region.right - 1)
            rows.append("".join(segment.text for segment in row))
    return squeezed("".join(rows))


@pytest.mark.parametrize("size", SIZES)
async def test_every_character_is_painted_when_the_reader_opens_and_after_a_resize(
    kept, tmp_path, size
):
    (tmp_path / "长段.txt").write_text(LONG, encoding="utf-8")
    async with chatting(size=size) as chat:
        list(chat.app.engine.ingest([tmp_path]))
        found = chat.app.engine.search(SearchRequest("碎片 strips", k=50)).found
        passage = next(one.passage for one in found if "碎片" in one.passage.text)
        screen = ReaderScreen(chat.app.engine, Source((1,), passage))
        chat.app.push_screen(screen)
        await chat.until(lambda: screen.is_mounted and screen.view._rows)
        assert not screen.view.show_horizontal_scrollbar
        assert await everything_painted(chat.app, screen.view, chat.pilot.pause) == squeezed(LONG)
        await chat.pilot.resize_terminal(size[0] - 13, size[1] + 3)
        await chat.settle()
        assert await everything_painted(chat.app, screen.view, chat.pilot.pause) == squeezed(LONG)


class Page(App):
    """A reader's text and nothing else."""

    CSS_PATH: ClassVar = [FOLDER / "tui" / name for name in ("app.tcss", "later.tcss")]

    def compose(self):
        yield ReaderView()


async def test_any_text_is_painted_whole_at_any_size():
    draw = random.Random(7)
    app = Page()
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(40):
            await pilot.resize_terminal(draw.randint(12, 90), draw.randint(5, 30))
            text = "".join(draw.choices(PIECES, k=draw.randint(1, 500)))
            view = app.query_one(ReaderView)
            view.load(text, 0, 0)
            assert await everything_painted(app, view, pilot.pause) == squeezed(text)
