"""Lets a model in this process use what was read in earlier ones, and leave its own behind."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docqa.messages import say
from docqa.settings import ReadingSettings
from docqa.stores.records.library import Library
from docqa.types import EngineKind, Passage, Warned

if TYPE_CHECKING:
    from docqa.llm.llama.prompt_cache import KeptPrompts
    from docqa.llm.model import Model
    from docqa.stores.prompt_cache import Stretch

_LANGUAGES = ("zh", "en")


class Remembering:
    """The readings of the library in use, as the memory of the model in use."""

    def __init__(self, settings: ReadingSettings, report: Callable[[Warned], None]) -> None:
        """Remember nothing yet; `report` takes what the user should know."""
        self._report = report
        self._settings = settings
        self._memory: KeptPrompts | None = None
        self._folder: Path | None = None
        self.reading: str | None = None
        """What was loaded last instead of computed, in words."""

    def attach(self, model: "Model", folder: Path) -> None:
        """Give the model the readings of the library in this folder; other engines have no use."""
        if model.info.kind is not EngineKind.LLAMA or not self._settings.keep:
            return
        if self._folder == folder:
            return
        # Imported here: they need llama.cpp and LangChain.
        from docqa.answer.writing.prompts import Prompter
        from docqa.llm.llama.model import LlamaModel
        from docqa.llm.llama.prompt_cache import KeptPrompts
        from docqa.stores.prompt_cache import Readings

        assert isinstance(model, LlamaModel)
        if self._memory:
            self._memory.leave()
        self._folder = folder
        self._memory = KeptPrompts(
            model, Readings(folder, self._settings.limit_gigabytes), self._hear
        )
        for language in _LANGUAGES:
            self._memory.begin(model.prefix_tokens(Prompter("", language=language).head()))

    def about(self, passages: Sequence[Passage]) -> None:
        """Say which passages the next prompt holds."""
        if self._memory:
            from docqa.stores.prompt_cache import Stretch

            names = dict.fromkeys(passage.document for passage in passages)
            parts = [Stretch(p.document_id, p.start, p.end) for p in passages]
            self._memory.about(", ".join(names), parts)

    def passages(self, library: Library) -> Iterable[Sequence[Passage]]:
        """What the model has read earlier, reading by reading, as passages of the library."""
        for reading in self._memory.readings() if self._memory else ():
            found = [_passage(library, stretch) for stretch in reading.stretches]
            whole = [passage for passage in found if passage is not None]
            if whole and len(whole) == len(found):
                yield whole

    def _hear(self, notice: Warned) -> None:
        if notice.message == "readings.kept":
            self.reading = say(notice.message, **notice.facts)
        self._report(notice)


def _passage(library: Library, stretch: "Stretch") -> Passage | None:
    first = library.passage_at(stretch.document_id, stretch.start)
    if first is None:
        return None
    text = library.text(stretch.document_id, stretch.start, stretch.end)
    return replace(first, end=stretch.end, text=text)
