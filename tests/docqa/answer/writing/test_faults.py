"""What is noticed of an answer as a whole: refusals in any wording, silence, loops, language."""

import pytest

from docqa.answer.checking.refusals import is_refusal
from docqa.answer.writing.faults import Fault, find_fault


@pytest.mark.parametrize(
    "sentence",
    [
        "文档中没有找到这个问题的答案。",
        "资料中没有答案",
        "根据提供的资料，无法确定他的出生地。",
        "抱歉，我无法回答这个问题。",
        "资料未提及该公司的注册资本。",
        "上述内容并没有说明具体的时间。",
        "不知道。",
        "没有相关信息。",
        "資料中沒有提到這個問題。",
        "The passages do not contain the answer to this question.",
        "I cannot answer this question from the passages.",
        "There is no information about the price in the text.",
        "The date is not mentioned in the document.",
        "Unknown.",
    ],
)
def test_a_refusal_is_recognised_in_any_wording(sentence):
    assert is_refusal(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "年休假为八天。",
        "滤网不在保修范围内。",
        "试用期内不得申请远程办公。",
        "该法没有溯及力。",
        "未提交发票的费用不予报销，逾期三十日仍未提交的，视为放弃报销，由部门负责人书面通知本人并记入档案，同时抄送财务部和人力资源部备查。",
        "The filter is not covered by the warranty.",
        "He never returned to the city.",
    ],
)
def test_what_a_document_denies_is_no_refusal(sentence):
    assert not is_refusal(sentence)


@pytest.mark.parametrize(
    ("text", "reason", "fault"),
    [
        ("年休假为八天。[1]", "stop", None),
        ("资料中没有答案。", "stop", Fault.REFUSED),
        ("根据资料：\n无法确定。", "stop", Fault.REFUSED),
        ("年休假为八天。资料中没有提到病假。", "stop", Fault.PARTLY),
        ("", "stop", Fault.EMPTY),
        ("[1]", "stop", Fault.EMPTY),
        ("[1][2]。", "stop", Fault.EMPTY),
        ("八天。八天。八天。八天。", "stop", Fault.LOOP),
        ("年休假为八天，", "loop", Fault.LOOP),
        ("The annual leave is eight days for all staff.", "stop", Fault.LANGUAGE),
        ("年休假为八天，其中法定节假日不计", "length", Fault.CUT),
        ("年休假为八天。", "length", None),
        ("T3-800", "stop", None),
    ],
)
def test_faults_of_a_whole_answer(text, reason, fault):
    assert find_fault(text, "年休假几天？", "zh", reason) is fault


def test_a_chinese_answer_to_an_english_question_is_noticed():
    said = "年休假为八天，病假为十天。"
    assert find_fault(said, "How many days?", "en", "stop") is Fault.LANGUAGE
