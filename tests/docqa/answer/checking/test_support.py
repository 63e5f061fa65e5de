"""The check of statements against passages."""

import pytest

from docqa.answer.checking.check import check
from docqa.answer.checking.support import Evidence, supported
from docqa.types import Passage

PASSAGE = (
    "范廷颂是越南的一位枢机主教，1919年6月15日出生于宁平省。1963年，他被任命为北宁教区主教。"
    "1994年3月23日，他成为河内总教区总主教，并于同年11月26日获擢升为枢机。2009年2月22日在河内病逝，享年90岁。"
)
EVIDENCE = Evidence.of([PASSAGE])


@pytest.mark.parametrize(
    "statement",
    [
        "1963年，他被任命为北宁教区主教。",
        "范廷颂于1963年被任命为北宁教区主教。",
        "他在一九九四年成为河内总教区总主教。",
        "范廷颂出生于宁平省，在河内病逝。",
    ],
)
def test_what_the_passage_says_is_supported(statement):
    assert supported(statement, EVIDENCE)


@pytest.mark.parametrize(
    "statement",
    [
        "范廷颂于1965年被任命为北宁教区主教。",
        "阮文顺于1963年被任命为北宁教区主教。",
        "范廷颂没有被任命为北宁教区主教。",
        "1994年3月25日，他成为河内总教区总主教。",
        "他享年80岁。",
        "He became a bishop of Saigon.",
    ],
)
def test_a_swapped_fact_is_not(statement):
    assert not supported(statement, EVIDENCE)


DUES = Evidence.of(
    ["甲方应付30万元，乙方应付50万元。2019年营收3亿元，2020年4亿元。一等奖500元，二等奖300元。"]
)


@pytest.mark.parametrize(
    "statement",
    [
        "甲方应付30万元。",
        "乙方应付50万元。",
        "2020年营收为4亿元。",
        "营收在2019年是3亿元，2020年是4亿元。",
        "二等奖为300元。",
    ],
)
def test_a_value_may_be_told_in_other_words(statement):
    assert supported(statement, DUES)


@pytest.mark.parametrize(
    "statement",
    ["甲方应付50万元。", "2019年营收为4亿元。", "一等奖为300元。", "甲方应付50万元，很多。"],
)
def test_a_value_of_something_else_is_noticed(statement):
    assert not supported(statement, DUES)


def test_each_sentence_is_judged_by_what_it_cites():
    passages = [
        Passage(1, 1, "甲.txt", 0, 0, 10, "年休假为八天，病假十天。"),
        Passage(2, 2, "乙.txt", 0, 0, 10, "餐费补贴为每天一百元。"),
    ]
    text = "年休假为八天[1]。餐费补贴为每天一百元[1]。餐费补贴为每天一百元。"
    checked = check(text, passages, "年休假和餐补")
    assert [sentence.supported for sentence in checked.sentences] == [True, False, True]
    assert [citation.supported for citation in checked.citations] == [False]


def test_a_citation_quotes_the_passage_word_for_word():
    passage = Passage(1, 1, "甲.txt", 0, 100, 200, "总则在此。年休假为八天，可以顺延。附则。")
    (citation,) = check("年休假是八天[1]。", [passage], "年假几天").citations
    assert citation.quote == "年休假为八天，可以顺延。"
    assert passage.text[citation.start - 100 : citation.end - 100] == citation.quote
