"""Small real embedders for tests: random weights, real file formats."""

import json
from pathlib import Path

import gguf
import numpy as np

CHARACTERS = sorted(
    set(
        "合同违约金条款付款期限天气很好今天会议纪要的是在了机器学习猫狗房屋租赁员工年假有几规定，。？！"
    )
    | set("abcdefghijklmnopqrstuvwxyz0123456789")
)
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def write_encoder(folder: Path, kind: str = "bert", hidden: int = 32) -> Path:
    """A random encoder as people keep them: config, weights and vocabulary, but no pooling."""
    import torch
    from transformers import AutoConfig, AutoModel, BertTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = SPECIAL + CHARACTERS
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=64)
    tokenizer.save_pretrained(folder)
    sizes = {"hidden_size": hidden, "num_hidden_layers": 2, "num_attention_heads": 4}
    if kind == "xlnet":
        sizes = {"d_model": hidden, "n_layer": 2, "n_head": 4, "d_inner": 64}
    if kind == "electra":
        sizes["embedding_size"] = hidden
    if kind != "xlnet":
        sizes |= {"intermediate_size": 64, "max_position_embeddings": 80}
    torch.manual_seed(0)
    config = AutoConfig.for_model(kind, vocab_size=len(vocabulary), pad_token_id=0, **sizes)
    AutoModel.from_config(config).save_pretrained(folder)
    return folder


def write_reranker(folder: Path) -> Path:
    """The same as a cross-encoder with one score."""
    import torch
    from transformers import AutoConfig, AutoModelForSequenceClassification

    write_encoder(folder)
    torch.manual_seed(0)
    config = AutoConfig.from_pretrained(folder, num_labels=1)
    AutoModelForSequenceClassification.from_config(config).save_pretrained(folder)
    return folder


def write_gguf_embedder(path: Path, pooling: int | None = None, seed: int = 0) -> Path:
    """A random BERT as a GGUF file, with a vocabulary of single characters."""
    random, width, layers, inner = np.random.default_rng(seed), 32, 2, 64
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_name("tiny-random-bert")
    writer.add_context_length(128)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(inner)
    writer.add_head_count(4)
    writer.add_layer_norm_eps(1e-12)
    writer.add_causal_attention(False)
    if pooling is not None:
        writer.add_pooling_type(gguf.PoolingType(pooling))
    if pooling == gguf.PoolingType.RANK:
        head = random.standard_normal((1, width), dtype=np.float32)
        writer.add_tensor("cls.output.weight", head)
        writer.add_tensor("cls.output.bias", np.zeros(1, dtype=np.float32))
    _add_vocabulary(writer)

    def matrix(name: str, rows: int, columns: int) -> None:
        values = random.standard_normal((rows, columns), dtype=np.float32)
        writer.add_tensor(f"{name}.weight", values * columns**-0.5)

    def norm(name: str) -> None:
        writer.add_tensor(f"{name}.weight", np.ones(width, dtype=np.float32))
        writer.add_tensor(f"{name}.bias", np.zeros(width, dtype=np.float32))

    matrix("token_embd", len(SPECIAL) + len(CHARACTERS), width)
    matrix("position_embd", 128, width)
    matrix("token_types", 2, width)
    norm("token_embd_norm")
    for layer in range(layers):
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            matrix(f"blk.{layer}.{name}", width, width)
            writer.add_tensor(f"blk.{layer}.{name}.bias", np.zeros(width, dtype=np.float32))
        norm(f"blk.{layer}.attn_output_norm")
        matrix(f"blk.{layer}.ffn_up", inner, width)
        matrix(f"blk.{layer}.ffn_down", width, inner)
        norm(f"blk.{layer}.layer_output_norm")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_vocabulary(writer: gguf.GGUFWriter) -> None:
    # llama.cpp marks the beginnings of words.
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(SPECIAL + [f"▁{character}" for character in CHARACTERS])
    writer.add_token_types([3] * len(SPECIAL) + [1] * len(CHARACTERS))
    writer.add_token_type_count(2)
    for number, add in enumerate(
        (writer.add_pad_token_id, writer.add_unk_token_id, writer.add_bos_token_id)
    ):
        add(number)
    writer.add_eos_token_id(3)
    writer.add_sep_token_id(3)
    writer.add_mask_token_id(4)


def change_config(folder: Path, **facts: object) -> None:
    """Edit the folder's config.json."""
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(config | facts), encoding="utf-8")
