"""Lines become paragraphs; what cuts a sentence in two is moved behind it."""

from msgspec.structs import replace

from ingest.pages.layout import columns, find_inner_edges
from ingest.pages.paragraphs import Paragraph, goes_on, in_flow, paragraphs
from tests.support.fragments import SENTENCE, column, piece


def read(fragments) -> list[str]:
    found = columns(fragments)
    find_inner_edges(found)
    return [one.text for part in found for one in paragraphs(part, 1)]


def test_full_lines_go_on_and_short_ones_end_a_paragraph():
    first, second = SENTENCE + "了。", SENTENCE[::-1] + "。"
    fragments = column(first, 60, 700) + column(second, 60, 650)
    assert read(fragments) == [first, second]


def test_lines_of_a_narrow_box_are_one_paragraph():
    text = (SENTENCE * 3)[:100] + "了。"
    wide = column(SENTENCE * 8, 60, 700, each=40)
    assert read([*wide, *column(text, 100, 500, each=25)])[-1] == text


def test_the_term_of_a_list_hangs_out_in_front_of_its_text():
    wide = column(SENTENCE * 6, 60, 700, each=40)
    term = "log_host 使安装程序将日志消息发送到本地文件的同时也发送给指定主机和端口上的远"
    last = piece(term, 60, 500, width=400)
    assert read([*wide, last, piece("端系统中。", 85, 486)])[-1] == f"{term}端系统中。"


def test_a_hyphen_at_the_end_of_a_line_goes():
    lines = ["The inspectors noticed consider\u00ad", "able moisture in the ware\u2010", "house."]
    fragments = [piece(text, 60, 700 - 14 * n, width=300) for n, text in enumerate(lines)]
    assert read(fragments) == ["The inspectors noticed considerable moisture in the warehouse."]


BEGUN = Paragraph("合同自双方签", 10, 4, 1, open_end=True, column=60)
ENDED = Paragraph("字之日起生效。", 10, 4, 1, column=300)
NOTE = Paragraph("1 见附件。", 7, 1, 1, column=60)


def test_a_footnote_between_the_halves_of_a_sentence_is_moved_behind_it():
    assert in_flow([BEGUN, NOTE, ENDED]) == [BEGUN, ENDED, NOTE]


def test_a_table_and_a_sidebar_between_the_halves_are_moved_too():
    table = replace(NOTE, size=10, rows=[["甲", "乙"]])
    side = replace(NOTE, size=10, is_aside=True)
    assert in_flow([BEGUN, table, side, ENDED]) == [BEGUN, ENDED, table, side]


def test_nothing_is_moved_where_no_sentence_is_cut():
    closed = replace(BEGUN, text="合同已经签订。")
    assert in_flow([closed, NOTE, ENDED]) == [closed, NOTE, ENDED]


def test_nothing_is_moved_within_one_column():
    below = replace(ENDED, column=60)
    assert in_flow([BEGUN, NOTE, below]) == [BEGUN, NOTE, below]


def test_an_indented_paragraph_begins_anew():
    assert goes_on(BEGUN, ENDED)
    assert not goes_on(BEGUN, replace(ENDED, indented=True))


def test_the_next_line_of_a_form_begins_anew():
    line = replace(BEGUN, text="委托单位：青山水厂")
    assert not goes_on(line, replace(ENDED, text="样品名称：出厂水"))
    assert goes_on(line, ENDED)


def test_lines_of_a_form_stay_apart():
    form = ["发票号码：2695200000001234567890123456789012345", "开票日期：2026年11月28日"]
    fragments = [piece(text, 60, 700 - 14 * n, width=300 - 100 * n) for n, text in enumerate(form)]
    assert read(fragments) == form
