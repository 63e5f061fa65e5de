"""The one door: everything a face can do with libraries, questions, sessions and models."""

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docqa import paths
from docqa.answer.question import check_question, check_search
from docqa.engine.holdings import Holdings
from docqa.engine.notices import Notices
from docqa.engine.open_library import OpenLibrary
from docqa.settings import Settings
from docqa.types import (
    AskRequest,
    Cancelled,
    CheckedPart,
    EngineInfo,
    EngineKind,
    Event,
    IngestStep,
    ModelChoice,
    PromptPlan,
    ReportProgress,
    SearchRequest,
    SearchResult,
    Status,
    Warned,
    never,
)

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

    from docqa.engine.answering import Answering
    from docqa.engine.cached_documents import CachedDocuments, DocumentCaching
    from docqa.engine.loaded_model import ModelSlot


class Engine(Holdings):
    """Everything a face can do; opens nothing before it is needed; usable from several threads."""

    def __init__(
        self, settings: Settings, library: str | None = None, report: ReportProgress | None = None
    ) -> None:
        """Work with these settings on the library of this name or path, or the settings' own.

        `report` hears how far an index is that must be made before a search can begin.
        """
        self._settings = settings
        self._library = library or settings.library.name
        self._notices = Notices(report)
        self._opened = self._open(paths.library_dir(self._library))
        self._opened_slot: ModelSlot | None = None

    # What is in use

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self._settings

    @property
    def library(self) -> str:
        """Name or path of the library in use."""
        return self._library

    def libraries(self) -> tuple[str, ...]:
        """Names of the libraries in the data folder."""
        return paths.libraries()

    def use_library(self, name: str) -> None:
        """Work on another library from now on; raises UnknownLibrary where there is none."""
        opened = self._open(paths.library_dir(name))
        opened.library.counts()
        self._opened.close()
        self._opened, self._library = opened, name

    def use_settings(self, **changes: object) -> None:
        """Change settings from now on, as in `use_settings(model_engine="quotes", search_k=5)`.

        Names are `group_field`; a change of the model's group closes the loaded model.
        """
        from docqa.configuration import change_settings

        self._settings = change_settings(self._settings, changes)
        self._opened.close()
        self._opened = self._open(self._opened.path)
        if self._opened_slot and any(name.startswith("model_") for name in changes):
            self._opened_slot.close()
            self._opened_slot = None

    def status(self) -> Status:
        """What the status bar says; opens the library but loads no model."""
        counts = self._opened.library.counts()
        return Status(
            library=self._library,
            documents=counts.documents,
            passages=counts.passages,
            engine=self._model_slot.info,
            loaded=self._model_slot.loaded,
            window_used=self._model_slot.window_used,
            tokens_per_second=self._model_slot.tokens_per_second,
            reading=self._model_slot.cache.reading,
        )

    def models(self) -> list[ModelChoice]:
        """Engines and models that can be picked: pass a choice to `use_model`."""
        from docqa.engine.models.choices import model_choices

        return model_choices(self._settings)

    def use_model(self, choice: ModelChoice) -> None:
        """Answer with this engine or model from now on."""
        name = choice.name if choice.engine is EngineKind.LLAMA else ""
        self.use_settings(model_engine=choice.engine.value, model_name=name)

    @property
    def answers_by(self) -> EngineInfo:
        """The engine that answers now, whether there is a library or not."""
        return self._model_slot.info

    @property
    def is_quoting(self) -> bool:
        """Whether answers are quotes, since no model is in use."""
        return self._model_slot.kind is EngineKind.QUOTES

    def reply_language(self, question: str) -> str:
        """Language of a reply: that of the question."""
        from docqa.answer.language import language_of

        return language_of(question)

    def check_model(self) -> None:
        """ModelError where the model that the settings name is not here, needed or not."""
        if self._model_slot.kind is EngineKind.LLAMA:
            from docqa.catalog import find_model

            find_model(self._settings.model.name)

    def warm_up(self) -> None:
        """Open the library and load the model now; blocking, meant for a background thread."""
        self._opened.library.counts()
        self._model_slot.warm_up(self._opened.path)

    def close(self) -> None:
        """Close the library and the model."""
        self._opened.close()
        if self._opened_slot:
            self._opened_slot.close()

    # Questions

    def search(self, request: SearchRequest) -> SearchResult:
        """Ranked passages."""
        return self._opened.search(check_search(request))

    def check_text(
        self, text: str, scope: Sequence[str] = (), cancelled: Cancelled | None = None
    ) -> Iterator[CheckedPart]:
        """A text of the user's own against the library: its sentences with their verdicts."""
        # Imported here: questions need none of it.
        from docqa.answer.checking.draft import check_draft

        def search(request: SearchRequest) -> SearchResult:
            return self.search(replace(request, scope=tuple(scope)))

        yield from check_draft(text, search, cancelled or never, self._opened.measure_likeness)

    def notices(self) -> list[Warned]:
        """What the user should know since this was last asked; `ask` tells it by itself."""
        return self._notices.take()

    def ask(
        self,
        request: AskRequest,
        cancelled: Cancelled | None = None,
        config: "RunnableConfig | None" = None,
    ) -> Iterator[Event]:
        """Events of one answer, the last of them Done; `config` reaches the LangChain chain.

        A not-found reply is an answer too (`status` says so). The turn is kept in the session
        unless `save` is off; a cancelled answer keeps its partial text.
        """
        request = check_question(request, self._settings)
        yield from self._answering.events(request, cancelled or never, config)

    async def aask(
        self,
        request: AskRequest,
        cancelled: Cancelled | None = None,
        config: "RunnableConfig | None" = None,
    ) -> AsyncIterator[Event]:
        """The events of `ask` without blocking the event loop."""
        request = check_question(request, self._settings)
        async for event in self._answering.aevents(request, cancelled or never, config):
            yield event

    def plan_prompt(self, request: AskRequest) -> PromptPlan:
        """The exact prompt and budget that `ask` would use; nothing is generated."""
        request = check_question(request, self._settings)
        return self._answering.plan(request, never)

    def summarise(
        self, files: Sequence[str], cancelled: Cancelled | None = None
    ) -> Iterator[Event]:
        """Events of a summary of these documents (paths or globs): Progress, Token, Done."""
        return self._answering.summarise(files, cancelled or never)

    # Reading files and taking them out

    def ingest(
        self,
        files: Sequence[Path],
        cancelled: Cancelled | None = None,
        report: ReportProgress | None = None,
    ) -> Iterator[IngestStep]:
        """Read files and folders into the library (made if new), one step per finished file.

        `report` hears how far the embedding behind the last file is.
        """
        # Imported here: questions need neither parsers nor workers.
        from docqa.engine.ingest import Ingestion, IngestRequest

        request = IngestRequest(tuple(files), count=True)
        stop = cancelled or never
        yield from Ingestion(self._opened.path, self._settings, request, stop, report=report)

    def remove(self, path: str) -> None:
        """Take a document out of the library."""
        from docqa.engine.library.removal import remove_documents

        remove_documents(self._opened.path, self._settings, [path])

    # Cached documents

    def cached_documents(self) -> "CachedDocuments":
        """What the model has read of the library and kept, to list and drop."""
        from docqa.engine.cached_documents import CachedDocuments

        return CachedDocuments(self._opened.library, self._settings.readings)

    def document_caching(self) -> "DocumentCaching":
        """Reads whole documents ahead of questions; loads the model."""
        from docqa.engine.cached_documents import DocumentCaching

        return DocumentCaching(self._opened.library, self._model_slot.model(self._opened.path))

    # How an answer is made

    @property
    def _model_slot(self) -> "ModelSlot":
        if self._opened_slot is None:
            # Imported here: a search needs no model (saves 15 ms).
            from docqa.engine.loaded_model import ModelSlot

            self._opened_slot = ModelSlot(self._settings, self._notices.push)
        return self._opened_slot

    @property
    def _answering(self) -> "Answering":
        # Imported here: an ingest and a search need nothing of what answers.
        from docqa.engine.answering import Answering

        return Answering(self._opened, self._model_slot, self._settings, self._notices)

    def _open(self, folder: Path) -> OpenLibrary:
        return OpenLibrary(folder, self._settings, self._notices)
