"""The model in use, loaded when first needed and kept for the next question."""

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docqa.engine.prompt_cache import PromptCacheInUse
from docqa.errors import MissingExtra, ModelError
from docqa.llm import engine_kind, open_model
from docqa.settings import Settings
from docqa.types import Answer, EngineInfo, EngineKind, Passage, Warned

if TYPE_CHECKING:
    from docqa.llm.model import Model


class QuotesInstead(ModelError):
    """A model that the user did not choose cannot be loaded: quotes answer from now on."""


class ModelSlot:
    """Loads the model once, whichever thread asks first."""

    def __init__(self, settings: Settings, report: Callable[[Warned], None]) -> None:
        """Load nothing yet; `report` takes what the user should know."""
        self._settings = settings
        self._model: Model | None = None
        self._report = report
        self._lock = threading.Lock()
        self.kind = engine_kind(settings)
        self.read: tuple[Passage, ...] = ()
        """Passages that the model read last, which cost nothing to read again."""
        self.cache = PromptCacheInUse(settings.readings, report)
        self.window_used = 0
        """Tokens of the window that the last answer took with its prompt."""
        self.tokens_per_second: float | None = None
        """How fast the last answer came, once it came."""

    @property
    def loaded(self) -> bool:
        """Whether the next question need not wait for the model."""
        return self.kind is EngineKind.QUOTES or self._model is not None

    @property
    def info(self) -> EngineInfo:
        """Which engine answers, as far as is known before it is loaded."""
        if self._model is not None:
            return self._model.info
        return EngineInfo(self.kind, self._settings.model.name or None)

    def model(self, library: Path) -> "Model":
        """The loaded model, with what it has read of the library in this folder."""
        with self._lock:
            if self._model is None:
                self._model = open_model(self._with_engine())
                for notice in self._model.notes:
                    self._report(notice)
            self.cache.attach(self._model, library)
            return self._model

    def model_or_quotes(self, library: Path) -> "Model":
        """The loaded model; QuotesInstead where docqa itself chose it and it cannot be loaded."""
        try:
            return self.model(library)
        except (ModelError, MissingExtra) as error:
            if self._settings.model.engine != "auto" or self._model is not None:
                raise
            self.kind = EngineKind.QUOTES
            self._report(Warned("llm.quotes_instead", {"reason": str(error)}))
            raise QuotesInstead("llm.quotes_instead", reason=error) from error

    def warm_up(self, library: Path) -> None:
        """Load the model now, where one answers."""
        if self.kind is not EngineKind.QUOTES:
            with suppress(QuotesInstead):
                self.model_or_quotes(library)

    def note_usage(self, answer: Answer) -> None:
        """Take note of what an answer cost."""
        tokens, seconds = answer.usage.answer_tokens, answer.seconds.get("answer")
        self.window_used = answer.usage.prompt_tokens + tokens
        self.tokens_per_second = tokens / seconds if tokens and seconds else None

    def close(self) -> None:
        """Free the model."""
        with self._lock:
            if self._model is not None:
                self._model.close()
                self._model = None

    def _with_engine(self) -> Settings:
        """The settings; where there is no model, those of echo, to show what a prompt would be."""
        if self.kind is not EngineKind.QUOTES:
            return self._settings
        return replace(self._settings, model=replace(self._settings.model, engine="echo"))
