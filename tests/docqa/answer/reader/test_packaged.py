"""docqa's own reader, with its real weights, on sentences that share their words."""

import numpy as np
import pytest
from msgspec.structs import replace

from docqa.answer.quoting.ranking import rate
from docqa.answer.reader.packaged import open_reader
from docqa.answer.reader.rating import LastQuestion, Rater
from docqa.llm.embeddings.backend import find_weights
from docqa.settings import AnswerSettings, Settings
from docqa.types import Found, Passage, SearchResult, Why

pytestmark = pytest.mark.skipif(not find_weights(), reason="needs the extra meaning")

HIRED = "李明于2015年进入公司，2019年升任部门主管，2022年离职。"
PLACE = "公司的总部设在杭州，分公司设在苏州和宁波。"
WHEN = "李明什么时候离开公司的？"


@pytest.fixture(scope="module")
def reader():
    return open_reader()


def found(*texts, embedded=1.0):
    passages = [Passage(n, n, f"{n}.txt", 0, 0, len(text), text) for n, text in enumerate(texts)]
    each = tuple(Found(n, 1 / n, one, Why()) for n, one in enumerate(passages, 1))
    return SearchResult(WHEN, each, 0.9, embedded=embedded)


def test_the_words_that_answer_are_marked_rather_than_others_of_their_kind(reader):
    (reading,) = reader.read(WHEN, [("", HIRED)])
    dates = {date: HIRED.index(date) for date in ("2015年", "2019年", "2022年")}
    shares = {date: reading.share(at, at + 5) for date, at in dates.items()}
    assert max(shares, key=shares.get) == "2022年"


def test_a_text_that_answers_is_told_from_one_that_does_not(reader):
    right, wrong = reader.read(WHEN, [("", HIRED), ("", PLACE)])
    assert right.share(0, len(HIRED)) > 0.5 > wrong.share(0, len(PLACE))


def test_what_a_text_is_about_is_read_but_never_marked(reader):
    (bare,), (led,) = (reader.read(WHEN, [(lead, PLACE)]) for lead in ("", HIRED))
    assert led.share(0, len(PLACE)) < 0.5
    assert (led.starts < 0).sum() > (bare.starts < 0).sum()


def test_a_text_longer_than_the_network_is_read_in_parts(reader):
    long = PLACE * 40 + HIRED + PLACE * 40
    (reading,) = reader.read(WHEN, [("", long)])
    at = long.index(HIRED)
    assert reading.ends[-1] == len(long)
    assert reading.share(at, at + len(HIRED)) > 0.3
    assert np.all(np.diff(reading.starts) >= 0)


def test_what_was_read_counts_beside_the_ranking(reader):
    def read(question, passages):
        return reader.read(question, [("", one.text) for one in passages])

    twice = found("李明2019年升任部门主管。", "他到2022年才离职。")
    alone, helped = rate(WHEN, twice), rate(WHEN, twice, read=read)
    assert helped[1].likely > alone[1].likely


@pytest.mark.parametrize(
    ("named", "embedded", "is_read"),
    [("auto", 1.0, True), ("auto", None, False), ("none", 1.0, False), ("", 1.0, False)],
)
def test_only_a_search_with_meaning_is_read_and_only_as_the_settings_say(named, embedded, is_read):
    rater = Rater(Settings(answer=AnswerSettings(reader=named)), lambda question, texts: [])
    result = replace(found(HIRED, PLACE), embedded=embedded)
    assert (rater.rate(WHEN, result) != rate(WHEN, result)) == is_read


def test_each_text_is_read_once_while_the_question_stays():
    asked = []

    def measure(question, texts):
        asked.append((question, *texts))
        return [len(question + text) for text in texts]

    remember = LastQuestion(measure)
    assert remember("甲", ["一", "一二"]) == remember("甲", ["一", "一二"]) == [2, 3]
    assert remember("甲", ["一二", "一二三"]) == [3, 4]
    assert remember("甲乙", ["一"]) == [3]
    assert asked == [("甲", "一", "一二"), ("甲", "一二三"), ("甲乙", "一")]


def test_what_cannot_tell_of_a_further_text_tells_of_none():
    answers = iter([[1.0], []])
    remember = LastQuestion(lambda question, texts: next(answers))
    assert remember("甲", ["一"]) == [1.0]
    assert remember("甲", ["一", "二"]) == []
