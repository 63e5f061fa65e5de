from docqa.retrieval.duplicates import drop_repeats
from docqa.types import Passage

LONG = "员工出差的住宿标准为每晚四百元，超出部分由本人承担，特殊情况须事先经部门主管书面批准。" * 3


def left(*texts: str) -> list[int]:
    passages = (Passage(n, n, f"{n}.txt", 0, 0, len(t), t) for n, t in enumerate(texts))
    return [passage.id for passage in drop_repeats(passages)]


def test_the_same_in_other_writing_is_said_once():
    assert left(LONG, LONG.replace("，", ", "), LONG.replace("四百", "400")) == [0]
    assert left("台湾的首都", "臺灣的首都") == [0]


def test_other_figures_in_a_short_text_are_another_text():
    assert left("住宿标准为每晚四百元。", "住宿标准为每晚六百元。") == [0, 1]


def test_different_passages_stay_in_order():
    assert left(LONG, "病假须附医院证明。", "") == [0, 1, 2]


def test_a_number_that_is_longer_is_another_number():
    assert left(LONG + "限1人。", LONG + "限12人。") == [0, 1]
