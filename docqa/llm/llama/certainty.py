"""How sure a model was of what it wrote."""

from collections.abc import Iterable, Iterator

from docqa.llm.llama.native import Native


class Certainty:
    """Watches one reply; `least` is the logarithm of the chance of its least likely token."""

    def __init__(self, native: Native) -> None:
        """Nothing was drawn yet."""
        self.least: float | None = None
        self._native = native

    def watch(self, tokens: Iterable[int]) -> Iterator[int]:
        """Hand on tokens as they are drawn."""
        for token in tokens:
            likelihood = self._native.likelihood(token)
            self.least = likelihood if self.least is None else min(self.least, likelihood)
            yield token

    def forget(self) -> None:
        """What came so far was no part of the answer."""
        self.least = None
