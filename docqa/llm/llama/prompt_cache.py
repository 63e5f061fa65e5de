"""What a loaded model remembers beyond its process: prompts computed once and kept on disk."""

import time
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from docqa.llm.llama.model import LlamaModel
from docqa.llm.llama.native import ReportTokens
from docqa.stores.prompt_cache import CachedPrompt, CachedPrompts, CachedSpan, Match
from docqa.types import Cancelled, Warned

# Less is computed sooner than a file is opened and checked.
_LEAST_GAIN = 32
_WORTH_SECONDS = 3.0


class Recalled(Struct, frozen=True):
    """A reading that was loaded instead of computed."""

    tokens: int
    seconds: float


class LlamaPromptCache:
    """Recalls what an earlier process read, and keeps what took this one long to read."""

    def __init__(
        self,
        model: LlamaModel,
        readings: CachedPrompts,
        report: Callable[[Warned], None] = lambda notice: None,
    ) -> None:
        """Become the model's prompt cache; close it before the model. `report` takes notices."""
        self._model, self._readings = model, readings
        self._heads: dict[tuple[int, ...], None] = {}
        self._spans: tuple[CachedSpan, ...] = ()
        self._label = ""
        self._seconds = 0.0
        self.recalled: Recalled | None = None
        self._report = report
        model.cache = self

    def count_shared(self, prompt: Sequence[int]) -> int:
        """Tokens of a prompt that a kept reading would spare."""
        match = self._readings.match(self._model.identity, prompt)
        return match.shared if match else 0

    def usable(self) -> list[CachedPrompt]:
        """The readings that this model can use, the last used first."""
        return [r for r in self._readings.list_all() if r.identity == self._model.identity]

    def keep_head(self, head: Sequence[int]) -> None:
        """Name tokens that many prompts begin with: they are kept the first time."""
        self._heads[tuple(head)] = None

    def name_documents(self, label: str, spans: Iterable[CachedSpan]) -> None:
        """Say which documents the next prompt holds, so that its reading goes when they go."""
        self._label, self._spans = label, tuple(spans)

    def load_best(self, prompt: Sequence[int]) -> int:
        """Load what spares most of a prompt, and tell how much; called in the caller's turn."""
        self.recalled = None
        native = self._model.native
        ready = native.count_shared(prompt)
        match = self._readings.match(self._model.identity, prompt)
        if match and match.shared - ready >= _LEAST_GAIN:
            ready = max(ready, self._load(match))
        self._keep_head(prompt, ready)
        return ready

    def add_seconds(self, seconds: float) -> None:
        """Add the time that a prompt took."""
        self._seconds += seconds

    def read(
        self,
        tokens: Sequence[int],
        label: str,
        spans: Sequence[CachedSpan],
        cancelled: Cancelled | None = None,
        progress: ReportTokens | None = None,
    ) -> CachedPrompt | None:
        """Compute a prompt and keep it, or as much of it as was read before a stop."""
        native = self._model.native
        with native.turn(cancelled):
            self.load_best(tokens)
            began, ready = time.perf_counter(), native.count_shared(tokens)
            whole = native.evaluate(tokens, progress)
            done = native.list_computed()
            if whole:
                self._model.measure(len(done) - ready, time.perf_counter() - began)
        return self._keep(done, label, spans) if done else None

    def save_and_close(self) -> None:
        """Keep what this process computed, where computing it again would be a nuisance."""
        if self._seconds >= _WORTH_SECONDS and self._spans:
            with self._model.native.turn():
                done = self._model.native.list_computed()
            if self.count_shared(done) < len(done):
                self._keep(done, self._label, self._spans)
        self._seconds = 0.0
        self._readings.close()

    def _load(self, match: Match) -> int:
        began = time.perf_counter()
        reading = match.reading
        if not self._model.native.load(reading.file, match.tokens):
            self._readings.drop([reading.id])
            self._report(Warned("readings.unusable", {"label": reading.label}))
            return 0
        self._readings.mark_used(reading)
        self.recalled = Recalled(match.shared, time.perf_counter() - began)
        facts = {"tokens": f"{match.shared:,}", "seconds": round(self.recalled.seconds, 1)}
        self._report(Warned("readings.kept", facts))
        return match.shared

    def _keep_head(self, prompt: Sequence[int], ready: int) -> None:
        for head in self._heads:
            if ready < len(head) and tuple(prompt[: len(head)]) == head:
                if self._model.native.evaluate(head):
                    self._keep(head, "", ())
                return

    def _keep(
        self, tokens: Sequence[int], label: str, spans: Sequence[CachedSpan]
    ) -> CachedPrompt | None:
        return self._readings.keep(
            self._model.identity, tokens, label, spans, self._model.native.save
        )
