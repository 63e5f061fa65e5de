"""How surely a passage is near a question in meaning: nearer than unrelated ones get by chance."""

from collections.abc import Sequence
from math import erfc, log, log10, sqrt
from statistics import fmean

from msgspec import Struct

# With fewer passages to compare with, nothing can be said.
_FEWEST = 8
# Similarities that differ by less may be the same one, stored in half precision.
_SAME = 0.002
# One chance in a million is certainty; one in a thousand, half of it.
_SURE = 6


class Background(Struct, frozen=True):
    """What the passages of a library get for a question, whatever they are about."""

    similarities: Sequence[float]
    """Of passages spread over the library."""
    passages: int
    """In the whole library: the more there are, the nearer the nearest is by chance."""

    def share(self, similarity: float) -> float:
        """0 where an unrelated passage may well be as near, 1 where surely none is."""
        others = [one for one in self.similarities if one < similarity - _SAME]
        if len(others) < _FEWEST:
            return 0.0
        mean = fmean(others)
        # Not by `statistics`, whose exact fractions cost a hundred times as much.
        spread = sqrt(sum((one - mean) ** 2 for one in others) / (len(others) - 1))
        if not spread:
            return 0.0
        away = (similarity - mean) / (spread * sqrt(1 + 1 / len(others)))
        chance = self.passages * _tail(away, len(others) - 1)
        return 1.0 if not chance else min(1.0, max(0.0, -log10(chance) / _SURE))


def _tail(t: float, freedom: int) -> float:
    """How often Student's t exceeds a positive value, by Wallace's approximation."""
    normal = (8 * freedom + 1) / (8 * freedom + 3) * sqrt(freedom * log(1 + t * t / freedom))
    return erfc(normal / sqrt(2)) / 2
