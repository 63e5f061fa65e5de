import pytest

from docqa.retrieval.relevance import comparable, telling


def test_words_of_every_subject_tell_little():
    idf = dict.fromkeys(("开始", "条例", "例从", "rtx-4090"), 7.0)
    told = telling(idf, {"条例": 1})
    assert told["开始"] < told["条例"] < told["rtx-4090"] == 7
    assert told["例从"] < told["条例"]


def test_a_pair_that_is_no_word_tells_least_where_it_is_found():
    idf = {"例从": 7.0}
    assert telling(idf, {"例从": 1})["例从"] < telling(idf, {})["例从"]


@pytest.mark.parametrize("passages", [0, 1, 30, 1_000, 10_000_000])
def test_nothing_and_all_stay_what_they_are(passages):
    assert comparable(0.0, passages) == 0
    assert comparable(1.0, passages) == 1


def test_the_same_share_is_worth_less_among_more_passages():
    shares = [comparable(0.45, passages) for passages in (10, 200, 5_000)]
    assert shares[0] > 0.5 > shares[2]
    assert shares == sorted(shares, reverse=True)
