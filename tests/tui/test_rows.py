"""Rows of the reader: wide characters, words, punctuation."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from docqa.tui.reader.rows import rows


def cut(text, width):
    return [text[start:end] for start, end in rows(text, width)]


def test_wide_characters_take_two_cells():
    assert cut("甲乙丙丁戊", 4) == ["甲乙", "丙丁", "戊"]


def test_punctuation_never_begins_a_row():
    assert cut("甲乙丙，丁", 6) == ["甲乙", "丙，丁"]


def test_words_are_kept_whole():
    assert cut("hello wide world", 10) == ["hello wide", "world"]


def test_a_word_longer_than_a_row_is_cut():
    assert cut("abcdefghij", 4) == ["abcd", "efgh", "ij"]


def test_empty_lines_stay():
    assert cut("甲\n\n乙", 10) == ["甲", "", "乙"]


@given(st.text(alphabet="ab 甲，。\n🎉é☀\ufe0f\u0301％ｶﾞ한Ａ—"), st.integers(2, 30))
def test_no_row_is_too_wide_and_nothing_but_blanks_and_breaks_is_lost(text, width):
    spans = rows(text, width)
    assert all(cell_len(text[start:end]) <= width for start, end in spans)
    kept = "".join(text[start:end] for start, end in spans)
    assert kept.replace(" ", "") == text.replace(" ", "").replace("\n", "")


def test_a_picture_is_as_wide_as_the_terminal_paints_it():
    text = "☀️☀️☀️"
    assert cut(text, 4) == ["☀️☀️", "☀️"]
