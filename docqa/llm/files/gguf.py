"""Reads what a GGUF file says about itself, without llama.cpp and without loading a tensor."""

import math
import mmap
import struct
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from docqa.errors import ModelError

_MAGIC = b"GGUF"
_OLD_MAGICS = (b"lmgg", b"tjgg", b"algg", b"fmgg")
_VERSIONS = (2, 3)
# Far above any real file; a hostile one must not cost time or memory.
_HEADER_LIMIT = 256 << 20
_TEXT_LIMIT = 4 << 20
_ENTRY_LIMIT = 1 << 17
_STRINGS_LIMIT = 1 << 21
_ARRAY_KEPT = 1024

_NUMBERS = dict(zip((*range(8), 10, 11, 12), "BbHhIif?Qqd", strict=True))
_STRING, _ARRAY = 8, 9

# ggml's tensor types: id -> (name, elements of a block, bytes of a block).
_TENSOR_TYPES = {
    0: ("F32", 1, 4),
    1: ("F16", 1, 2),
    2: ("Q4_0", 32, 18),
    3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24),
    8: ("Q8_0", 32, 34),
    9: ("Q8_1", 32, 40),
    10: ("Q2_K", 256, 84),
    11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210),
    15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74),
    18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18),
    21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82),
    23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1),
    25: ("I16", 1, 2),
    26: ("I32", 1, 4),
    27: ("I64", 1, 8),
    28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2),
    34: ("TQ1_0", 256, 54),
    35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17),
    40: ("NVFP4", 64, 36),
    41: ("Q1_0", 128, 18),
}

# llama.cpp's file types: what the file as a whole was quantized to.
_FILE_TYPES = {
    0: "F32",
    1: "F16",
    2: "Q4_0",
    3: "Q4_1",
    7: "Q8_0",
    8: "Q5_0",
    9: "Q5_1",
    10: "Q2_K",
    11: "Q3_K_S",
    12: "Q3_K_M",
    13: "Q3_K_L",
    14: "Q4_K_S",
    15: "Q4_K_M",
    16: "Q5_K_S",
    17: "Q5_K_M",
    18: "Q6_K",
    19: "IQ2_XXS",
    20: "IQ2_XS",
    21: "Q2_K_S",
    22: "IQ3_XS",
    23: "IQ3_XXS",
    24: "IQ1_S",
    25: "IQ4_NL",
    26: "IQ3_S",
    27: "IQ3_M",
    28: "IQ2_S",
    29: "IQ2_M",
    30: "IQ4_XS",
    31: "IQ1_M",
    32: "BF16",
    36: "TQ1_0",
    37: "TQ2_0",
    38: "MXFP4",
    39: "NVFP4",
    40: "Q1_0",
}


# Tokens whose presence tells which prompt format a model was trained with.
_FORMAT_TOKENS = (
    "<|im_start|>",
    "<|im_end|>",
    "<start_of_turn>",
    "<|start_header_id|>",
    "[gMASK]",
    "<｜User｜>",
    "<|user|>",
    "<|assistant|>",
    "<|end|>",
    "[INST]",
)


class Omitted(Struct, frozen=True):
    """A long array: its length, and which of the format tokens it holds."""

    count: int
    found: frozenset[str] = frozenset()


class Tensor(Struct, frozen=True):
    """One tensor: its name, shape, type and size in the file."""

    name: str
    shape: tuple[int, ...]
    type: str
    bytes: int


class GgufFile(Struct, frozen=True):
    """What a GGUF file says about itself."""

    path: Path
    version: int
    size: int
    metadata: Mapping[str, object]
    tensors: tuple[Tensor, ...]

    def text(self, key: str) -> str | None:
        """The text under a key, where there is one."""
        value = self.metadata.get(key)
        return value if isinstance(value, str) else None

    def number(self, key: str) -> float | None:
        """The finite number under a key; of an array (one value a layer) the largest."""
        value = self.metadata.get(key)
        if isinstance(value, tuple) and value:
            value = max(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return value if math.isfinite(value) else None

    def count(self, key: str) -> int:
        """A whole number that may not be missing, from the architecture's own keys."""
        value = self.number(f"{self.architecture}.{key}")
        if value is None or value < 0 or value != int(value):
            raise ModelError("models.gguf_key_missing", path=self.path, key=key)
        return int(value)

    @property
    def architecture(self) -> str:
        """The family of networks, such as llama or bert."""
        return self.text("general.architecture") or ""

    @property
    def vocabulary(self) -> int:
        """Tokens in the vocabulary; 0 where the file has none."""
        tokens = self.metadata.get("tokenizer.ggml.tokens")
        return tokens.count if isinstance(tokens, Omitted) else 0

    def has_token(self, name: str) -> bool:
        """Whether the vocabulary has this token of a prompt format."""
        tokens = self.metadata.get("tokenizer.ggml.tokens")
        return isinstance(tokens, Omitted) and name in tokens.found

    @property
    def quantization(self) -> str:
        """What the weights were quantized to, such as Q4_K_M."""
        file_type = self.number("general.file_type")
        if file_type is not None and int(file_type) in _FILE_TYPES:
            return _FILE_TYPES[int(file_type)]
        matrices = [tensor for tensor in self.tensors if len(tensor.shape) > 1]
        return max(matrices, key=lambda tensor: tensor.bytes).type if matrices else ""

    @property
    def weights(self) -> int:
        """Bytes of all tensors."""
        return sum(tensor.bytes for tensor in self.tensors)


def read_metadata(path: Path) -> GgufFile:
    """Read metadata and tensor shapes; a ModelError says what is wrong with the file."""
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            _check_magic(path, file.read(8))
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _Reader(path, data, size).file()
    except FileNotFoundError as error:
        raise ModelError("models.file_missing", path=path) from error
    except OSError as error:
        raise ModelError("models.file_unreadable", path=path, reason=error.strerror) from error


def _check_magic(path: Path, start: bytes) -> None:
    if start[:4] in _OLD_MAGICS:
        raise ModelError("models.old_ggml", path=path)
    if start[:4] != _MAGIC:
        raise ModelError("models.not_gguf", path=path)
    if len(start) < 8:
        raise ModelError("models.truncated", path=path)
    version = int.from_bytes(start[4:8], "little")
    if version not in _VERSIONS:
        raise ModelError("models.gguf_version", path=path, version=version)


class _Reader:
    """Walks through the header, never past the end of the file."""

    def __init__(self, path: Path, data: mmap.mmap, size: int) -> None:
        self._path = path
        self._data = data
        self._size = size
        self._at = len(_MAGIC)

    def file(self) -> GgufFile:
        """The whole header."""
        version = self._integer("I")
        tensor_count, entry_count = self._integer("Q"), self._integer("Q")
        if max(tensor_count, entry_count) > _ENTRY_LIMIT:
            raise self._damage("counts")
        metadata: dict[str, object] = {}
        for _ in range(entry_count):
            key = self._text()
            if key in metadata:
                raise self._damage(key)
            metadata[key] = self._value(self._integer("I"))
        placed = [self._tensor() for _ in range(tensor_count)]
        self._check_length(metadata.get("general.alignment", 32), [end for _, end in placed])
        tensors = tuple(tensor for tensor, _ in placed)
        return GgufFile(self._path, version, self._size, metadata, tensors)

    def _check_length(self, alignment: object, ends: list[int]) -> None:
        if not isinstance(alignment, int) or alignment < 1 or alignment & (alignment - 1):
            raise self._damage("general.alignment")
        start = -(-self._at // alignment) * alignment
        if ends and start + max(ends) > self._size:
            raise ModelError("models.truncated", path=self._path)

    def _tensor(self) -> tuple[Tensor, int]:
        name = self._text()
        dimensions = self._integer("I")
        if not 0 < dimensions <= 4:
            raise self._damage(name)
        shape = tuple(self._integer("Q") for _ in range(dimensions))
        kind, offset = self._integer("I"), self._integer("Q")
        if kind not in _TENSOR_TYPES or 0 in shape:
            raise self._damage(name)
        type_name, block, block_bytes = _TENSOR_TYPES[kind]
        if shape[0] % block:
            raise self._damage(name)
        length = math.prod(shape) // block * block_bytes
        return Tensor(name, shape, type_name, length), offset + length

    def _value(self, kind: int) -> object:
        if kind == _STRING:
            return self._text()
        if kind == _ARRAY:
            return self._array()
        if kind not in _NUMBERS:
            raise self._damage(f"type {kind}")
        return self._number(_NUMBERS[kind])

    def _array(self) -> object:
        kind, count = self._integer("I"), self._integer("Q")
        if kind == _STRING:
            start = self._at
            self._skip_texts(count)
            return Omitted(count, self._format_tokens(start))
        if kind not in _NUMBERS:
            raise self._damage(f"array of type {kind}")
        start = self._at
        self._move(count * struct.calcsize(f"<{_NUMBERS[kind]}"))
        if count > _ARRAY_KEPT:
            return Omitted(count)
        return struct.unpack_from(f"<{count}{_NUMBERS[kind]}", self._data, start)

    def _skip_texts(self, count: int) -> None:
        if count > _STRINGS_LIMIT:
            raise self._damage(f"array of {count}")
        # A vocabulary has hundreds of thousands: this loop is most of the time that reading takes.
        length_at, at, end = struct.Struct("<Q").unpack_from, self._at, self._size - 8
        for _ in range(count):
            if at > end:
                raise ModelError("models.truncated", path=self._path)
            at += 8 + length_at(self._data, at)[0]
        self._move(at - self._at)

    def _format_tokens(self, start: int) -> frozenset[str]:
        """Those of the format tokens that stand, with their length before them, since `start`."""
        return frozenset(
            token
            for token in _FORMAT_TOKENS
            if self._data.find(_with_length(token), start, self._at) >= 0
        )

    def _text(self) -> str:
        length = self._integer("Q")
        start = self._at
        self._move(length)
        if length > _TEXT_LIMIT:
            raise self._damage("text")
        return self._data[start : self._at].decode("utf-8", "replace")

    def _integer(self, kind: str) -> int:
        return int(self._number(kind))

    def _number(self, kind: str) -> int | float | bool:
        start = self._at
        self._move(struct.calcsize(f"<{kind}"))
        value: int | float | bool = struct.unpack_from(f"<{kind}", self._data, start)[0]
        return value

    def _move(self, length: int) -> None:
        self._at += length
        if self._at > self._size:
            raise ModelError("models.truncated", path=self._path)
        if self._at > _HEADER_LIMIT:
            raise self._damage("header")

    def _damage(self, where: str) -> ModelError:
        return ModelError("models.gguf_damaged", path=self._path, where=where)


def _with_length(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data
