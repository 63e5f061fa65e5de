"""Answers in a fixed form: what may be asked for, and how a model's JSON is read."""

import pytest
from langchain_core.messages import AIMessage

from docqa.answer.writing.faults import find_fault
from docqa.answer.writing.forms import Form
from docqa.errors import UsageError
from docqa.types import AskRequest, Verdict

REFUSED = "文档中没有找到这个问题的答案。"


def read(form: str, content: str, language: str = "zh") -> str:
    return Form.of(form, language).read(AIMessage(content)).text


@pytest.mark.parametrize(
    ("form", "content", "words"),
    [
        ("yes-no", '{"answer": "是"}', "是"),
        ("yes-no", '{"answer": "资料没有说明"}', REFUSED),
        ("按月|按季", '{"answer": "按季"}', "按季"),
        ("number", '{"answer": 12.5}', "12.5"),
        ("number", '{"answer": 800}', "800"),
        ("number", '{"answer": null}', REFUSED),
        ("number", '{"answer": 8', REFUSED),
    ],
)
def test_the_models_json_becomes_words(form, content, words):
    assert read(form, content) == words


def test_the_choices_are_in_the_questions_language():
    assert Form.of("yes-no", "en").schema["properties"]["answer"]["enum"][:2] == ["yes", "no"]
    assert "资料没有说明" in Form.of("yes-no", "zh").request
    assert Form.of("", "zh") is None


@pytest.mark.parametrize("form", ["maybe", "甲|", "甲|甲", "|".join(map(str, range(30)))])
def test_a_form_that_is_none_is_a_clear_error(form):
    with pytest.raises(UsageError):
        Form.of(form, "zh")


def test_an_engine_without_a_grammar_says_so(echo):
    with pytest.raises(UsageError):
        list(echo.ask(AskRequest("T3-800 的容量是多少？", form="number")))


def test_a_yes_alone_is_an_answer_with_the_place_that_speaks_of_it(library):
    from docqa.answer.checking.check import Checker

    passages = library.passages_of(1)
    checked = Checker(passages, "出差住宿费凭发票报销吗？").check("是。")
    assert checked.verdict is Verdict.SUPPORTED
    assert "凭发票报销" in checked.citations[0].quote
    assert find_fault("是。", "出差住宿费凭发票报销吗？", "zh", "stop") is None
