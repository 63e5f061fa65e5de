"""How near a passage is in meaning, against what is usual for the question in this library."""

from collections.abc import Sequence
from functools import cached_property
from math import sqrt
from statistics import fmean

from msgspec import Struct

# In a small library the passages say little of what is usual. Set by hand: as if so many more had
# been seen with the spread that the embedder commonly has.
_IMAGINED = 8
# The spread of unrelated passages that counts as the best that a passage can do, about: the 99th
# percentile of the best passages of `tests.bench.meaning` is 8.9.
_FULL = 6.0


class Meant(Struct, frozen=True):
    """How near a passage is in meaning."""

    similarity: float
    """To the question as it is."""
    share: float
    """To the question as passages are looked for with it, on the scale of the words."""


class Background(Struct, frozen=True, dict=True):
    """What the passages of a library get for a question, whatever they are about."""

    similarities: Sequence[float]
    """Of passages spread over the library."""
    usual_spread: float
    """What their spread commonly is, as a share of the way from their mean to 1."""

    @property
    def mean(self) -> float:
        """What is usual."""
        return self._mean_and_spread[0]

    def distance(self, similarity: float) -> float:
        """How many spreads a similarity lies above the mean."""
        mean, spread = self._mean_and_spread
        return (similarity - mean) / spread

    def share(self, similarity: float) -> float:
        """The same on the scale of the words: 0 is usual, 1 about the best there is."""
        return max(0.0, self.distance(similarity)) / _FULL

    @cached_property
    def _mean_and_spread(self) -> tuple[float, float]:
        count = len(self.similarities)
        mean = fmean(self.similarities) if count else 0.0
        # Not by `statistics`, whose exact fractions cost a hundred times as much.
        squares = sum((one - mean) ** 2 for one in self.similarities)
        imagined = self.usual_spread * max(0.0, 1 - mean)
        squares += _IMAGINED * imagined**2
        return mean, sqrt(squares / (count + _IMAGINED)) or 1.0
