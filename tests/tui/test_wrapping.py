"""Wrapping of Chinese: between characters, punctuation where it belongs, English by words."""

import pytest
from textual.content import Content

from docqa.tui.text import wrap_between_characters


@pytest.fixture(autouse=True)
def wrapping(monkeypatch):
    """The rule of the chat, for one test."""
    monkeypatch.setattr("rich._wrap.re_word", None)
    wrap_between_characters()


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("第10条 员工连续工作满十年的。", 14, ["第10条 员工连", "续工作满十年", "的。"]),
        ("他说“好”，然后（再）走。", 8, ["他说", "“好”，然", "后（再）", "走。"]),
        ("请先按 Ctrl+S再按", 12, ["请先按", "Ctrl+S再按"]),
        ("two words here", 10, ["two words", "here"]),
        ("年休假十天。[12]好", 12, ["年休假十", "天。[12]好"]),
        ("。。", 2, ["。", "。"]),
        ("😀😀 don’t stop", 6, ["😀😀", "don’t", "stop"]),
    ],
)
def test_lines_break_where_readers_expect_it(text, width, lines):
    wrapped = Content(text).wrap(width)
    assert [line.plain.rstrip() for line in wrapped] == lines
