"""Nearness in meaning is measured against what is usual in the library for the question."""

import random

import pytest

from docqa.retrieval.nearness import Background


def usual(count, mean=0.1, spread=0.05):
    draw = random.Random(count)
    return Background([draw.gauss(mean, spread) for _ in range(count)], 0.1)


def test_what_stands_out_is_near_and_the_usual_is_not():
    background = usual(256)
    assert background.share(0.6) > 1
    assert background.share(max(background.similarities)) < 0.6
    assert background.share(0.1) < 0.05


def test_scales_of_similarity_do_not_matter():
    wide, narrow = usual(256, 0.1, 0.05), usual(256, 0.8, 0.01)
    assert wide.distance(0.1 + 0.15) == pytest.approx(narrow.distance(0.8 + 0.03), rel=0.1)


def test_few_passages_tell_less():
    assert usual(4).share(0.3) < usual(256).share(0.3)


@pytest.mark.parametrize("similarities", [[], [0.1], [0.5] * 50, [1.0, 1.0]])
def test_what_cannot_be_compared_does_no_harm(similarities):
    assert 0 <= Background(similarities, 0.1).share(0.9) < 20
