"""Escape sequences of terminals leave nothing in what is read."""

import pytest

from ingest.escapes import without_escapes
from tests.support.reading import read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲\x1b]52;c;aGk=\x07乙", "甲乙"),
        ("甲\x1b]8;;file:///etc/passwd\x1b\\链接\x1b]8;;\x1b\\乙", "甲链接乙"),
        ("甲\x1b[31m红\x1b[0m", "甲红"),
        ("甲\x1bPq#0\x1b\\乙", "甲乙"),
        ("甲\x1b]未完的一行\n下一行", "甲未完的一行\n下一行"),
    ],
)
def test_sequences_go_whole(text, expected):
    assert without_escapes(text) == expected


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.md"])
def test_no_remnant_is_read_of_any_text(name):
    text = "第一条 租金每月三千元。\x1b]52;c;aGk=\x07\x1b[31m第二条 押金两个月。\x1b[0m" * 3
    assert read(name, text.encode()).text.replace("\n", "") == (
        "第一条 租金每月三千元。第二条 押金两个月。" * 3
    )
