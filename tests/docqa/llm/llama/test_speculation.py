"""Guessing ahead: what is guessed, and that no guess changes a token."""

from pathlib import Path

import pytest

from docqa.llm.fit import measured_speed
from docqa.llm.llama.certainty import Certainty
from docqa.llm.llama.native import Sampling
from docqa.llm.llama.speculation import PromptLookup
from tests.support.opening import Open
from tests.support.tiny_gguf import Shape, write_gguf

RUN = [1, 2, 3, 4, 5, 6]


def test_what_followed_the_same_words_is_guessed() -> None:
    lookup = PromptLookup([*RUN, 7, 8, 9, *RUN])
    assert lookup.propose() == [7, 8, 9, *RUN]
    lookup.add(7)
    assert lookup.propose() == [8, 9, *RUN, 7]
    lookup.add(20)
    assert lookup.propose() == []


def test_a_short_run_is_chance() -> None:
    assert PromptLookup([*RUN, 7, 8, 9, *RUN[1:]]).propose() == []


def test_the_nearest_wording_is_taken() -> None:
    assert PromptLookup([*RUN, 7, 8, *RUN, 9, 9, *RUN]).propose()[:2] == [9, 9]


def test_guesses_have_a_length_that_pays() -> None:
    assert len(PromptLookup([*RUN, *range(10, 60), *RUN]).propose()) == 15


def test_guesses_are_counted() -> None:
    lookup = PromptLookup(RUN)
    lookup.learn(15, 4)
    lookup.learn(3, 0)
    assert (lookup.drafted, lookup.accepted) == (18, 4)


@pytest.mark.parametrize("temperature", [0.0, 0.8])
@pytest.mark.parametrize("taken", [7, 60])
def test_the_tokens_are_the_same_with_and_without(
    tmp_path: Path, open_tiny: Open, temperature: float, taken: int
) -> None:
    # A favoured token makes the random model repeat itself, so that guesses come true.
    path = write_gguf(tmp_path / "m.gguf", Shape(favoured={300: 6.0}))
    drawn, computed, likelihoods = [], [], []
    for guessing in (False, True):
        model = open_tiny(path)
        ids = model.native.tokenize("员工连续工作满一年的，享受带薪年休假。" * 3)
        lookup = PromptLookup(ids) if guessing else None
        sampling = Sampling(temperature=temperature, repeat_penalty=1.0)
        with model.native.turn():
            model.native.evaluate(ids)
            tokens = model.native.draw(ids, sampling, drafter=lookup)
            watched = Certainty(model.native)
            drawn.append([next(each) for each in [watched.watch(tokens)] for _ in range(taken)])
            likelihoods.append(watched.least)
        computed.append(model.native.list_computed())
    assert drawn[0] == drawn[1]
    assert likelihoods[0] < 0
    assert likelihoods == pytest.approx([likelihoods[0]] * 2, abs=0.05)
    assert computed[0] == computed[1][: len(computed[0])]
    if taken > 7 and not temperature:
        assert lookup and lookup.accepted


def test_answers_are_guessed_ahead_only_where_that_was_faster(tiny: Path, open_tiny: Open) -> None:
    model = open_tiny(tiny)
    assert not model.guesses_ahead
    model.keep_lookup_gain(1.4)
    assert model.guesses_ahead
    model.keep_lookup_gain(0.8)
    assert not model.guesses_ahead
    assert not open_tiny(tiny, lookup=False).guesses_ahead
    assert open_tiny(tiny, lookup=True).guesses_ahead
    assert not [name for name in measured_speed.speeds_by_name() if "lookup" in name]
