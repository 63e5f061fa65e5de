"""A model's value for a cell: found again in the text, or marked."""

import json

import pytest

from docqa.answer.tables.columns import Column, ValueKind
from docqa.answer.tables.written import schema, task, written_cell
from docqa.types import AnswerStatus, Passage

TEXT = "甲方：星河公司。合同总价为三十七万元。付款方式：电汇、支票。乙方可以转包。"
PASSAGE = Passage(1, 1, "合同.txt", 0, 0, len(TEXT), TEXT)
PRICE = Column("总价", "合同总价是多少", ValueKind.MONEY, "元")
PARTY = Column("甲方", "甲方")
PAYMENT = Column("付款", "付款方式", ValueKind.LIST)
SUBLET = Column("转包", "可以转包吗", ValueKind.YES_NO)
GRADE = Column("等级", "等级", ValueKind.CHOICE, choices=("高", "低"))


def cell(column, value):
    reply = json.dumps({"value": value}, ensure_ascii=False)
    return written_cell(column, reply, [PASSAGE], "zh")


def test_a_value_is_cited_where_the_text_gives_it_in_another_form():
    found = cell(PRICE, "370000元")
    assert (found.status, found.normal) == (AnswerStatus.ANSWERED, "370000 元")
    assert found.citation.quote == "合同总价为三十七万元。"
    assert TEXT[found.citation.start : found.citation.end] == found.citation.quote


def test_a_value_that_stands_nowhere_is_marked_as_unsupported():
    found = cell(PARTY, "银河公司")
    assert (found.status, found.supported) == (AnswerStatus.PERHAPS, False)
    assert found.citation is None


@pytest.mark.parametrize("nothing", [None, "", "  ", [], "未提到"])
def test_nothing_is_not_in_the_document(nothing):
    assert cell(PARTY, nothing).status is AnswerStatus.NOT_FOUND


def test_a_list_is_found_by_its_parts_and_a_yes_by_what_the_sentence_says():
    assert cell(PAYMENT, ["支票", "电汇"]).citation.quote == "付款方式：电汇、支票。"
    assert cell(SUBLET, "是").citation.quote == "乙方可以转包。"
    # 支付 is permitted somewhere; nobody says of 养猫 that it is.
    assert not cell(Column("养猫", "可以养猫吗", ValueKind.YES_NO), "是").supported


def test_of_several_sentences_the_one_that_speaks_of_the_column_is_cited():
    text = "首期支付五万元。保证金为五万元。"
    passage = Passage(1, 1, "合同.txt", 0, 0, len(text), text)
    column = Column("保证金", "保证金是多少", ValueKind.MONEY)
    found = written_cell(column, json.dumps({"value": "五万元"}), [passage], "zh")
    assert found.citation.quote == "保证金为五万元。"


def test_a_reply_that_is_no_json_leaves_the_cell_empty():
    assert written_cell(PRICE, "总价是", [PASSAGE], "zh").status is AnswerStatus.NOT_FOUND


def test_a_model_chooses_among_the_values_of_the_text_or_says_that_there_is_none():
    def values(column, text=TEXT):
        return schema(column, [Passage(1, 1, "a", 0, 0, len(text), text)], "zh")["properties"]

    assert values(PRICE)["value"]["enum"] == ["三十七万元", "未提到"]
    assert values(GRADE)["value"]["enum"] == ["高", "低", "未提到"]
    assert values(SUBLET)["value"]["enum"] == ["是", "否", "未提到"]
    assert values(PAYMENT)["value"]["type"] == "array"
    assert values(PARTY)["value"]["type"] == "string"
    assert schema(PRICE, [Passage(1, 1, "a", 0, 0, 4, "没有说到")], "zh") is None


def test_the_task_shows_the_passages_and_asks_for_the_column():
    asked = task(PRICE, [PASSAGE], "zh")
    assert TEXT in asked and "总价：合同总价是多少（元）" in asked
