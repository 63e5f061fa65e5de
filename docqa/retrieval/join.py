"""Joins ranked lists by weighted scores: a weak list cannot push a strong one aside."""

from collections.abc import Mapping, Sequence

from msgspec import Struct


class Leg(Struct, frozen=True):
    """A ranked list of (passage id, score), what it counts, and which score is nothing."""

    hits: Sequence[tuple[int, float]]
    weight: float = 1.0
    floor: float | None = None
    """None takes the score of the last hit, where scores have no natural zero."""


def fuse(legs: Sequence[Leg]) -> list[tuple[int, float]]:
    """One list, best first; scores lie between 0 and 1, and what a leg did not find gets none."""
    weight = sum(leg.weight for leg in legs) or 1.0
    scores: dict[int, float] = {}
    for leg in legs:
        for number, score in _scale(leg):
            scores[number] = scores.get(number, 0.0) + score * leg.weight / weight
    return sorted(scores.items(), key=lambda found: (-found[1], found[0]))


def join(
    words: Mapping[int, float], meaning: Mapping[int, float], weight: float
) -> list[tuple[int, float]]:
    """Words and meaning in one list, best first; `weight` is the share of the meaning.

    Both are measured against what is usual for the question: a leg that tells the passages apart
    counts more by itself, so that one weight serves every kind of question. Weights by question
    (from scores, gaps, agreement, length) were tried and gained nothing on sets not fitted on.
    """
    scores = {
        number: (1 - weight) * words.get(number, 0.0) + weight * meaning.get(number, 0.0)
        for number in words.keys() | meaning.keys()
    }
    return sorted(scores.items(), key=lambda found: (-found[1], found[0]))


def _scale(leg: Leg) -> list[tuple[int, float]]:
    if not leg.hits:
        return []
    top = leg.hits[0][1]
    floor = leg.hits[-1][1] if leg.floor is None else leg.floor
    if top <= floor:
        return [(number, 1.0) for number, _ in leg.hits]
    return [(number, (score - floor) / (top - floor)) for number, score in leg.hits]
