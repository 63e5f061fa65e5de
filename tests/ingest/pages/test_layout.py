"""Columns are found by what stands where, whatever else is on the page."""

from itertools import chain

from ingest.pages.fragments import TextRun
from ingest.pages.layout import TextColumn, columns, common_gutters, find_inner_edges, right_edge
from ingest.pages.lines import Line
from tests.support.fragments import SENTENCE, column, piece

LEFT, RIGHT = SENTENCE * 4, SENTENCE[::-1] * 4


def texts(found: list[TextColumn]) -> list[str]:
    return ["".join(line.text for line in one.lines) for one in found]


def both(top: float = 700):
    return column(LEFT, 60, top) + column(RIGHT, 300, top - 3)


def test_a_page_without_anything_has_no_columns():
    assert columns([]) == []


def test_two_columns_are_read_one_after_the_other_in_whatever_order_they_are_drawn():
    drawn = list(chain.from_iterable(zip(*[iter(both())] * 2, strict=True)))
    assert texts(columns(drawn)) == [LEFT, RIGHT]


def test_a_stamp_that_runs_up_the_margin_joins_nothing():
    stamp = piece("docXiv:2103.15348v2", 20, 300, 16, 16, TextRun.UP)
    *flow, aside = columns([stamp, *both()])
    assert texts(flow) == [LEFT, RIGHT]
    assert aside.aside
    assert aside.lines[0].text == stamp.text


def test_a_narrow_sidebar_of_small_type_is_read_last():
    side = column(SENTENCE * 2, 530, 690, each=6, size=6, step=8)
    *flow, aside = columns([*both(), *side])
    assert texts(flow) == [LEFT, RIGHT]
    assert aside.aside
    assert texts([aside]) == [SENTENCE * 2]


def test_a_table_across_both_columns_parts_them_and_stays_whole():
    above, below = both(700), both(400)
    rows = [
        [
            piece(cell, 60 + 130 * n, 480 - 14 * row)
            for n, cell in enumerate(("茶壶", "宜兴", "12", "3.5"))
        ]
        for row in range(3)
    ]
    found = columns([*above, *chain(*rows), *below])
    assert texts(found) == [LEFT, RIGHT, "茶壶 宜兴 12 3.5" * 3, LEFT, RIGHT]


def test_cells_of_a_table_make_no_columns():
    rows = [
        [piece(f"品名{n}", 60, 700 - 14 * n), piece(f"{n}.50", 300, 700 - 14 * n)] for n in range(9)
    ]
    assert len(columns(list(chain(*rows)))) == 1


def test_a_long_address_does_not_move_the_edge_of_a_column():
    lines = [Line([piece(SENTENCE, 60, 700 - 14 * n, width=400)]) for n in range(4)]
    lines += [Line([piece("短句。", 60, 600 - 14 * n)]) for n in range(30)]
    lines.append(Line([piece("https://example.org/" + "a" * 80, 60, 100)]))
    assert round(right_edge(lines)) in (460, 461)


def test_lines_of_a_box_end_where_the_box_ends():
    found = columns([
        *(piece(SENTENCE, 60, 700 - 14 * n, width=400) for n in range(6)),
        *(piece(SENTENCE, 100, 580 - 14 * n, width=300) for n in range(3)),
    ])  # fmt: skip
    find_inner_edges(found)
    assert round(found[0].edges[100]) in (400, 401)
    assert round(found[0].right) in (460, 461)


def test_three_columns_whose_lines_stand_at_other_heights_are_read_one_after_the_other():
    found = columns([
        *column(LEFT, 40, 700, each=14),
        *column(RIGHT, 210, 695, each=14),
        *column(LEFT, 380, 691, each=14),
    ])  # fmt: skip
    assert texts(found) == [LEFT, RIGHT, LEFT]


def test_a_last_page_with_few_lines_is_parted_where_the_others_are():
    few = column(LEFT[:40], 60, 700) + column(RIGHT[:40], 300, 697)
    known = common_gutters([columns(both()), columns(few)])
    assert known == [299.0]
    assert texts(columns(few, known)) == [LEFT[:40], RIGHT[:40]]


def test_a_gutter_of_other_pages_parts_no_line_that_crosses_it():
    wide = [piece(SENTENCE, 60, 700 - 14 * n) for n in range(5)]
    assert len(columns(wide, [299.0])) == 1


def test_short_lines_in_both_columns_at_once_are_no_table():
    headed = [*both(), piece("二、方法", 60, 560), piece("三、结果", 300, 557)]
    headed += column(LEFT, 60, 540) + column(RIGHT, 300, 537)
    found = texts(columns(headed))
    assert found == [f"{LEFT}二、方法{LEFT}", f"{RIGHT}三、结果{RIGHT}"]
