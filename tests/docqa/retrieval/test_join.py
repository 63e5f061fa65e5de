from docqa.retrieval.join import Leg, fuse, join


def test_a_light_leg_breaks_ties_and_does_not_overrule():
    words = {1: 1.0, 2: 0.6, 3: 0.6, 9: 0.1}
    meaning = {3: 0.9, 2: 0.5, 9: 0.1, 1: 0.0}
    assert [number for number, _ in join(words, meaning, 0.1)] == [1, 3, 2, 9]


def test_a_heavy_leg_decides():
    assert join({1: 1.0}, {2: 0.9, 1: 0.1}, 0.9)[0][0] == 2


def test_scores_stay_between_nothing_and_one():
    fused = fuse([Leg([(1, 30.0), (2, 3.0)], floor=0.0), Leg([(2, -0.2), (5, -0.4)])])
    assert all(0 <= score <= 1 for _, score in fused)


def test_a_leg_that_found_nothing_changes_nothing():
    assert [n for n, _ in join({4: 0.9, 7: 0.4}, {}, 0.3)] == [4, 7]
    assert fuse([]) == []
