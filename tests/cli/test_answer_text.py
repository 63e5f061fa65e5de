"""How a quote is shown among its neighbours."""

from docqa.cli.answers.text import _in_context
from docqa.types import Citation, Passage


def _shown(text, quote):
    passage = Passage(1, 1, "合同.txt", 0, 0, len(text), text)
    at = text.index(quote)
    return _in_context(Citation(1, 1, "合同.txt", None, (), at, at + len(quote), quote), passage)


def test_a_heading_does_not_run_into_the_quote():
    text = "第五条 质量保证\n质保期为两年。易损件不在此列。"
    assert _shown(text, "质保期为两年。") == "第五条 质量保证 “质保期为两年。”易损件不在此列。"


def test_a_row_is_shown_under_the_head_of_its_table():
    text = "花名册\n姓名 | 分机\n样甲 | 6001\n样乙 | 6102\n样丙 | 6203"
    assert _shown(text, "样丙 | 6203") == "姓名 | 分机 … “样丙 | 6203”"
