"""Clauses that say the same as a statement but for one word or number."""

import pytest

from docqa.answer.checking.normal_form import plain
from docqa.answer.checking.replaced_words import find_replaced
from docqa.answer.checking.swapped_values import clauses

TEXT = (
    "水库由澄江流域管理局管理。甲、乙两镇各有一所中学，甲镇中学招收走读学生。本机最大吸力为4000帕。"
)


@pytest.mark.parametrize(
    ("statement", "clause"),
    [
        ("水库由清河流域管理局管理。", "澄江"),
        ("本机最大吸力为6000帕。", "4000"),
        ("水库由澄江流域管理局管理。", None),
        ("由管理局管理。", None),
        ("水库由澄江流域管理局负责管理。", None),
        ("本机最大吸力有4000帕。", None),
    ],
)
def test_another_name_or_number_is_found_and_other_words_are_not(statement, clause):
    whole = plain(TEXT)
    found = find_replaced(plain(statement), clauses([whole]), whole, "")
    assert (found is not None) is (clause is not None)
    assert found is None or clause in found.text


def test_what_the_question_says_itself_claims_nothing():
    whole = plain(TEXT)
    said = plain("本机最大吸力为6000帕。")
    assert find_replaced(said, clauses([whole]), whole, "吸力有6000帕吗？") is None
