"""The check of answers that are no more than a yes or a no."""

import pytest

from docqa.answer.checking.bare_replies import state
from docqa.answer.checking.check import CheckedSentence, Checker
from docqa.types import Passage, Verdict

RULES = (
    "员工食堂提供早餐和午餐，不提供晚餐。试用期为三个月。车内禁止吸烟。会议室须提前一天预约。"
    "保修期内免费维修，人为损坏除外。图书馆周一闭馆。报名者无需缴纳押金。"
    "怀孕的，请事先告知医生，不做胸片和骨密度。定金提前两天取消可退，当天取消不退。"
)


def check(answer: str, question: str) -> CheckedSentence:
    passage = Passage(1, 1, "规定.txt", 0, 0, len(RULES), RULES)
    return Checker([passage], question).check(answer)


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("员工食堂提供早餐吗？", "是", "否"),
        ("员工食堂是否提供晚餐？", "否。", "是的。"),
        ("试用期是三个月吗？", "是", "不是"),
        ("试用期是六个月吗？", "不是", "是"),
        ("车内可以吸烟吗？", "不可以", "可以[1]"),
        ("报名者需不需要缴纳押金？", "不需要", "需要"),
        ("怀孕了能做胸片吗？", "不能。", "能。"),
        ("怀孕了能做胸片吗？", "不做。", "能做胸片。"),
        ("员工食堂提供晚餐吗？", "不提供晚餐", "提供晚餐"),
    ],
)
def test_a_bare_answer_is_compared_with_what_was_asked(question, right, wrong):
    assert check(right, question).verdict is Verdict.SUPPORTED
    found = check(wrong, question)
    assert found.verdict is Verdict.CONTRADICTED
    assert found.why in RULES


@pytest.mark.parametrize(
    ("question", "answer", "verdict"),
    [
        ("取消后定金能退吗？", "能退，但需提前两天取消。", Verdict.SUPPORTED),
        ("取消后定金能退吗？", "能退，但需提前五天取消。", Verdict.UNSUPPORTED),
        ("怀孕了能做胸片吗？", "能，怀孕的要事先告知医生。", Verdict.CONTRADICTED),
        ("怀孕了能做胸片吗？", "不能，怀孕的不做胸片和骨密度。", Verdict.SUPPORTED),
    ],
)
def test_a_reply_is_judged_with_what_it_rests_on(question, answer, verdict):
    assert check(answer, question).verdict is verdict


def test_a_statement_is_denied_by_the_clause_that_ends_its_sentence():
    assert check("怀孕的可以做胸片。", "").verdict is Verdict.CONTRADICTED
    assert check("怀孕的不做胸片。", "").verdict is Verdict.SUPPORTED


@pytest.mark.parametrize(
    "question",
    ["图书馆周一开放吗？", "人为损坏免费维修吗？", "公司提供班车吗？", "食堂有几种早餐？"],
)
def test_it_is_left_alone_where_the_passages_do_not_decide(question):
    assert check("是", question).verdict is check("否", question).verdict is None


@pytest.mark.parametrize(
    ("question", "statement"),
    [
        ("它支不支持快充？", "它支持快充"),
        ("能否转租？", "能转租"),
        ("公司是不是免费提供午餐？", "公司是免费提供午餐"),
        ("难道没有押金吗？", None),
        ("谁可以吸烟？", None),
    ],
)
def test_a_question_becomes_the_statement_it_asks_for(question, statement):
    assert state(question) == statement
