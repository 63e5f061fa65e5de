"""What a model wrote changes the judgement of the search."""

import pytest

from docqa.answer.checking.attribution import MarkedAnswer
from docqa.answer.judge import Judgement
from docqa.answer.writing.faults import Fault
from docqa.answer.writing.judgement import judge_written
from docqa.types import AnswerStatus, Passage

TEXT = "水泵每运转2000小时更换一次机油。机油存放在阴凉处。"
QUESTION = "水泵多久更换一次机油？"
SURE = Judgement(AnswerStatus.ANSWERED, 0.8)
UNSURE = Judgement(AnswerStatus.PERHAPS, 0.4)


def judged(answer, searched=UNSURE, least=-0.1, fault=None, question=QUESTION, relevance=0.5):
    marked = MarkedAnswer([Passage(1, 1, "水泵.txt", 0, 0, len(TEXT), TEXT)], question)
    for _ in (*marked.feed(answer), *marked.finish()):
        pass
    return judge_written(searched, relevance, marked, fault, least, 0.5)


def test_a_supported_answer_that_fits_is_an_answer_though_the_search_is_not_sure():
    assert judged("水泵每运转2000小时更换一次机油。").status is AnswerStatus.ANSWERED


def test_a_model_that_was_not_sure_is_believed_less():
    answer = "水泵每运转2000小时更换一次机油。"
    assert judged(answer, least=-3.0).confidence < judged(answer, least=-0.1).confidence
    assert judged(answer, least=None).confidence > judged(answer, least=-3.0).confidence


def test_an_echo_is_no_certain_answer():
    assert judged("水泵的机油。", SURE).status is AnswerStatus.PERHAPS


def test_where_the_search_is_sure_its_quotes_may_answer():
    answer = judged("长江全长六千多公里。", SURE, question="长江有多长？")
    assert answer.status is AnswerStatus.PERHAPS


def test_what_is_supported_by_nothing_and_far_from_the_question_is_refused():
    answer = judged("长江全长六千多公里。", UNSURE, question="长江有多长？")
    assert answer.status is AnswerStatus.NOT_FOUND


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.LOOP, Fault.PARTLY])
def test_a_fault_leaves_a_doubt(fault):
    answer = judged("水泵每运转2000小时更换一次机油。", SURE, fault=fault)
    assert answer.status is AnswerStatus.PERHAPS


def test_a_refusal_stands_unless_the_search_is_sure():
    assert judged("资料没有说明。", SURE, fault=Fault.REFUSED).status is AnswerStatus.PERHAPS
    assert judged("资料没有说明。", fault=Fault.REFUSED).status is AnswerStatus.NOT_FOUND


def test_words_that_claim_nothing_change_nothing():
    assert judged("是", SURE) == SURE


def test_an_answer_of_which_most_is_unfounded_is_doubtful_though_one_sentence_stands_there():
    right = "水泵每运转2000小时更换一次机油。"
    answer = judged(f"{right}电机每周清洗三次。滤芯由厂家免费更换。", SURE)
    assert answer.status is AnswerStatus.PERHAPS
    assert judged(right, SURE).status is AnswerStatus.ANSWERED
