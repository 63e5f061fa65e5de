"""Marks in answers: taken out, held back in a stream, and given where the evidence is."""

import pytest

from docqa.answer.checking.attribution import MarkedAnswer
from docqa.answer.checking.marks import disarm, held_back, numbers, without_marks
from docqa.types import Author, Citation, Passage, Verdict

PASSAGES = (
    Passage(1, 1, "甲.txt", 0, 0, 10, "总则在此。年休假为八天，病假十天。"),
    Passage(2, 2, "乙.txt", 0, 100, 120, "餐费补贴为每天一百元。住宿凭发票报销。"),
)


def streamed(text: str, size: int, question: str = "年休假几天？") -> tuple[MarkedAnswer, str]:
    """An answer fed in pieces of so many characters, and what was shown meanwhile."""
    answer = MarkedAnswer(PASSAGES, question)
    parts = [part for at in range(0, len(text), size) for part in answer.feed(text[at : at + size])]
    parts += answer.finish()
    return answer, "".join(part for part in parts if isinstance(part, str))


def test_marks_are_read_in_every_form():
    assert numbers("甲[1]乙【3】丙[2，7]丁［4］") == (1, 3, 2, 7, 4)
    assert without_marks("in 1994 [1], and [2].") == "in 1994, and."


def test_marks_of_documents_become_harmless():
    assert disarm("见[1]和【2, 3】") == "见［1］和［2, 3］"


@pytest.mark.parametrize(("text", "sure"), [("年[", 1), ("年[1", 1), ("年[1]", 4), ("年", 1)])
def test_what_may_become_a_mark_is_held_back(text, sure):
    assert held_back(text) == sure


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_each_sentence_gets_its_mark_while_it_streams(size):
    answer, shown = streamed("年休假为八天。餐费补贴为每天一百元。\n\n完。", size)
    assert shown == answer.text
    assert answer.text.startswith("年休假为八天。[1]餐费补贴为每天一百元。[2]")
    assert [sentence.cites for sentence in answer.sentences[:2]] == [(1,), (2,)]
    for sentence in answer.sentences:
        assert answer.text[sentence.start : sentence.end].strip()


@pytest.mark.parametrize("size", [1, 4, 100])
def test_a_wrong_mark_is_moved_and_a_right_one_stays_the_models(size):
    answer, _ = streamed("年休假为八天[2]。餐费补贴为每天一百元。[2]", size)
    assert answer.text == "年休假为八天。[1]餐费补贴为每天一百元。[2]"
    assert [citation.by for citation in answer.citations] == [Author.DOCQA, Author.MODEL]


def test_a_mark_comes_before_the_next_sentence_is_finished():
    answer = MarkedAnswer(PASSAGES, "年休假几天？")
    parts = list(answer.feed("年休假为八天。餐费"))
    assert any(isinstance(part, Citation) for part in parts)
    assert parts[-2:] == ["[1]", "餐费"]


def test_what_no_passage_says_gets_no_mark():
    answer, _ = streamed("年休假为八天[1]。食堂周五供应龙虾和红酒[2]。", 5)
    assert answer.text == "年休假为八天。[1]食堂周五供应龙虾和红酒。"
    assert answer.sentences[1].verdict is Verdict.UNSUPPORTED
    assert not answer.sentences[1].supported


def test_openings_headings_and_refusals_claim_nothing():
    answer, _ = streamed("根据资料：\n# 年假\n年休假为八天。\n资料中没有提到婚假。", 6)
    verdicts = [sentence.verdict for sentence in answer.sentences]
    assert verdicts == [None, None, Verdict.SUPPORTED, None]


def test_a_tables_row_stays_a_row():
    answer, _ = streamed("| 年休假 | 八天 |\n", 3)
    assert answer.text.endswith("八天 |")


def test_a_citation_quotes_the_passage_word_for_word():
    answer, _ = streamed("餐费补贴是每天100元。", 100, "餐补多少？")
    (citation,) = answer.citations
    assert citation.quote == "餐费补贴为每天一百元。"
    assert PASSAGES[1].text[citation.start - 100 : citation.end - 100] == citation.quote


def test_without_passages_marks_are_only_taken_out():
    answer = MarkedAnswer((), "")
    assert "".join(map(str, answer.feed("甲[1]乙。丙[2]"))) == "甲乙。丙"
    assert not list(answer.finish()) and not answer.sentences
