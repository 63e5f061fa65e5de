"""Guesses the next tokens, so that several can be checked in one step; the result stays the same.

An answer about documents repeats what they say: what followed the last words where they stood
before is a good guess. A draft model would be another `Drafter`.
"""

from collections.abc import Sequence
from typing import Protocol

# Set by hand, held against tests/bench/generation.py: shorter runs are chance, longer guesses cost
# more than they spare.
_RUNS = (4, 3, 2)
_FIRST, _MOST = 3, 12


class Drafter(Protocol):
    """Guesses tokens that follow; told what was really drawn."""

    drafted: int
    accepted: int

    def add(self, token: int) -> None:
        """Take note of a token that was drawn."""
        ...

    def propose(self) -> list[int]:
        """Tokens that may follow; none where nothing suggests any."""
        ...

    def learn(self, drafted: int, accepted: int) -> None:
        """Take note of how many of the last guesses were right."""
        ...


class PromptLookup:
    """Guesses that words go on as they did where they stood before."""

    def __init__(self, ids: Sequence[int]) -> None:
        """Look into these tokens, and into those that are added."""
        self.drafted = self.accepted = 0
        self._ids: list[int] = []
        # Where a run of tokens ended last, so that the nearest wording is taken.
        self._ends: dict[tuple[int, ...], int] = {}
        self._length = _FIRST
        for token in ids:
            self.add(token)

    def add(self, token: int) -> None:
        """Take note of a token; its run is found once another token follows."""
        for size in _RUNS:
            if len(self._ids) >= size:
                self._ends[tuple(self._ids[-size:])] = len(self._ids)
        self._ids.append(token)

    def propose(self) -> list[int]:
        """What followed the longest run that ends as the tokens end now."""
        for size in _RUNS:
            end = self._ends.get(tuple(self._ids[-size:]))
            if end is not None:
                # Short runs are weak evidence: little is risked on them.
                length = self._length if size > _RUNS[-1] else _FIRST
                return self._ids[end : end + length]
        return []

    def learn(self, drafted: int, accepted: int) -> None:
        """Guess more where all guesses were right, less where none was."""
        self.drafted += drafted
        self.accepted += accepted
        if drafted and accepted == drafted:
            self._length = min(2 * self._length, _MOST)
        elif drafted and not accepted:
            self._length = max(1, self._length // 2)
