import pytest

from docqa.llm.llama.loops import LoopWatch


def first_alarm(tokens: list[int]) -> int | None:
    watch = LoopWatch()
    return next((at for at, token in enumerate(tokens, 1) if watch.repeats(token)), None)


@pytest.mark.parametrize(("period", "expected"), [(1, 64), (2, 64), (10, 70), (50, 150)])
def test_a_stretch_said_over_and_over_is_noticed(period: int, expected: int) -> None:
    assert first_alarm(list(range(period)) * 100) == expected


def test_a_loop_is_noticed_after_other_text() -> None:
    assert first_alarm([*range(1000, 1300), *list(range(7)) * 50]) == 300 + 70


def test_text_that_says_something_twice_is_no_loop() -> None:
    assert first_alarm([*range(100), *range(100), *range(500, 900)]) is None


def test_a_table_row_with_changing_numbers_is_no_loop() -> None:
    assert first_alarm([t for n in range(100) for t in (7, 8, 9, 10, 1000 + n)]) is None
