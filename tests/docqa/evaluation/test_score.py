"""Exact match and F1 as CMRC computes them."""

import pytest

from docqa.evaluation.score import exact_match, f1


def test_punctuation_and_case_do_not_matter():
    assert exact_match("《T3》，茶壶。", ["t3茶壶"])
    assert not exact_match("茶杯", ["茶壶"])


@pytest.mark.parametrize(
    ("answer", "gold", "expected"),
    [
        ("1963年", "1963年", 1.0),
        ("他于1963年", "1963年", 2 * 0.5 * 1 / 1.5),
        ("北京", "上海", 0.0),
        ("", "上海", 0.0),
    ],
)
def test_f1_comes_from_the_longest_common_stretch(answer, gold, expected):
    assert f1(answer, [gold]) == pytest.approx(expected)


def test_the_best_gold_counts():
    assert f1("一九六三年", ["1963年", "一九六三年"]) == 1.0
