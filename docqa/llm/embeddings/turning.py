"""Turns the vector of a question towards the passages that answer it.

An embedder was trained on questions of every kind; what a reader asks of a manual or a rule in his
own words lies farther from its answer than it should. A matrix learned from such questions, one for
each embedder (`python -m tests.bench.meaning.turning`), takes them there; passages stay where they
are.
"""

from functools import cache
from pathlib import Path

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class Turning(Struct, frozen=True):
    """What is added to a vector: its product with a matrix, and a constant."""

    matrix: Floats
    constant: Floats


def turn(vector: Floats, file: Path) -> Floats:
    """The turned vector, of length 1, by what a file holds."""
    turning = _read(file)
    turned: Floats = vector + vector @ turning.matrix + turning.constant
    turned /= np.linalg.norm(turned)
    return turned


@cache
def _read(file: Path) -> Turning:
    with np.load(file) as kept:
        return Turning(*(kept[name].astype(np.float32) for name in ("matrix", "constant")))
