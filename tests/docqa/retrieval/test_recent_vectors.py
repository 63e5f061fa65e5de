"""Vectors that are kept for the next question."""

from collections.abc import Sequence

import numpy as np

from docqa.retrieval.recent_vectors import RecentVectors


class Counted:
    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        self.asked.append(list(texts))
        return np.array([[len(text), ord(text[0])] for text in texts], np.float32)


def test_each_text_is_embedded_once_and_stands_in_its_row():
    embed = Counted()
    recent = RecentVectors(embed, 10)
    assert recent.of(["租金", "押金", "租金"]).tolist() == [[2, 31199], [2, 25276], [2, 31199]]
    assert recent.of(["押金", "维修费"]).tolist() == [[2, 25276], [3, 32500]]
    assert embed.asked == [["租金", "押金"], ["维修费"]]


def test_what_was_asked_for_least_lately_goes_first():
    embed = Counted()
    recent = RecentVectors(embed, 2)
    for texts in (["一", "二"], ["一"], ["三"], ["一"], ["二"]):
        recent.of(texts)
    assert embed.asked == [["一", "二"], ["三"], ["二"]]


def test_more_texts_than_are_kept_all_come():
    assert len(RecentVectors(Counted(), 2).of(["一", "二", "三", "四"])) == 4
