"""Loads a model and tries what docqa needs of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from docqa.llm import open_model
from docqa.settings import Settings

if TYPE_CHECKING:
    from docqa.llm.llama.trials.self_test import TestFinding
    from docqa.llm.model import Model
    from docqa.types import EngineInfo, Warned


class Trial:
    """A loaded model under test."""

    def __init__(self, model: "Model") -> None:
        """Take a loaded model; its owner closes it."""
        self._model = model

    @property
    def engine(self) -> "EngineInfo":
        """What was loaded, and how."""
        return self._model.info

    @property
    def notes(self) -> "Sequence[Warned]":
        """What to beware of."""
        return self._model.notes

    def run(self, tokens: int) -> "Iterator[TestFinding]":
        """All checks, each as it is done; `tokens` is the longest prompt used."""
        from docqa.llm.llama.trials import self_test

        return self_test.run(self._model, tokens)


@contextmanager
def open_trial(settings: Settings) -> Iterator[Trial]:
    """Load the model of the settings for a test, and free it afterwards."""
    model = open_model(settings)
    try:
        yield Trial(model)
    finally:
        model.close()
