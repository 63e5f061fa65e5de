"""Notes above the panes lose no character, wherever a border runs beneath them."""

import pytest
from textual.geometry import Region
from textual.widgets._toast import Toast

from docqa.messages import use_language
from tests.support.chat import chatting

pytestmark = pytest.mark.usefixtures("kept")

NOTES = ("按 Ctrl+Q 退出。", "已复制 15 个字符", "没有编号为 2 的来源。", "，。" * 9, "a中" * 20)


def squeezed(text):
    return "".join(text.split())


def toasts(chat):
    """What the notes on the screen say, as it is painted."""
    strips = chat.app.screen._compositor.render_strips()
    for toast in chat.app.screen.query(Toast):
        region = toast.content_region
        rows = (strips[y].crop(region.x, region.right) for y in region.line_range)
        yield squeezed("".join(segment.text for row in rows for segment in row))


async def shown(chat, text):
    """Show one note, and wait for it."""
    chat.app.clear_notifications()
    await chat.until(lambda: not chat.app.screen.query(Toast))
    chat.app.notify(text, markup=False, timeout=60)
    await chat.until(lambda: chat.app.screen.query(Toast))


@pytest.mark.parametrize("size", [(80, 24), (100, 40), (121, 40), (200, 50)])
async def test_every_character_of_a_note_is_painted(size):
    use_language("zh")
    async with chatting(size=size, notes=True) as chat:
        await chat.ask("年假有几天？")
        for cells in range(4):
            # Each place of a character comes to lie on the border beneath.
            for note in NOTES:
                await shown(chat, note + "x" * cells)
                assert list(toasts(chat)) == [squeezed(note + "x" * cells)]


async def test_what_lies_beneath_a_note_is_painted_beside_it():
    async with chatting(size=(120, 40), notes=True) as chat:
        await chat.ask("年假有几天？")
        before = chat.app.screen._compositor.render_strips()
        await shown(chat, "甲乙丙，丁")
        after = chat.app.screen._compositor.render_strips()
        note = chat.app.screen.query_one(Toast).region
        # A note of one line lies over the header, a longer one over the pane below it.
        assert note.y == 0 or note.overlaps(chat.pane.region)
        assert [strip.cell_length for strip in after] == [120] * 40
        for y in range(40):
            left = note.x - 1 if y in note.line_range else 120
            assert after[y].crop(0, left).text == before[y].crop(0, left).text
            right = note.right + 1 if y in note.line_range else 0
            assert after[y].crop(right).text == before[y].crop(right).text


async def test_a_pane_that_changes_beneath_a_note_leaves_it_whole():
    async with chatting(size=(120, 40), notes=True) as chat:
        await chat.ask("年假有几天？")
        await shown(chat, "甲乙丙丁戊己庚辛" * 4)
        note = chat.app.screen.query_one(Toast).region
        compositor = chat.app.screen._compositor
        compositor._dirty_regions.add(Region(0, note.y, chat.conversation.region.right, 1))
        update = compositor.render_partial_update()
        assert (note.y, note.x, note.right) in [
            (y, max(x1, note.x), min(x2, note.right)) for y, x1, x2 in update.spans
        ]
