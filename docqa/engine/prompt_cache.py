"""Lets a model in this process use what was read in earlier ones, and leave its own behind."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docqa.messages import LANGUAGES, say
from docqa.settings import ReadingSettings
from docqa.stores.records.library import Library
from docqa.types import EngineKind, Passage, Warned

if TYPE_CHECKING:
    from docqa.llm.llama.prompt_cache import LlamaPromptCache
    from docqa.llm.model import Model
    from docqa.stores.prompt_cache import CachedSpan


class PromptCacheInUse:
    """The cached prompts of the library in use, for the model in use."""

    def __init__(self, settings: ReadingSettings, report: Callable[[Warned], None]) -> None:
        """Attach nothing yet; `report` takes what the user should know."""
        self._report = report
        self._settings = settings
        self._cache: LlamaPromptCache | None = None
        self._folder: Path | None = None
        self.reading: str | None = None
        """What was loaded last instead of computed, in words."""

    def attach(self, model: "Model", folder: Path) -> None:
        """Give the model the cached prompts of this library; other engines have no use for them."""
        if model.info.kind is not EngineKind.LLAMA or not self._settings.keep:
            return
        if self._folder == folder:
            return
        # Imported here: they need llama.cpp and LangChain.
        from docqa.answer.writing.prompts import Prompter
        from docqa.llm.llama.model import LlamaModel
        from docqa.llm.llama.prompt_cache import LlamaPromptCache
        from docqa.stores.prompt_cache import CachedPrompts

        if not isinstance(model, LlamaModel) or not model.native.can_cut:
            return
        if self._cache:
            self._cache.save_and_close()
        self._folder = folder
        self._cache = LlamaPromptCache(
            model, CachedPrompts(folder, self._settings.limit_gigabytes), self._hear
        )
        for language in LANGUAGES:
            prompter = Prompter("", language=language, short=model.wants_short_prompts)
            self._cache.keep_head(model.prefix_tokens(prompter.head()))

    def name_documents(self, passages: Sequence[Passage]) -> None:
        """Say which passages the next prompt holds."""
        if self._cache:
            from docqa.stores.prompt_cache import CachedSpan

            names = dict.fromkeys(passage.document for passage in passages)
            parts = [CachedSpan(p.document_id, p.start, p.end) for p in passages]
            self._cache.name_documents(", ".join(names), parts)

    def passages(self, library: Library) -> Iterable[Sequence[Passage]]:
        """What each cached prompt holds, as passages of the library."""
        for cached in self._cache.usable() if self._cache else ():
            found = [_passage(library, span) for span in cached.spans]
            whole = [passage for passage in found if passage is not None]
            if whole and len(whole) == len(found):
                yield whole

    def _hear(self, notice: Warned) -> None:
        if notice.message == "readings.kept":
            self.reading = say(notice.message, **notice.facts)
        self._report(notice)


def _passage(library: Library, span: "CachedSpan") -> Passage | None:
    first = library.passage_at(span.document_id, span.start)
    if first is None:
        return None
    text = library.text(span.document_id, span.start, span.end)
    return replace(first, end=span.end, text=text)
