"""Three outcomes from the figures of a search and of what would be shown first."""

from msgspec.structs import replace

from docqa.answer.judge import First, judge, measure_first
from docqa.settings import AnswerSettings, SearchSettings, Settings
from docqa.types import AnswerStatus, Found, Passage, SearchResult, Why

PASSAGE = Passage(1, 1, "合同.txt", 0, 0, 10, "租金每月六百元。")
FOUND = (Found(1, 1.0, PASSAGE, Why()),)
NEAR = {"whole": 0.9, "close": 0.9, "characters": 1.0, "lead": 0.5}
RESULT = SearchResult("租金多少？", FOUND, relevance=0.9, figures=NEAR)


def test_what_holds_the_words_and_the_kind_of_thing_is_answered():
    judged = judge("租金多少？", RESULT, Settings(), First("租金每月六百元。", 0.9, 20))
    assert judged.status is AnswerStatus.ANSWERED and judged.confidence > 0.7


def test_what_holds_little_of_the_question_is_perhaps():
    far = replace(RESULT, figures={"whole": 0.2, "close": 0.2, "characters": 0.4, "lead": 0.0})
    judged = judge("租金多少？", far, Settings(), First("甲方盖章。", 0.3))
    assert judged.status is AnswerStatus.PERHAPS and judged.is_found


def test_another_subject_and_nothing_found_are_not_in_the_documents():
    assert not judge("租金多少？", replace(RESULT, relevance=0.1), Settings()).is_found
    nothing = SearchResult("租金多少？", (), relevance=0.0)
    assert judge("租金多少？", nothing, Settings()).confidence == 0


def test_the_bounds_can_be_set():
    strict = Settings(answer=AnswerSettings(certain=1.0))
    assert judge("租金多少？", RESULT, strict).status is AnswerStatus.PERHAPS
    closed = Settings(search=SearchSettings(relevance=1.0))
    assert judge("租金多少？", RESULT, closed).status is AnswerStatus.NOT_FOUND


def test_a_span_that_shows_what_was_asked_for_is_surer():
    with_number = measure_first("租金多少元？", First("租金每月六百元。", 0.9, 20))
    without = measure_first("租金多少元？", First("租金按时支付。", 0.9, 20))
    assert with_number["kind"] > without["kind"]
    assert with_number["odds"] > measure_first("租金多少元？", First("租金", 0.2, 20))["odds"]


def test_a_lone_span_is_not_sure_for_want_of_others():
    question = "租金多少元？"
    lone = measure_first(question, First("租金每月六百元。", 1.0, 1))["odds"]
    assert 0 < lone < measure_first(question, First("租金每月六百元。", 0.9, 20))["odds"]
