"""Long names: cut in the middle, to cells rather than characters."""

import pytest
from rich.cells import cell_len

from docqa.tui.text import shorten, tell_apart


@pytest.mark.parametrize(
    ("name", "cells", "shown"),
    [
        ("短.md", 8, "短.md"),
        ("很长很长的文件名.md", 12, "很长很长….md"),
        ("contract-2024-final.docx", 12, "contrac…docx"),
        ("表情😀😀😀😀.txt", 9, "表情…txt"),
    ],
)
def test_the_beginning_and_the_kind_of_a_name_stay(name, cells, shown):
    assert shorten(name, cells) == shown
    assert cell_len(shown) <= cells


@pytest.mark.parametrize(
    ("paths", "shown"),
    [
        (["a/甲.txt", "a/乙.txt"], ["甲.txt", "乙.txt"]),
        (["a/报价.txt", "b/报价.txt", "a/乙.txt"], ["a/报价.txt", "b/报价.txt", "乙.txt"]),
        (["x/a/甲.md", "y/a/甲.md", "y/b/甲.md"], ["x/a/甲.md", "y/a/甲.md", "b/甲.md"]),
        (["甲.md", "a/甲.md"], ["甲.md", "a/甲.md"]),
        (["a/甲.md", "a/甲.md"], ["甲.md"]),
    ],
)
def test_namesakes_are_told_apart_by_their_folders(paths, shown):
    assert list(tell_apart(paths).values()) == shown
