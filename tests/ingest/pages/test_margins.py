"""Running heads, feet and the numbers of pages and lines stay out; text stays."""

from ingest.pages.line_numbers import without_line_numbers
from ingest.pages.margins import printed_numbers, without_margins
from tests.support.fragments import SENTENCE, column, piece

HEIGHT = 842.0


def bodies(pages) -> list[list[str]]:
    return [[f.text for f in page] for page in without_margins(pages, [HEIGHT] * len(pages))]


def test_a_head_that_every_page_repeats_goes_with_the_page_number():
    pages = [
        [piece("员工手册", 60, 800), *column(SENTENCE, 60, 700), piece(f"{n}", 300, 30)]
        for n in range(5)
    ]
    assert bodies(pages) == [[f.text for f in column(SENTENCE, 60, 700)]] * 5


def test_a_head_that_names_each_section_goes_by_its_place():
    pages = [
        [piece(f"附录{word} 其他事项", 60, 800), *column(SENTENCE, 60, 740)]
        for word in "甲乙丙丁戊己"
    ]
    assert bodies(pages) == [[f.text for f in column(SENTENCE, 60, 740)]] * 6


def test_text_that_begins_at_the_top_of_each_page_stays():
    pages = [column("".join(map(chr, range(0x4E00 + n, 0x4E50 + n))), 60, 800) for n in range(6)]
    assert bodies(pages) == [[f.text for f in page] for page in pages]


def test_a_title_on_the_first_page_alone_stays():
    pages = [[piece("年度报告", 60, 800), *column(SENTENCE, 60, 740)]]
    pages += [column(SENTENCE * 3, 60, 740) for _ in range(5)]
    assert bodies(pages)[0][0] == "年度报告"


def test_numbers_that_count_lines_go():
    lines = [piece(SENTENCE[:20], 60, 700 - 14 * n) for n in range(30)]
    numbers = [piece(str(n), 40, 700 - 14 * (n - 1), width=10) for n in range(5, 31, 5)]
    assert without_line_numbers([*lines, *numbers]) == lines


def test_numbers_of_the_rows_of_a_table_stay():
    rows = [
        [
            piece(str(n), 40, 700 - 14 * n, width=10),
            piece("茶壶", 80, 700 - 14 * n),
            piece("宜兴", 200, 700 - 14 * n),
        ]
        for n in range(1, 9)
    ]
    flat = [cell for row in rows for cell in row]
    assert without_line_numbers(flat) == flat


def test_years_below_one_another_stay():
    lines = [
        piece(f"{year}", 60, 700 - 14 * n) for n, year in enumerate((2001, 2004, 2009, 2020, 2026))
    ]
    text = [piece(SENTENCE[:20], 100, 700 - 14 * n) for n in range(5)]
    assert len(without_line_numbers([*lines, *text])) == 10


def test_a_number_that_is_missing_or_set_to_the_left_hinders_nothing():
    lines = [piece(SENTENCE[:20], 60, 700 - 14 * n) for n in range(30)]
    shown = [n for n in range(5, 31, 5) if n != 15]
    numbers = [piece(str(n), 40, 700 - 14 * (n - 1), 6) for n in shown]
    assert without_line_numbers([*lines, *numbers]) == lines


def test_small_numbers_in_the_margin_go_though_they_stand_on_no_line():
    lines = [piece(SENTENCE[:20], 60, 697 - 15 * n) for n in range(20)]
    ruler = [piece(str(n + 1), 40, 700 - 12 * n, 6) for n in range(26)]
    assert without_line_numbers([*lines, *ruler]) == lines


def numbered(*words: str):
    pages = [[*column(SENTENCE, 60, 700), piece(word, 300, 30)] for word in words]
    return printed_numbers(pages, [HEIGHT] * len(pages))


def test_printed_numbers_that_rise_with_the_pages_are_their_labels():
    assert numbered("- 108 -", "第 109 页", "110", "111/240") == {
        0: "108",
        1: "109",
        2: "110",
        3: "111",
    }


def test_numbers_that_are_those_of_the_file_need_no_label():
    assert numbered("1", "2", "3", "4") == {}


def test_what_does_not_rise_with_the_pages_is_no_page_number():
    assert numbered("2024", "17", "350", "12") == {}
