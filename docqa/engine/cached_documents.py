"""Whole documents that the model reads once, ahead of questions, and keeps."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from docqa.errors import ModelError, StorageError
from docqa.settings import ReadingSettings
from docqa.stores.prompt_cache import CachedPrompt, CachedPrompts
from docqa.stores.records.library import Library
from docqa.types import Cancelled, DocumentInfo, EngineKind

if TYPE_CHECKING:
    from docqa.answer.writing.cached_documents import CachePlan
    from docqa.llm.llama.native import ReportTokens
    from docqa.llm.model import Model


class CachedDocuments:
    """The cached documents of a library as people see and drop them; needs no model."""

    def __init__(self, library: Library, settings: ReadingSettings) -> None:
        """Look at this library's cached documents."""
        self._library, self._limit = library, settings.limit_gigabytes

    def list_all(self) -> list[CachedPrompt]:
        """All of them, the last used first."""
        with CachedPrompts(self._library.path, self._limit) as readings:
            return readings.list_all()

    def drop(self, ids: Sequence[int] | None = None) -> int:
        """Forget these, or all; returns the bytes that were freed."""
        with CachedPrompts(self._library.path, self._limit) as readings:
            return readings.drop(ids)

    def room(self) -> int:
        """Bytes that all cached prompts together may take."""
        with CachedPrompts(self._library.path, self._limit) as readings:
            return readings.room()


class DocumentCaching:
    """Has one model read documents whole."""

    def __init__(self, library: Library, model: "Model") -> None:
        """Read with this model; ModelError where it cannot keep what it reads."""
        if model.info.kind is not EngineKind.LLAMA:
            raise ModelError("readings.needs_llama")
        # Imported here: they need llama.cpp.
        from docqa.answer.writing.cached_documents import CachePlanner
        from docqa.llm.llama.model import LlamaModel
        from docqa.llm.llama.prompt_cache import LlamaPromptCache

        if not isinstance(model, LlamaModel):
            raise ModelError("readings.needs_llama")
        if not model.native.can_cut:
            raise ModelError(
                "readings.cannot_cut", model=model.name, architecture=model.architecture
            )
        # None where the settings keep no prompts.
        if not isinstance(model.cache, LlamaPromptCache):
            raise ModelError("readings.needs_llama")
        self._cache = model.cache
        self._planner = CachePlanner(library, model)

    def plan(self, documents: Sequence[DocumentInfo], *, together: bool) -> "list[CachePlan]":
        """What would be read, and what it costs in tokens, disk and time."""
        return list(self._planner.plan(documents, together=together))

    def read(
        self, plan: "CachePlan", cancelled: Cancelled, progress: "ReportTokens"
    ) -> tuple[CachedPrompt | None, bool]:
        """Read and keep; the flag says whether all of it was read before a stop.

        None where the stop came before anything was read.
        """
        reading = self._cache.read(plan.tokens, plan.label, plan.parts, cancelled, progress)
        if reading is None and cancelled():
            return None, False
        if reading is None:
            raise StorageError("readings.no_room", bytes=plan.bytes, label=plan.label)
        return reading, reading.tokens >= len(plan.tokens)
