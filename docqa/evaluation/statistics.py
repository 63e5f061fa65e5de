"""Figures of a search: at which rank the right one stands, over many questions."""

import random
from collections.abc import Callable, Sequence
from statistics import fmean

from msgspec import Struct

_RESAMPLES = 1000
_SEED = 20180101


class Interval(Struct, frozen=True):
    """A mean with the bounds that 95 % of resampled question sets stay within."""

    mean: float
    low: float
    high: float


def recall(k: int) -> Callable[[int | None], float]:
    """1 where the rank is within the first k."""
    return lambda rank: float(rank is not None and rank <= k)


def reciprocal(k: int) -> Callable[[int | None], float]:
    """1/rank within the first k, else 0."""
    return lambda rank: 1 / rank if rank is not None and rank <= k else 0.0


def interval(values: Sequence[float]) -> Interval:
    """The mean of some values, with its bootstrap interval; the same values give the same."""
    if not values:
        return Interval(0.0, 0.0, 0.0)
    draw = random.Random(_SEED)
    count = len(values)
    means = sorted(fmean(draw.choices(values, k=count)) for _ in range(_RESAMPLES))
    tail = _RESAMPLES // 40
    return Interval(fmean(values), means[tail], means[-tail - 1])


def difference(values: Sequence[float], base: Sequence[float]) -> Interval:
    """How much better the same questions fare than before, with its interval."""
    return interval([value - other for value, other in zip(values, base, strict=True)])
