"""Nearness in meaning counts only where unrelated passages would hardly be as near."""

import random

import pytest

from docqa.retrieval.nearness import Background


def usual(count, passages=None, mean=0.1, spread=0.05):
    draw = random.Random(count)
    return Background([draw.gauss(mean, spread) for _ in range(count)], passages or count)


def test_what_stands_out_is_near_and_the_best_of_the_usual_is_not():
    background = usual(256)
    assert background.share(0.6) == 1
    assert background.share(max(background.similarities)) < 0.5
    assert background.share(0.1) == 0


def test_chance_brings_more_near_in_a_larger_library():
    shares = [usual(256, passages).share(0.42) for passages in (1_000, 100_000, 10_000_000)]
    assert 1 >= shares[0] > shares[1] > shares[2]


def test_scales_of_similarity_do_not_matter():
    near = usual(100, mean=0.8, spread=0.01)
    assert near.share(0.81) == 0
    assert near.share(0.9) == 1


def test_few_passages_tell_less():
    assert usual(12).share(0.3) < usual(256, 12).share(0.3)


@pytest.mark.parametrize("similarities", [[], [0.1], [0.1] * 7, [0.5] * 50])
def test_nothing_is_said_where_nothing_can_be_compared(similarities):
    assert Background(similarities, 1000).share(0.9) == 0


def test_the_nearest_unrelated_passage_is_seldom_near():
    draw = random.Random(4)
    wrong = 0
    for _ in range(300):
        similarities = [draw.gauss(0, 1) for _ in range(2000)]
        wrong += Background(similarities[:256], 2000).share(max(similarities)) >= 0.5
    assert wrong <= 3
