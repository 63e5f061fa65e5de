"""Cuts text into the pieces of a SentencePiece unigram vocabulary."""

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from docqa.llm.embeddings.packaged.weights import Pieces

_SPACE_MARK = "\u2581"
_SPACES = re.compile(" {2,}")
_UNKNOWN_PENALTY = 10.0
"""How far below the worst piece an unknown character scores, as SentencePiece has it."""
# A question, as good as always; set by hand.
_SHORT = 200
# Code points are smaller than two to this power.
_CODE_BITS = 21


class Piece(NamedTuple):
    """A piece of a text; start and end count characters."""

    number: int
    start: int
    end: int


class Tokeniser:
    """Finds the likeliest pieces of a text."""

    def __init__(self, pieces: "Pieces") -> None:
        """Take the vocabulary of a model file."""
        self._pieces = pieces
        self._vocabulary = _Vocabulary(pieces)
        self._scores: list[float] = pieces.scores.tolist()
        self._unknown_score = min(self._scores) - _UNKNOWN_PENALTY

    def cut(self, text: str) -> list[int]:
        """The numbers of the pieces, without the marks of beginning and end."""
        text = _SPACES.sub(" ", text.translate(self._pieces.replacements))
        if not text.startswith(" "):
            text = " " + text
        return [number for _, number in self._likeliest(text.replace(" ", _SPACE_MARK))]

    def cut_in_place(self, text: str) -> list[Piece]:
        """The pieces, each with the characters of the text that it stands for."""
        written, places = [" "], [0]
        for at, character in enumerate(text):
            for one in self._pieces.replacements.get(ord(character), character):
                if one != " " or written[-1] != " ":
                    written.append(one)
                    places.append(at)
        found = self._likeliest("".join(written).replace(" ", _SPACE_MARK))
        ends = [start for start, _ in found[1:]] + [len(written)]
        return [
            Piece(number, places[start], places[end - 1] + 1)
            for (start, number), end in zip(found, ends, strict=True)
        ]

    def windows(self, text: str, longest: int) -> list[list[int]]:
        """The same in parts of at most `longest`, each between the marks of begin and end."""
        numbers, most = self.cut(text), longest - 2
        first, last = self._pieces.first, self._pieces.last
        parts = [numbers[at : at + most] for at in range(0, len(numbers), most)] or [[]]
        return [[first, *part, last] for part in parts]

    def _likeliest(self, text: str) -> list[tuple[int, int]]:
        """Where the pieces with the highest sum of scores begin, and which they are: Viterbi."""
        length = len(text)
        best = [0.0] + [float("-inf")] * length
        came: list[tuple[int, int]] = [(0, 0)] * (length + 1)
        vocabulary, scores, unknown = self._vocabulary, self._scores, self._pieces.unknown
        number_of = vocabulary.numbers_for(text).get
        for start in range(length):
            before = best[start]
            for end in range(start + 1, min(start + vocabulary.longest, length) + 1):
                number = number_of(text[start:end])
                if number is not None and before + scores[number] > best[end]:
                    best[end] = before + scores[number]
                    came[end] = (start, number)
            if before + self._unknown_score > best[start + 1]:
                best[start + 1] = before + self._unknown_score
                came[start + 1] = (start, unknown)
        found: list[tuple[int, int]] = []
        at = length
        while at:
            at, number = came[at]
            found.append((at, number))
        return found[::-1]


class _Vocabulary:
    """The numbers of the pieces by their text."""

    def __init__(self, pieces: "Pieces") -> None:
        import numpy as np

        # Decoded once as a whole and cut by characters: 250,000 small decodes are slow.
        begins = (np.frombuffer(pieces.text, np.uint8) & 0xC0) != 0x80
        before = np.concatenate([[0], np.cumsum(begins, dtype=np.int32)])
        self._text = pieces.text.decode("utf-8")
        self._bounds: NDArray[np.int32] = before[pieces.offsets]
        self._unknown = pieces.unknown
        self._all: dict[str, int] | None = None
        self._heads: NDArray[np.int64] | None = None
        self.longest = int(np.diff(self._bounds).max())

    def numbers_for(self, text: str) -> dict[str, int]:
        """All pieces, or those alone that a short text can hold.

        To put all into a dictionary takes ten times as long as to embed a question.
        """
        if self._all is None and len(text) <= _SHORT:
            return self._numbers(self._find_candidates(text))
        if self._all is None:
            self._all = self._numbers(range(len(self._bounds) - 1))
        return self._all

    def _numbers(self, chosen: Iterable[int]) -> dict[str, int]:
        text, bounds = self._text, self._bounds.tolist()
        numbers = {text[bounds[n] : bounds[n + 1]]: n for n in chosen if n != self._unknown}
        numbers.pop("", None)
        return numbers

    def _find_candidates(self, text: str) -> list[int]:
        """Pieces that begin with two characters of the text in a row, or are one of them."""
        import numpy as np

        if self._heads is None:
            codes = np.frombuffer(self._text.encode("utf-32-le"), "<u4").astype(np.int64)
            codes = np.append(codes, [0, 0])
            starts, is_long = self._bounds[:-1], np.diff(self._bounds) > 1
            self._heads = (codes[starts] << _CODE_BITS) | np.where(is_long, codes[starts + 1], 0)
        wanted = {_head(one) for one in text} | {_head(*pair) for pair in pairwise(text)}
        found: list[int] = np.flatnonzero(np.isin(self._heads, list(wanted))).tolist()
        return found


def _head(first: str, second: str = "\0") -> int:
    return ord(first) << _CODE_BITS | ord(second)
