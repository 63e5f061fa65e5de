"""Writes a tiny model that is known to be good, in all the precisions that matter."""

import struct
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_ALIGNMENT = 32
_WIDTH, _FORWARD, _HEADS, _LAYERS = 256, 512, 4, 1
# GGUF's numbers of value types and tensor types.
_U32, _F32, _STRING, _ARRAY, _I32 = 4, 6, 8, 9, 5
_TYPES = {"F32": 0, "F16": 1, "Q4_0": 2, "Q8_0": 8, "Q4_K": 12, "Q6_K": 14}
# Elements of a block, and its parts in bytes; `half` is a scale.
_BLOCKS: dict[str, tuple[int, tuple[tuple[str, int], ...]]] = {
    "F16": (1, (("half", 2),)),
    "Q4_0": (32, (("half", 2), ("bits", 16))),
    "Q8_0": (32, (("half", 2), ("bits", 32))),
    "Q4_K": (256, (("half", 2), ("half", 2), ("bits", 12), ("bits", 128))),
    "Q6_K": (256, (("bits", 128), ("bits", 64), ("bits", 16), ("half", 2))),
}
_SCALE = 0.002
_CONTROL, _UNKNOWN, _BYTE = 3, 2, 6


def write_tiny_model(path: Path) -> Path:
    """Write the file: a Llama of one layer whose vocabulary is the 256 bytes."""
    pieces = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    kinds = [_UNKNOWN, _CONTROL, _CONTROL, *[_BYTE] * 256]
    metadata = [
        _text("general.architecture", "llama"),
        _text("general.name", "docqa processor test"),
        _number("llama.context_length", 512),
        _number("llama.embedding_length", _WIDTH),
        _number("llama.block_count", _LAYERS),
        _number("llama.feed_forward_length", _FORWARD),
        _number("llama.attention.head_count", _HEADS),
        _number("llama.rope.dimension_count", _WIDTH // _HEADS),
        _string("llama.attention.layer_norm_rms_epsilon") + struct.pack("<If", _F32, 1e-5),
        _text("tokenizer.ggml.model", "llama"),
        _array("tokenizer.ggml.tokens", _STRING, map(_string, pieces), len(pieces)),
        _array("tokenizer.ggml.scores", _F32, [struct.pack("<f", 0.0)] * len(pieces), len(pieces)),
        _array(
            "tokenizer.ggml.token_type",
            _I32,
            (struct.pack("<i", kind) for kind in kinds),
            len(pieces),
        ),
    ]
    tensors = _tensors(len(pieces))
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata)) + b"".join(metadata)
    body = b""
    for name, kind, shape, data in tensors:
        dimensions = struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
        head += _string(name) + dimensions + struct.pack("<IQ", _TYPES[kind], len(body))
        body += _pad(data)
    path.write_bytes(_pad(head) + body)
    return path


def _tensors(tokens: int) -> list[tuple[str, str, tuple[int, ...], bytes]]:
    chance = np.random.default_rng(0)
    matrices = [("token_embd", "F16", tokens, _WIDTH), ("output", "Q6_K", tokens, _WIDTH)]
    for layer in range(_LAYERS):
        matrices += [
            (f"blk.{layer}.{name}", kind, rows, columns)
            for name, kind, rows, columns in (
                ("attn_q", "Q4_0", _WIDTH, _WIDTH),
                ("attn_k", "Q8_0", _WIDTH, _WIDTH),
                ("attn_v", "Q4_K", _WIDTH, _WIDTH),
                ("attn_output", "Q6_K", _WIDTH, _WIDTH),
                ("ffn_gate", "Q4_0", _FORWARD, _WIDTH),
                ("ffn_up", "Q4_K", _FORWARD, _WIDTH),
                ("ffn_down", "Q8_0", _WIDTH, _FORWARD),
            )
        ]
    norms = ["output_norm", *(f"blk.{n}.{w}_norm" for n in range(_LAYERS) for w in ("attn", "ffn"))]
    ones = np.ones(_WIDTH, dtype="<f4").tobytes()
    return [
        *(
            (f"{name}.weight", kind, (columns, rows), _blocks(chance, kind, rows * columns))
            for name, kind, rows, columns in matrices
        ),
        *((f"{name}.weight", "F32", (_WIDTH,), ones) for name in norms),
    ]


def _blocks(chance: np.random.Generator, kind: str, elements: int) -> bytes:
    size, parts = _BLOCKS[kind]
    count = elements // size
    columns: list[NDArray[np.uint8]] = []
    for part, length in parts:
        if part == "bits":
            columns.append(chance.integers(0, 256, (count, length), dtype=np.uint8))
            continue
        # A weight itself where nothing is packed; else the scale of a block.
        values = chance.normal(0, 1, count) if kind == "F16" else np.full(count, _SCALE)
        columns.append(values.astype("<f2").view(np.uint8).reshape(count, 2))
    return np.hstack(columns).tobytes()


def _string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _text(key: str, value: str) -> bytes:
    return _string(key) + struct.pack("<I", _STRING) + _string(value)


def _number(key: str, value: int) -> bytes:
    return _string(key) + struct.pack("<II", _U32, value)


def _array(key: str, kind: int, values: Iterable[bytes], count: int) -> bytes:
    return _string(key) + struct.pack("<IIQ", _ARRAY, kind, count) + b"".join(values)


def _pad(data: bytes) -> bytes:
    return data + bytes(-len(data) % _ALIGNMENT)
