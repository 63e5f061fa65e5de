"""Writes llama-architecture GGUF files with random weights, of any shape, for tests and benches.

python -m tests.support.tiny_gguf OUT.gguf [--context 16384 --rope linear:4] [--shape 1.3b] …
"""

import argparse
import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import gguf
import numpy as np
from gguf import quants
from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

from tests.support.outside import DATA

REAL_TOKENIZER = DATA / "chinese-alpaca-2-tokenizer.model"
SAMPLE = """\
第一条 为规范星河示例公司的休假管理，根据有关法律法规，结合公司实际情况，制定本制度。
第二条 员工连续工作满一年的，享受带薪年休假；满十年不满二十年的，年休假为十天。
第三条 员工请病假应当提供医疗机构出具的证明，病假期间的工资按照本地最低工资标准执行。
问题：年假有几天？回答：根据第二条，工作满十年的员工年休假为十天。
You are a helpful assistant. 你是一个乐于助人的助手。请根据资料回答问题，并注明出处。
The project started in 2021 and the budget for the second year was 3,500 yuan per person.
繁體中文：第一條，本公司員工應當遵守工作時間與請假規定，並於事前提出申請。
{"answer": "text", "number": 1, "list": [true, false, null]}
"""
QUANTIZATIONS = {
    "f32": (gguf.GGMLQuantizationType.F32, gguf.LlamaFileType.ALL_F32),
    "f16": (gguf.GGMLQuantizationType.F16, gguf.LlamaFileType.MOSTLY_F16),
    "q8_0": (gguf.GGMLQuantizationType.Q8_0, gguf.LlamaFileType.MOSTLY_Q8_0),
    "q4_0": (gguf.GGMLQuantizationType.Q4_0, gguf.LlamaFileType.MOSTLY_Q4_0),
}
LLAMA3_SPECIAL = (
    "<|begin_of_text|>",
    "<|end_of_text|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eot_id|>",
)


@dataclass(frozen=True)
class Vocabulary:
    """Pieces with scores and types, as the official converter would write them."""

    kind: str
    pieces: tuple[bytes, ...]
    scores: tuple[float, ...]
    types: tuple[int, ...]
    bos: int
    eos: int

    def id(self, piece: str) -> int:
        """The id of a piece."""
        return self.pieces.index(piece.encode())


@dataclass(frozen=True)
class Shape:
    """Everything that may differ between test models."""

    layers: int = 2
    hidden: int = 64
    heads: int = 2
    kv_heads: int | None = None
    ffn: int = 128
    context: int = 4096
    rope_base: float = 10000.0
    rope: str = ""
    """Scaling keys: `linear:4`, `yarn:16:4096`, or none."""
    quantization: str = "f16"
    name: str = "docqa-random"
    architecture: str = "llama"
    template: str | None = None
    seed: int = 0
    favoured: Mapping[int, float] = field(default_factory=dict)
    """Tokens that get this much more of every logit, so that an answer can be steered."""
    tensors: bool = True
    biases: bool = False
    """Whether queries, keys and values have biases, as those of Qwen 2 do."""
    extra: Mapping[str, object] = field(default_factory=dict)


SHAPE_1_3B = Shape(
    layers=4, hidden=4096, heads=32, ffn=11008, quantization="q4_0", name="docqa-random-1.3b"
)


def write_gguf(
    path: Path, shape: Shape | None = None, vocabulary: Vocabulary | None = None
) -> Path:
    """Write one file; its folder is made where missing."""
    shape, vocabulary = shape or Shape(), vocabulary or trained_vocabulary()
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(path, shape.architecture)
    _add_shape(writer, shape, vocabulary)
    _add_vocabulary(writer, vocabulary)
    if shape.template is not None:
        writer.add_chat_template(shape.template)
    for key, value in shape.extra.items():
        writer.add_string(key, str(value))
    if shape.tensors:
        _Tensors(writer, shape, vocabulary).add()
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_shape(writer: gguf.GGUFWriter, shape: Shape, vocabulary: Vocabulary) -> None:
    writer.add_name(shape.name)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.hidden)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.ffn)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads or shape.heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(shape.hidden // shape.heads)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_vocab_size(len(vocabulary.pieces))
    writer.add_file_type(QUANTIZATIONS[shape.quantization][1])
    if shape.rope:
        kind, factor, *original = shape.rope.split(":")
        writer.add_rope_scaling_type(gguf.RopeScalingType(kind))
        writer.add_rope_scaling_factor(float(factor))
        if original:
            writer.add_rope_scaling_orig_ctx_len(int(original[0]))


def _add_vocabulary(writer: gguf.GGUFWriter, vocabulary: Vocabulary) -> None:
    writer.add_tokenizer_model(vocabulary.kind)
    writer.add_tokenizer_pre("default" if vocabulary.kind == "llama" else "llama-bpe")
    writer.add_token_list(list(vocabulary.pieces))
    writer.add_token_types(list(vocabulary.types))
    writer.add_bos_token_id(vocabulary.bos)
    writer.add_eos_token_id(vocabulary.eos)
    writer.add_add_bos_token(True)
    if vocabulary.kind == "llama":
        writer.add_token_scores(list(vocabulary.scores))
        writer.add_unk_token_id(0)
        writer.add_add_eos_token(False)
        writer.add_add_space_prefix(True)
    else:
        writer.add_token_merges(["e r"])


class _Tensors:
    """The weights, drawn from one seeded generator."""

    def __init__(self, writer: gguf.GGUFWriter, shape: Shape, vocabulary: Vocabulary) -> None:
        self._writer, self._shape, self._vocabulary = writer, shape, vocabulary
        self._random = np.random.default_rng(shape.seed)

    def add(self) -> None:
        shape, hidden = self._shape, self._shape.hidden
        kv = hidden // shape.heads * (shape.kv_heads or shape.heads)
        tokens = len(self._vocabulary.pieces)
        embedding = self._draw(tokens, hidden, 1.0)
        output = self._draw(tokens, hidden, hidden**-0.5)
        if shape.favoured:
            # The first dimension is made constant, and only the favoured tokens listen to it.
            embedding[:, 0], output[:, 0] = 4.0, 0.0
            for token, bonus in shape.favoured.items():
                output[token, 0] = bonus
        self._matrix("token_embd.weight", embedding)
        for layer in range(shape.layers):
            name = f"blk.{layer}."
            for part, rows, columns in (
                ("attn_q", hidden, hidden),
                ("attn_k", kv, hidden),
                ("attn_v", kv, hidden),
                ("attn_output", hidden, hidden),
                ("ffn_gate", shape.ffn, hidden),
                ("ffn_up", shape.ffn, hidden),
                ("ffn_down", hidden, shape.ffn),
            ):
                self._matrix(f"{name}{part}.weight", self._draw(rows, columns, columns**-0.5))
            if shape.biases:
                for part, size in (("attn_q", hidden), ("attn_k", kv), ("attn_v", kv)):
                    zeros = np.zeros(size, dtype=np.float32)
                    self._writer.add_tensor(f"{name}{part}.bias", zeros)
            self._ones(name + "attn_norm.weight")
            self._ones(name + "ffn_norm.weight")
        self._ones("output_norm.weight")
        self._matrix("output.weight", output)

    def _draw(self, rows: int, columns: int, deviation: float) -> np.ndarray:
        return self._random.standard_normal((rows, columns), dtype=np.float32) * deviation

    def _ones(self, name: str) -> None:
        self._writer.add_tensor(name, np.ones(self._shape.hidden, dtype=np.float32))

    def _matrix(self, name: str, values: np.ndarray) -> None:
        kind = QUANTIZATIONS[self._shape.quantization][0]
        if kind == gguf.GGMLQuantizationType.F32:
            self._writer.add_tensor(name, values)
        elif kind == gguf.GGMLQuantizationType.F16:
            self._writer.add_tensor(name, values.astype(np.float16))
        else:
            self._writer.add_tensor(name, quants.quantize(values, kind), raw_dtype=kind)


@cache
def trained_vocabulary(size: int = 700) -> Vocabulary:
    """A small SentencePiece vocabulary of the Llama kind, trained on the sample text."""
    model = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(SAMPLE.splitlines() * 4),
        model_writer=model,
        model_type="bpe",
        vocab_size=size,
        byte_fallback=True,
        character_coverage=1.0,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    return _from_sentencepiece(SentencePieceProcessor(model_proto=model.getvalue()))


@cache
def real_vocabulary() -> Vocabulary:
    """The 55,296 pieces of Chinese-Alpaca-2, where the file is present."""
    return _from_sentencepiece(SentencePieceProcessor(model_file=str(REAL_TOKENIZER)))


def padded(vocabulary: Vocabulary, size: int) -> Vocabulary:
    """The vocabulary filled up with unused pieces."""
    more = size - len(vocabulary.pieces)
    return replace(
        vocabulary,
        pieces=(*vocabulary.pieces, *(f"<pad{n}>".encode() for n in range(more))),
        scores=(*vocabulary.scores, *([-1000.0] * more)),
        types=(*vocabulary.types, *([gguf.TokenType.UNUSED] * more)),
    )


def _from_sentencepiece(model: SentencePieceProcessor) -> Vocabulary:
    ids = range(model.vocab_size())
    return Vocabulary(
        "llama",
        tuple(model.id_to_piece(i).encode() for i in ids),
        tuple(model.get_score(i) for i in ids),
        tuple(_type(model, i) for i in ids),
        model.bos_id(),
        model.eos_id(),
    )


def _type(model: SentencePieceProcessor, token: int) -> int:
    if model.is_unknown(token):
        return gguf.TokenType.UNKNOWN
    if model.is_control(token):
        return gguf.TokenType.CONTROL
    if model.is_byte(token):
        return gguf.TokenType.BYTE
    return gguf.TokenType.UNUSED if model.is_unused(token) else gguf.TokenType.NORMAL


@cache
def llama3_vocabulary() -> Vocabulary:
    """A byte-level vocabulary with the special tokens of Llama 3."""
    return byte_vocabulary(LLAMA3_SPECIAL, bos="<|begin_of_text|>", eos="<|end_of_text|>")


@cache
def byte_vocabulary(
    controls: tuple[str, ...], *, bos: str, eos: str, user_defined: tuple[str, ...] = ()
) -> Vocabulary:
    """A byte-level vocabulary with these control tokens, and those that any text may make."""
    ordinary = [*_byte_letters(), "er"]
    pieces = [*ordinary, *controls, *user_defined]
    types = [gguf.TokenType.NORMAL] * len(ordinary)
    types += [gguf.TokenType.CONTROL] * len(controls)
    types += [gguf.TokenType.USER_DEFINED] * len(user_defined)
    return Vocabulary(
        "gpt2",
        tuple(piece.encode() for piece in pieces),
        (),
        tuple(types),
        pieces.index(bos),
        pieces.index(eos),
    )


def _byte_letters() -> list[str]:
    # GPT-2 writes each byte as a printable letter: itself where it is one, else from 256 on.
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = (256 + n for n in range(256))
    return [chr(byte) if byte in printable else chr(next(others)) for byte in range(256)]


def main() -> None:
    """Write a file from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--shape", choices=("tiny", "1.3b"), default="tiny")
    parser.add_argument("--context", type=int, default=4096)
    parser.add_argument("--rope", default="", help="linear:4 or yarn:16:4096")
    parser.add_argument("--quantization", choices=QUANTIZATIONS)
    parser.add_argument("--real-vocabulary", action="store_true")
    arguments = parser.parse_args()
    shape = SHAPE_1_3B if arguments.shape == "1.3b" else Shape()
    shape = replace(
        shape,
        context=arguments.context,
        rope=arguments.rope,
        quantization=arguments.quantization or shape.quantization,
    )
    vocabulary = real_vocabulary() if arguments.real_vocabulary else trained_vocabulary()
    write_gguf(arguments.out, shape, vocabulary)


if __name__ == "__main__":
    main()
