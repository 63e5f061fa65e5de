"""Rows of a table are told from justified lines and from headings."""

import pytest

from ingest.pages.layout import TextColumn
from ingest.pages.lines import Line
from ingest.pages.rows import cells_of, rows_at
from tests.support.fragments import piece


def column(*lines: list) -> TextColumn:
    """Each line as its pieces (text, left) from top to bottom."""
    made = [
        Line([piece(text, left, 700 - 14 * n, *more) for text, left, *more in line])
        for n, line in enumerate(lines)
    ]
    return TextColumn(made, 60, 360)


TABLE = (
    [("品名", 60), ("产地", 160), ("单价", 260)],
    [("紫砂茶壶", 60), ("宜兴", 160), ("72.00", 260)],
    [("青瓷花瓶", 60), ("99.50", 260)],
    [("樟木书箱", 60), ("佛山", 160), ("8.00", 265)],
)


def test_cells_stand_below_their_header_also_where_one_is_missing():
    rows = rows_at(column(*TABLE), 0, 10)
    assert cells_of(rows)[2] == ["青瓷花瓶", "", "99.50"]
    assert cells_of(rows)[3] == ["樟木书箱", "佛山", "8.00"]


def test_a_cell_of_two_lines_is_one_cell():
    rows = rows_at(column(*TABLE[:2], [("市郊", 160)], TABLE[3]), 0, 10)
    assert cells_of(rows)[1] == ["紫砂茶壶", "宜兴市郊", "72.00"]


@pytest.mark.parametrize("gap", [11, 14, 20])
def test_justified_lines_are_no_rows(gap):
    words = ("packaging", "appeared", "undamaged"), ("moisture", "although", "theyare")
    lines = []
    for n in range(4):
        left, line = 60.0, []
        for word in words[n % 2]:
            line.append((word, left, 10, (300 - 2 * gap) / 3))
            left += (300 - 2 * gap) / 3 + gap
        lines.append(line)
    assert rows_at(column(*lines), 0, 10) == []


def test_headings_whose_numbers_stand_apart_are_no_rows():
    headings = [("2.7", 60), ("软件包管理技巧", 100)], [("2.7.1", 60), ("安装", 110)]
    assert rows_at(column(*headings), 0, 10) == []


def test_a_larger_heading_ends_a_table():
    heading = [("2.8", 60, 14), ("下一节", 100, 14)]
    assert len(rows_at(column(*TABLE, heading), 0, 10)) == 4


def test_what_stands_far_below_is_no_row():
    far = column(*TABLE)
    far.lines[3].cells = [piece("入口", 60, 500), piece("北库", 160, 500)]
    assert len(rows_at(far, 0, 10)) == 3
