"""The packaged reader's network in torch, with the parts of it that are trained."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from docqa.llm.embeddings.packaged.weights import WeightsFile, unpack

# How many numbers stand for what training adds to a row of a matrix.
RANK = 16


class Changed(nn.Module):
    """A matrix that stays as it is, a product of two small ones that is added, and a bias."""

    def __init__(self, file: WeightsFile, name: str, width: int) -> None:
        super().__init__()
        matrix = torch.tensor(file.matrix(f"{name}.w", width))
        self.register_buffer("matrix", matrix.bfloat16(), persistent=False)
        self.down = nn.Parameter(torch.randn(RANK, width) / math.sqrt(width))
        self.up = nn.Parameter(torch.zeros(len(matrix), RANK))
        self.bias = nn.Parameter(_plain(file, f"{name}.b"))

    def forward(self, values: Tensor) -> Tensor:
        values = values.bfloat16()
        added = functional.linear(
            functional.linear(values, self.down.bfloat16()), self.up.bfloat16()
        )
        return functional.linear(values, self.matrix, self.bias.bfloat16()) + added

    def changes(self, name: str) -> dict[str, Tensor]:
        return {f"{name}.w.up": self.up, f"{name}.w.down": self.down, f"{name}.b": self.bias}


class Layer(nn.Module):
    """One layer; its names are those of the file."""

    def __init__(self, file: WeightsFile, number: int) -> None:
        super().__init__()
        shape = file.shape
        widths = dict.fromkeys(("q", "k", "v", "ao", "fi"), shape.width) | {"fo": shape.inner}
        self.heads, self.name = shape.heads, f"l{number}"
        self.parts = nn.ModuleDict(
            {part: Changed(file, f"{self.name}.{part}", width) for part, width in widths.items()}
        )
        self.norms = nn.ModuleDict(
            {name: _norm(file, f"{self.name}.{name}") for name in ("aln", "oln")}
        )

    def forward(self, values: Tensor, mask: Tensor) -> Tensor:
        query, key, value = (self._part(self.parts[name](values)) for name in "qkv")
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        seen = seen.transpose(1, 2).reshape(values.shape)
        values = self.norms["aln"](values + self.parts["ao"](seen).float())
        inner = functional.gelu(self.parts["fi"](values), approximate="tanh")
        return self.norms["oln"](values + self.parts["fo"](inner).float())

    def _part(self, values: Tensor) -> Tensor:
        return values.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def changes(self) -> dict[str, Tensor]:
        found = {}
        for name, part in self.parts.items():
            found |= part.changes(f"{self.name}.{name}")
        for name, norm in self.norms.items():
            found |= {f"{self.name}.{name}.w": norm.weight, f"{self.name}.{name}.b": norm.bias}
        return found


class Network(nn.Module):
    """Gives each piece two points: for the begin of the answer and for its end."""

    def __init__(self, file: WeightsFile) -> None:
        super().__init__()
        width = file.shape.width
        words = unpack(file.blocks("emb.word")).reshape(-1, width)
        self.register_buffer("words", torch.tensor(words).bfloat16(), persistent=False)
        positions = _plain(file, "emb.pos").reshape(-1, width) + _plain(file, "emb.type")[:width]
        self.register_buffer("positions", positions, persistent=False)
        self.norm = _norm(file, "emb.ln")
        self.layers = nn.ModuleList(Layer(file, number) for number in range(file.shape.layers))
        self.head = nn.Linear(width, 2)
        nn.init.normal_(self.head.weight, std=0.02)

    def forward(self, texts: Sequence[Sequence[int]]) -> Tensor:
        """Points of each piece, texts filled up to the longest."""
        numbers = nn.utils.rnn.pad_sequence([torch.tensor(text) for text in texts], True, 1)
        lengths = torch.tensor([len(text) for text in texts])
        empty = torch.arange(numbers.shape[1]) >= lengths[:, None]
        mask = torch.zeros(empty.shape, dtype=torch.bfloat16).masked_fill(empty, -1e4)
        values = self.norm(self.words[numbers].float() + self.positions[: numbers.shape[1]])
        for layer in self.layers:
            values = layer(values, mask[:, None, None])
        return self.head(values).float()

    def named_changes(self) -> dict[str, Tensor]:
        """What is trained, by the names that the reader knows."""
        found = {"head": self.head.weight, "head_bias": self.head.bias}
        found |= {"emb.ln.w": self.norm.weight, "emb.ln.b": self.norm.bias}
        for layer in self.layers:
            found |= layer.changes()
        return found

    def load(self, changes: Path) -> None:
        """Go on from what an earlier training changed."""
        with np.load(changes) as kept:
            for name, values in self.named_changes().items():
                values.data = torch.tensor(kept[name].astype(np.float32))

    def changes(self) -> dict[str, np.ndarray]:
        """What training changed, as the reader takes it."""
        return {name: value.detach().half().numpy() for name, value in self.named_changes().items()}


def _plain(file: WeightsFile, name: str) -> Tensor:
    return torch.tensor(np.array(file.plain(name)))


def _norm(file: WeightsFile, name: str) -> nn.LayerNorm:
    norm = nn.LayerNorm(file.shape.width, eps=file.shape.epsilon)
    norm.weight.data, norm.bias.data = _plain(file, f"{name}.w"), _plain(file, f"{name}.b")
    return norm
