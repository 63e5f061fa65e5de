"""What the two legs of a search found, before they are joined."""

from collections.abc import Container, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from docqa.retrieval.coverage import Coverage
from docqa.types import Passage

if TYPE_CHECKING:
    from docqa.retrieval.nearness import Meant

Value = TypeVar("Value")


class Legs(Struct, frozen=True, dict=True):
    """What each leg found, best first, and the passages it found."""

    lexical: Sequence[tuple[int, float]]
    dense: Sequence[tuple[int, float]]
    weight: float
    """Share of the dense leg."""
    coverage: Mapping[int, Coverage]
    passages: Mapping[int, Passage]
    searched: int
    """How many passages there were to find."""
    words: Mapping[int, float]
    """What the words give every passage, found by them or not."""
    scores: Mapping[int, float]
    """BM25 of what the index found."""
    meant: Mapping[int, "Meant"]
    """Of every passage that has a vector, found by meaning or not."""
    usual_similarity: float = 0.0
    """What passages of this library get for this question on average."""
    embedded: float | None = None
    """Share of the library's passages that have a vector."""
    is_scale_known: bool = False
    """Whether similarities mean the same in every library, as fitted for this embedder."""

    @cached_property
    def nearness(self) -> Mapping[int, float]:
        """What the meaning gives every passage; one without a vector yet gets what others get."""
        if not self.meant:
            return {}
        near = {number: one.share for number, one in self.meant.items()}
        mean = sum(near.values()) / len(near)
        return {number: near.get(number, mean) for number in self.passages}

    def among(self, numbers: Container[int]) -> "Legs":
        """The same as if these passages were all that was found."""

        def only(held: Mapping[int, Value]) -> Mapping[int, Value]:
            return {number: value for number, value in held.items() if number in numbers}

        return replace(
            self,
            lexical=[hit for hit in self.lexical if hit[0] in numbers],
            dense=[hit for hit in self.dense if hit[0] in numbers],
            coverage=only(self.coverage),
            passages=only(self.passages),
            words=only(self.words),
            scores=only(self.scores),
            meant=only(self.meant),
        )
