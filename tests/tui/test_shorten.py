"""Long names: cut in the middle, to cells rather than characters."""

import pytest
from rich.cells import cell_len

from docqa.tui.text import shorten


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
