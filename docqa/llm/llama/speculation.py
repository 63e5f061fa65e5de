"""Guesses the next tokens, so that several can be checked in one step; the result stays the same.

An answer about documents repeats what they say: what followed the last words where they stood
before is a good guess. A draft model would be another `Drafter`.
"""

from collections.abc import Sequence
from typing import Protocol

# Chosen by tests/bench/guessing.py on real answers of a 1.5B model: shorter runs are chance, and a
# step of 16 tokens costs six times one of one where a step of 4 costs three times.
_RUN, _GUESSES = 6, 15


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
        for token in ids:
            self.add(token)

    def add(self, token: int) -> None:
        """Take note of a token; its run is found once another token follows."""
        if len(self._ids) >= _RUN:
            self._ends[tuple(self._ids[-_RUN:])] = len(self._ids)
        self._ids.append(token)

    def propose(self) -> list[int]:
        """What followed the run that the tokens end with, where it stood before."""
        end = self._ends.get(tuple(self._ids[-_RUN:]))
        return [] if end is None else self._ids[end : end + _GUESSES]

    def learn(self, drafted: int, accepted: int) -> None:
        """Count the last guesses, and those that were right."""
        self.drafted += drafted
        self.accepted += accepted
