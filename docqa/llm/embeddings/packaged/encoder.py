"""Runs the network of multilingual-e5-small in numpy, a few texts at a time on every core."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, pairwise
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from docqa.llm.embeddings.blas import use_one_thread
from docqa.llm.embeddings.packaged.weights import WeightsFile, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

# Set by hand: so many tokens go through a layer at once that their values stay in the cache.
_TOKENS_AT_ONCE = 512


class _Layer(Struct, frozen=True):
    """Weights of one layer, ready to be multiplied from the right."""

    attend: "Floats"
    attend_bias: "Floats"
    out: "Floats"
    out_bias: "Floats"
    widen: "Floats"
    widen_bias: "Floats"
    narrow: "Floats"
    narrow_bias: "Floats"
    first_norm: "tuple[Floats, Floats]"
    second_norm: "tuple[Floats, Floats]"


class Encoder:
    """The network; its 21 million weights are unpacked once, the words' vectors as needed."""

    def __init__(self, file: WeightsFile) -> None:
        """Unpack the layers."""
        self._file = file
        self._threads = (os.cpu_count() or 1) if use_one_thread() else 1
        self._shape = file.shape
        self._words = file.blocks("emb.word")
        self._positions = file.plain("emb.pos").reshape(-1, self._shape.width)
        self._kind = file.plain("emb.type")[: self._shape.width]
        self._norm = (file.plain("emb.ln.w"), file.plain("emb.ln.b"))
        self._layers = [self._read_layer(number) for number in range(self._shape.layers)]

    @property
    def longest(self) -> int:
        """Tokens of a text that the network can take, its two marks included."""
        return self._shape.positions

    def encode(self, texts: Sequence[Sequence[int]]) -> "Floats":
        """The mean of the last layer for each text, given as numbers of pieces."""
        return np.stack(self.summarise(texts, lambda values: values.mean(axis=0)))

    def summarise(
        self, texts: Sequence[Sequence[int]], take: "Callable[[Floats], Floats]"
    ) -> "list[Floats]":
        """What is taken of the last layer for each text: a row comes for each of its pieces."""
        groups: list[list[Sequence[int]]] = [[]]
        for text in texts:
            if groups[-1] and sum(map(len, groups[-1])) + len(text) > _TOKENS_AT_ONCE:
                groups.append([])
            groups[-1].append(text)

        def run(group: list[Sequence[int]]) -> "list[Floats]":
            return [take(values) for values in self._run(group)]

        # A question is one group, and a thread for it would only cost.
        if len(groups) == 1:
            return run(groups[0])
        # numpy lets go of the interpreter while it computes.
        with ThreadPoolExecutor(self._threads) as pool:
            return list(chain.from_iterable(pool.map(run, groups)))

    def _run(self, texts: list[Sequence[int]]) -> "Iterator[Floats]":
        bounds = np.cumsum([0, *map(len, texts)]).tolist()
        spans = [slice(a, b) for a, b in pairwise(bounds)]
        values = self._embed(texts)
        for layer in self._layers:
            values = self._attend(layer, values, spans)
            values = self._transform(layer, values)
        return (values[span] for span in spans)

    def _embed(self, texts: list[Sequence[int]]) -> "Floats":
        width = self._shape.width
        numbers = np.concatenate([np.asarray(text) for text in texts])
        per_row = width // 32
        at = numbers[:, None] * per_row + np.arange(per_row)
        values = unpack(self._words[at.reshape(-1)]).reshape(len(numbers), width)
        values += np.concatenate([self._positions[: len(text)] for text in texts])
        values += self._kind
        return self._normalise(values, self._norm)

    def _attend(self, layer: _Layer, values: "Floats", spans: list[slice]) -> "Floats":
        heads, width = self._shape.heads, self._shape.width
        joined = values @ layer.attend
        joined += layer.attend_bias
        context = np.empty_like(values)
        for span in spans:
            parts = joined[span].reshape(-1, 3, heads, width // heads).transpose(1, 2, 0, 3)
            query, key, value = np.ascontiguousarray(parts)
            scores = query @ key.transpose(0, 2, 1)
            scores -= scores.max(axis=-1, keepdims=True)
            np.exp(scores, out=scores)
            scores /= scores.sum(axis=-1, keepdims=True)
            context[span] = (scores @ value).transpose(1, 0, 2).reshape(-1, width)
        result: Floats = context @ layer.out
        result += layer.out_bias
        result += values
        return self._normalise(result, layer.first_norm)

    def _transform(self, layer: _Layer, values: "Floats") -> "Floats":
        inner = values @ layer.widen
        inner += layer.widen_bias
        result: Floats = _gelu(inner) @ layer.narrow
        result += layer.narrow_bias
        result += values
        return self._normalise(result, layer.second_norm)

    def _normalise(self, values: "Floats", norm: "tuple[Floats, Floats]") -> "Floats":
        values -= values.mean(axis=1, keepdims=True)
        spread = np.einsum("ij,ij->i", values, values) / values.shape[1]
        values *= (1 / np.sqrt(spread + self._shape.epsilon)).astype(np.float32)[:, None]
        values *= norm[0]
        values += norm[1]
        return values

    def _read_layer(self, number: int) -> _Layer:
        file, width = self._file, self._shape.width

        def matrix(name: str, of: int = width) -> "Floats":
            return np.ascontiguousarray(file.matrix(f"l{number}.{name}.w", of).T)

        def bias(name: str) -> "Floats":
            return file.plain(f"l{number}.{name}.b")

        # The usual division of the scores is done once, to the weights of the queries.
        scale = np.float32((width // self._shape.heads) ** -0.5)
        attend = np.concatenate([matrix("q") * scale, matrix("k"), matrix("v")], axis=1)
        attend_bias = np.concatenate([bias("q") * scale, bias("k"), bias("v")])
        norms = [(file.plain(f"l{number}.{name}.w"), bias(name)) for name in ("aln", "oln")]
        return _Layer(
            attend=attend,
            attend_bias=attend_bias,
            out=matrix("ao"),
            out_bias=bias("ao"),
            widen=matrix("fi"),
            widen_bias=bias("fi"),
            narrow=matrix("fo", self._shape.inner),
            narrow_bias=bias("fo"),
            first_norm=norms[0],
            second_norm=norms[1],
        )


def _gelu(values: "Floats") -> "Floats":
    """The usual approximation by tanh, in place: numpy has no error function."""
    inner = values * values
    inner *= 0.044715 * 0.7978845608
    inner += 0.7978845608
    inner *= values
    np.tanh(inner, out=inner)
    inner += 1
    inner *= values
    inner *= 0.5
    return inner
