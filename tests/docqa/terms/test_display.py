"""How the terms of a question are shown to people."""

import pytest

from docqa.terms import Question
from docqa.terms.display import whole_words


@pytest.mark.parametrize(
    ("terms", "question", "words"),
    [
        (("塑料", "料托", "托盘", "承重"), "塑料托盘能承重吗", ["塑料托盘", "承重"]),
        (("塑", "塑料", "料", "料托", "托", "托盘", "盘"), "塑料托盘", ["塑料托盘"]),
        (("员工", "工资"), "员工的工资", ["员工", "工资"]),
        (("days", "sun", "leave", "leav", "studi", "study"), "", ["days", "sun", "leave", "study"]),
        ((), "", []),
    ],
)
def test_pieces_of_a_stretch_are_joined_and_stems_left_out(terms, question, words):
    assert whole_words(terms, question) == words


def test_the_terms_of_a_question_read_as_the_question_does():
    question = "塑膠托盤能承重多少？"
    assert whole_words(Question.read(question).terms, question) == ["塑胶托盘能承重"]
