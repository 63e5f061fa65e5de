"""What llama.cpp itself says it allocates, read from its log; run as a process of its own.

python -m tests.support.allocations CASES.json     prints one JSON list, in MiB
"""

import ctypes
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import gguf
import numpy as np

from tests.support import tiny_gguf
from tests.support.tiny_gguf import Shape, Vocabulary, trained_vocabulary

KV_TYPES = {"f16": 1, "q8_0": 8, "q4_0": 2}
_SIZE = re.compile(r"(\w+) +(model|KV|output|compute) buffer size *= *([\d.]+) MiB")


def measure(cases: list[dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """Allocations of each case: `path`, `window`, `kv_type`, `flash`, `batch`, `simulate`."""
    file = folder / "cases.json"
    file.write_text(json.dumps(cases, default=str))
    command = [sys.executable, "-m", "tests.support.allocations", str(file)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def write_hollow(path: Path, shape: Shape, tokens: int, kind: gguf.GGMLQuantizationType) -> Path:
    """A model of any size whose weights are a hole in the file: it takes no room on disk."""
    writer = gguf.GGUFWriter(path, shape.architecture)
    vocabulary = _padded(trained_vocabulary(), tokens)
    tiny_gguf._add_shape(writer, shape, vocabulary)
    tiny_gguf._add_vocabulary(writer, vocabulary)
    end = sum(_add(writer, name, dims, kind) for name, *dims in _tensors(shape, tokens))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    writer.close()
    with path.open("r+b") as file:
        file.truncate(-(-path.stat().st_size // 32) * 32 + end)
    return path


def _tensors(shape: Shape, tokens: int) -> list[tuple[Any, ...]]:
    hidden = shape.hidden
    kv = hidden // shape.heads * (shape.kv_heads or shape.heads)
    layer = (
        ("attn_norm", hidden), ("attn_q", hidden, hidden), ("attn_k", kv, hidden),
        ("attn_v", kv, hidden), ("attn_output", hidden, hidden), ("ffn_norm", hidden),
        ("ffn_gate", shape.ffn, hidden), ("ffn_up", shape.ffn, hidden),
        ("ffn_down", hidden, shape.ffn),
    )  # fmt: skip
    layers = [(f"blk.{n}.{name}", *dims) for n in range(shape.layers) for name, *dims in layer]
    return [
        ("token_embd", tokens, hidden),
        *layers,
        ("output_norm", hidden),
        ("output", tokens, hidden),
    ]


def _add(writer: gguf.GGUFWriter, name: str, dims: list[int], kind: Any) -> int:
    kind = kind if len(dims) > 1 else gguf.GGMLQuantizationType.F32
    block, size = gguf.GGML_QUANT_SIZES[kind]
    rows, row = dims[:-1], dims[-1] // block * size
    length = int(np.prod(dims)) // block * size
    quantized = block > 1
    writer.add_tensor_info(
        f"{name}.weight",
        [*rows, row] if quantized else dims,
        np.dtype(np.uint8 if quantized else np.float32),
        length,
        raw_dtype=kind,
    )
    return -(-length // 32) * 32


def _padded(vocabulary: Vocabulary, tokens: int) -> Vocabulary:
    more = max(0, tokens - len(vocabulary.pieces))
    return replace(
        vocabulary,
        pieces=(*vocabulary.pieces, *(f"<{n}>".encode() for n in range(more))),
        scores=(*vocabulary.scores, *[-1000.0] * more),
        types=(*vocabulary.types, *[int(gguf.TokenType.UNUSED)] * more),
    )


def _allocate(case: dict[str, Any]) -> dict[str, Any]:
    import llama_cpp

    from docqa.llm.llama.backends import extra_buffers, load_backends

    load_backends()
    lines: list[str] = []

    @llama_cpp.llama_log_callback
    def listen(level: int, text: bytes, data: object) -> None:
        lines.append(text.decode("utf-8", "replace"))

    llama_cpp.llama_log_set(listen, ctypes.c_void_p(0))
    loading = llama_cpp.llama_model_default_params()
    if case["simulate"]:
        loading.no_alloc, loading.load_mode = True, llama_cpp.LLAMA_LOAD_MODE_NONE
    model = llama_cpp.llama_model_load_from_file(case["path"].encode(), loading)
    context = llama_cpp.llama_context_default_params()
    context.n_ctx, context.n_batch = case["window"], max(512, case["batch"])
    context.n_ubatch, context.flash_attn_type = case["batch"], int(case["flash"])
    context.type_k = context.type_v = KV_TYPES[case["kv_type"]]
    running = llama_cpp.llama_init_from_model(model, context)
    assert running, "".join(lines)
    sizes: dict[str, Any] = {"buffers": extra_buffers()}
    for place, what, size in _SIZE.findall("".join(lines)):
        # A second copy for the processor's own kernels: CPU_REPACK, AMX.
        what = "copies" if what == "model" and place not in ("CPU", "CPU_Mapped") else what
        sizes[what] = sizes.get(what, 0.0) + float(size)
    llama_cpp.llama_free(running)
    llama_cpp.llama_model_free(model)
    return sizes


def main() -> None:
    """Measure the cases of a file."""
    cases = json.loads(Path(sys.argv[1]).read_text())
    sys.stdout.write(json.dumps([_allocate(case) for case in cases]))


if __name__ == "__main__":
    main()
