"""Cuts text into the pieces of a SentencePiece unigram vocabulary."""

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docqa.llm.embeddings.packaged.weights import Pieces

_SPACE_MARK = "\u2581"
_SPACES = re.compile(" {2,}")
_UNKNOWN_PENALTY = 10.0
"""How far below the worst piece an unknown character scores, as SentencePiece has it."""


class Tokeniser:
    """Finds the likeliest pieces of a text."""

    def __init__(self, pieces: "Pieces") -> None:
        """Take the vocabulary of a model file."""
        self._pieces = pieces
        self._numbers = _number_pieces(pieces)
        self._scores: list[float] = pieces.scores.tolist()
        self._longest = max(map(len, self._numbers))
        self._unknown_score = min(self._scores) - _UNKNOWN_PENALTY

    def cut(self, text: str) -> list[int]:
        """The numbers of the pieces, without the marks of beginning and end."""
        text = _SPACES.sub(" ", text.translate(self._pieces.replacements))
        if not text.startswith(" "):
            text = " " + text
        return self._likeliest(text.replace(" ", _SPACE_MARK))

    def windows(self, text: str, longest: int) -> list[list[int]]:
        """The same in parts of at most `longest`, each between the marks of begin and end."""
        numbers, most = self.cut(text), longest - 2
        first, last = self._pieces.first, self._pieces.last
        parts = [numbers[at : at + most] for at in range(0, len(numbers), most)] or [[]]
        return [[first, *part, last] for part in parts]

    def _likeliest(self, text: str) -> list[int]:
        """The pieces with the highest sum of scores, by the Viterbi algorithm."""
        length = len(text)
        best = [0.0] + [float("-inf")] * length
        came: list[tuple[int, int]] = [(0, 0)] * (length + 1)
        number_of, scores, unknown = self._numbers.get, self._scores, self._pieces.unknown
        for start in range(length):
            before = best[start]
            for end in range(start + 1, min(start + self._longest, length) + 1):
                number = number_of(text[start:end])
                if number is not None and before + scores[number] > best[end]:
                    best[end] = before + scores[number]
                    came[end] = (start, number)
            if before + self._unknown_score > best[start + 1]:
                best[start + 1] = before + self._unknown_score
                came[start + 1] = (start, unknown)
        numbers: list[int] = []
        at = length
        while at:
            at, number = came[at]
            numbers.append(number)
        return numbers[::-1]


def _number_pieces(pieces: "Pieces") -> dict[str, int]:
    import numpy as np

    # Decoded once as a whole and cut by characters: a quarter of a million small decodes are slow.
    begins = (np.frombuffer(pieces.text, np.uint8) & 0xC0) != 0x80
    before = np.concatenate([[0], np.cumsum(begins)])
    text = pieces.text.decode("utf-8")
    bounds: list[int] = before[pieces.offsets].tolist()
    numbers = {text[a:b]: n for n, (a, b) in enumerate(pairwise(bounds))}
    for mark in ("", text[bounds[pieces.unknown] : bounds[pieces.unknown + 1]]):
        numbers.pop(mark, None)
    return numbers
