from docqa.evaluation.statistics import difference, interval, recall, reciprocal


def test_ranks_become_shares():
    assert [recall(5)(rank) for rank in (1, 5, 6, None)] == [1, 1, 0, 0]
    assert [reciprocal(10)(rank) for rank in (1, 4, 11, None)] == [1, 0.25, 0, 0]


def test_an_interval_holds_its_mean_and_narrows_with_questions():
    few, many = interval([0.0, 1.0] * 10), interval([0.0, 1.0] * 1000)
    assert few.low < few.mean == many.mean == 0.5 < few.high
    assert many.high - many.low < few.high - few.low
    assert interval([]).mean == 0


def test_a_difference_is_taken_question_by_question():
    base = [0.0, 1.0] * 50
    assert difference(base, base).high == 0
    assert difference([1.0] * 100, base).low > 0
