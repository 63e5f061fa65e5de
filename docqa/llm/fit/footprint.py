"""What a model needs in memory, as llama.cpp allocates it."""

import platform
import re
from collections.abc import Sequence

from msgspec import Struct

from docqa.catalog import ModelEntry, ModelShape
from docqa.errors import ModelError
from docqa.llm.files.gguf import GgufFile, Tensor

KV_TYPES = ("f16", "q8_0", "q4_0")
# Bytes an element, the scales of quantized blocks included.
_KV_BYTES = {"f16": 2.0, "q8_0": 34 / 32, "q4_0": 18 / 32}
_WINDOW_STEP = 256
# llama.cpp knows no more layers; the others are far above any network there is.
_MOST_LAYERS, _WIDEST, _LONGEST = 512, 1 << 20, (1 << 31) - 1
# Networks whose plan was held against what llama.cpp allocates (tests/docqa/llm/fit).
_MEASURED = frozenset({"llama", "qwen2", "qwen3", "gemma3"})
# Weights that llama.cpp copies, by the buffer they go to, into an order that its kernels for this
# processor like better. On processors with AMX, a block takes some bytes more.
_AMX_BLOCKS = {
    "F16": (1, 0),
    "Q4_0": (32, 0),
    "Q4_1": (32, 0),
    "Q8_0": (32, 4),
    "Q4_K": (256, 4),
    "Q5_K": (256, 4),
    "Q6_K": (256, 0),
    "IQ4_XS": (256, 2),
}
_AMX_ROWS = 32
_REPACKED_TYPES = {
    "x86_64": {"Q4_0", "Q4_K", "IQ4_NL"},
    "AMD64": {"Q4_0", "Q4_K", "IQ4_NL"},
    "arm64": {"Q4_0", "Q4_K", "Q5_K", "Q6_K", "Q8_0", "IQ4_NL"},
    "aarch64": {"Q4_0", "Q4_K", "Q5_K", "Q6_K", "Q8_0", "IQ4_NL"},
}
_REPACKED_ROWS = 8


class Footprint(Struct, frozen=True):
    """The parts of a model that take memory, in bytes; `layers` has one figure a layer."""

    shape: ModelShape
    window: int
    """Tokens the model was trained for."""
    embedding: int
    output: int
    layers: tuple[int, ...]
    estimated: bool = False
    """Whether the network is of a kind whose memory was not measured against llama.cpp's."""
    copies: int = 0
    """Bytes of the weights that llama.cpp copies for the CPU; what was mapped can be dropped."""

    @property
    def weights(self) -> int:
        """Bytes of all weights."""
        return self.embedding + self.output + sum(self.layers)


class Load(Struct, frozen=True):
    """How a model is loaded, as far as memory goes."""

    window: int
    kv_type: str = "f16"
    gpu_layers: int = 0
    flash_attention: bool = True
    micro_batch: int = 512


class Memory(Struct, frozen=True):
    """What one way of loading takes, in bytes."""

    weights: int
    kv: int
    buffers: int
    ram: int
    vram: int

    @property
    def total(self) -> int:
        """All of it, wherever it lies."""
        return self.weights + self.kv + self.buffers


def of_file(file: GgufFile, buffers: Sequence[str] = ("CPU_REPACK",)) -> Footprint:
    """The footprint of a GGUF file, from its tensors' sizes.

    `buffers` are those into which weights are copied here, as llama.cpp reports them.
    """
    shape = shape_of(file)
    layers = [0] * shape.layers
    embedding = output = 0
    for tensor in file.tensors:
        block = re.match(r"blk\.(\d+)\.", tensor.name)
        if block and int(block[1]) < len(layers):
            layers[int(block[1])] += tensor.bytes
        elif tensor.name.startswith("token_embd"):
            embedding += tensor.bytes
        else:
            output += tensor.bytes
    copies = sum(_copied_bytes(tensor, buffers) for tensor in file.tensors)
    window = file.count("context_length")
    estimated = file.architecture not in _MEASURED or file.number(
        f"{file.architecture}.expert_count"
    )
    return Footprint(shape, window, embedding, output, tuple(layers), bool(estimated), copies)


def of_entry(entry: ModelEntry, quantization: str) -> Footprint:
    """The footprint of a catalog model that is not here yet."""
    total, shape = entry.quantizations[quantization].bytes, entry.shape
    # The embedding and the output are one matrix each, or one together; the layers share the rest.
    matrix = round(total * shape.vocabulary * shape.hidden / entry.parameters)
    output = 0 if shape.tied else matrix
    layer = (total - matrix - output) // shape.layers
    return Footprint(shape, entry.window, matrix, output, (layer,) * shape.layers)


def shape_of(file: GgufFile) -> ModelShape:
    """The shape that a GGUF file states; ModelError where no network can have it."""
    own = file.architecture
    heads = _optional(file, "attention.head_count", 1)
    kv_heads = file.number(f"{own}.attention.head_count_kv")
    shape = ModelShape(
        layers=file.count("block_count"),
        hidden=file.count("embedding_length"),
        heads=heads,
        kv_heads=heads if kv_heads is None else int(kv_heads),
        feed_forward=_feed_forward(file),
        vocabulary=file.vocabulary,
        key_size=int(file.number(f"{own}.attention.key_length") or 0),
        value_size=int(file.number(f"{own}.attention.value_length") or 0),
        kv_layers=_kv_layers(file),
    )
    for where, sound in (
        ("block_count", 0 < shape.layers <= _MOST_LAYERS),
        ("embedding_length", 0 < shape.hidden <= _WIDEST),
        ("attention.head_count", heads > 0 and (shape.key_size or shape.hidden % heads == 0)),
        ("attention.key_length", 0 <= shape.key_size + shape.value_size <= _WIDEST),
        ("attention.head_count_kv", 0 < shape.kv_heads <= heads),
        ("feed_forward_length", 0 < shape.feed_forward <= _WIDEST),
        ("context_length", 0 < file.count("context_length") <= _LONGEST),
    ):
        if not sound:
            raise ModelError("models.gguf_damaged", path=file.path, where=where)
    return shape


def _optional(file: GgufFile, key: str, default: int) -> int:
    """A whole number that some networks do not have."""
    return file.count(key) if f"{file.architecture}.{key}" in file.metadata else default


def _feed_forward(file: GgufFile) -> int:
    """The width of a layer's widest step: in a mixture of experts, of those in use together."""
    one = _optional(file, "expert_feed_forward_length", 0)
    experts = one * _optional(file, "expert_used_count", 1)
    default = experts or file.count("embedding_length")
    return max(experts, _optional(file, "feed_forward_length", default))


def _kv_layers(file: GgufFile) -> float:
    """The share of the layers that keep keys and values; the others keep one state for all."""
    heads = file.metadata.get(f"{file.architecture}.attention.head_count_kv")
    if isinstance(heads, tuple) and heads and max(heads) > 0:
        share: float = sum(heads) / (max(heads) * len(heads))
        return share
    return 0.0 if f"{file.architecture}.attention.head_count" not in file.metadata else 1.0


def memory(model: Footprint, load: Load) -> Memory:
    """What loading the model this way takes."""
    on_gpu = min(load.gpu_layers, len(model.layers))
    with_output = load.gpu_layers > len(model.layers)
    kv = kv_bytes(model.shape, load.window, load.kv_type)
    buffers = _buffers(model.shape, load)
    # llama.cpp moves the last layers first, and the output after all of them.
    vram = sum(model.layers[len(model.layers) - on_gpu :])
    vram += kv * on_gpu // max(1, len(model.layers))
    if on_gpu:
        vram += buffers
    if with_output:
        vram += model.output or model.embedding
    # A GPU needs its own buffers; the CPU keeps some for what stays there.
    ram = model.weights + kv + (2 * buffers if on_gpu else buffers) - vram
    return Memory(model.weights, kv, buffers, max(ram, model.embedding), vram)


def kv_bytes(shape: ModelShape, window: int, kv_type: str) -> int:
    """The KV cache, which is allocated in full when the model is loaded."""
    elements = shape.layers * shape.kv_heads * shape.head_sizes * _pad(window)
    return round(elements * shape.kv_layers * _KV_BYTES[kv_type])


def can_quantize_kv(shape: ModelShape, flash_attention: bool) -> bool:
    """Whether llama.cpp accepts a quantized KV cache for this shape."""
    return flash_attention and shape.head_size % 32 == 0


def _buffers(shape: ModelShape, load: Load) -> int:
    """The compute buffer's peak: the larger of the widest layer step and the output step.

    Counted in tensors alive at once; met by llama.cpp within 1 % of the total on the shapes tested.
    """
    batch, window = load.micro_batch, _pad(load.window)
    hidden = batch * shape.hidden * 4
    kv = batch * shape.kv_heads * shape.head_size * 4
    forward = batch * shape.feed_forward * 4
    logits = batch * shape.vocabulary * 4
    mask = batch * window * (2 if load.flash_attention else 4)
    steps = [mask + 3 * forward + 4 * hidden, logits + (2 if load.kv_type == "f16" else 3) * hidden]
    if not load.flash_attention:
        scores = batch * window * shape.heads * 4
        steps.append(scores + mask + 5 * hidden + 2 * kv)
    return max(steps) + shape.vocabulary * 4


def _pad(window: int) -> int:
    return -(-window // _WINDOW_STEP) * _WINDOW_STEP


def _copied_bytes(tensor: Tensor, buffers: Sequence[str]) -> int:
    """What a copy of the weights takes, in the first buffer that takes them."""
    if len(tensor.shape) != 2 or tensor.name.startswith("token_embd"):
        return 0
    columns, rows = tensor.shape
    if "AMX" in buffers and tensor.type in _AMX_BLOCKS and rows % _AMX_ROWS == 0:
        block, more = _AMX_BLOCKS[tensor.type]
        return tensor.bytes + rows * columns // block * more
    return tensor.bytes if "CPU_REPACK" in buffers and _is_repacked(tensor) else 0


def _is_repacked(tensor: Tensor) -> bool:
    return (
        tensor.type in _REPACKED_TYPES.get(platform.machine(), ())
        and tensor.shape[1] % _REPACKED_ROWS == 0
    )
