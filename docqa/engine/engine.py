"""The one door: everything a face can do with libraries, questions, sessions and models."""

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docqa import paths
from docqa.answer.question import checked_question
from docqa.answer.quoting.quoter import Extractive
from docqa.answer.retrieve import Steps
from docqa.closing import Closing
from docqa.engine.loaded_model import Brain
from docqa.engine.open_library import Shelf
from docqa.engine.setting_changes import changed
from docqa.errors import StorageError
from docqa.settings import Settings
from docqa.types import (
    AnswerMode,
    AskRequest,
    Cancelled,
    CitationCheck,
    ContextPacked,
    DocumentInfo,
    Done,
    EngineKind,
    Event,
    IngestStep,
    ModelChoice,
    PromptPlan,
    SearchRequest,
    SearchResult,
    SessionInfo,
    Status,
    Turn,
    Warned,
)
from ingest.types import Section

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

    from docqa.answer.writing.writer import Generative
    from docqa.engine.cached_documents import ReadingDesk, Shelved


class Engine(Closing):
    """Everything a face can do; opens nothing before it is needed; usable from several threads."""

    def __init__(self, settings: Settings, library: str | None = None) -> None:
        """Work with these settings on the library of this name or path, or the settings' own."""
        self._settings = settings
        self._library = library or settings.library.name
        self._scope: tuple[str, ...] = ()
        self._shelf = Shelf(paths.library_dir(self._library), settings)
        self._brain: Brain | None = None

    # What is in use

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self._settings

    @property
    def library(self) -> str:
        """Name or path of the library in use."""
        return self._library

    @property
    def scope(self) -> tuple[str, ...]:
        """Globs or paths that limit every search; empty for the whole library."""
        return self._scope

    def libraries(self) -> tuple[str, ...]:
        """Names of the libraries in the data folder."""
        return paths.libraries()

    def use_library(self, name: str) -> None:
        """Work on another library from now on; raises UnknownLibrary where there is none."""
        shelf = Shelf(paths.library_dir(name), self._settings)
        shelf.library.counts()
        self._shelf.close()
        self._shelf, self._library, self._scope = shelf, name, ()

    def use_scope(self, scope: Sequence[str]) -> None:
        """Limit every search to these globs or paths; QueryError where one matches nothing."""
        self._shelf.library.scope_ids(scope)
        self._scope = tuple(scope)

    def use_settings(self, **changes: object) -> None:
        """Change settings from now on, as in `use_settings(model_engine="quotes", search_k=5)`.

        Names are `group_field`; a change of the model's group closes the loaded model.
        """
        self._settings = changed(self._settings, changes)
        self._shelf.close()
        self._shelf = Shelf(self._shelf.path, self._settings)
        if self._brain and any(name.startswith("model_") for name in changes):
            self._brain.close()
            self._brain = None

    def status(self) -> Status:
        """What the status bar says; opens the library but loads no model."""
        counts = self._shelf.library.counts()
        return Status(
            library=self._library,
            documents=counts.documents,
            passages=counts.passages,
            engine=self._mind.info,
            loaded=self._mind.loaded,
            window_used=self._mind.window_used,
            tokens_per_second=self._mind.tokens_per_second,
            reading=self._mind.memory.reading,
        )

    def models(self) -> list[ModelChoice]:
        """Engines and models that can be picked: pass a choice to `use_model`."""
        from docqa.engine.model_choices import model_choices

        return model_choices(self._settings)

    def use_model(self, choice: ModelChoice) -> None:
        """Answer with this engine or model from now on."""
        name = choice.name if choice.engine is EngineKind.LLAMA else ""
        self.use_settings(model_engine=choice.engine.value, model_name=name)

    def warm_up(self) -> None:
        """Open the library and load the model now; blocking, meant for a background thread."""
        self._shelf.library.counts()
        if self._mind.kind is not EngineKind.QUOTES:
            self._mind.model(self._shelf.path)

    def close(self) -> None:
        """Close the library and the model."""
        self._shelf.close()
        if self._brain:
            self._brain.close()

    # Questions

    def search(self, request: SearchRequest) -> SearchResult:
        """Ranked passages; the scope in use applies where the request names none."""
        return self._shelf.search(replace(request, scope=request.scope or self._scope))

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
        request, turns = self._prepared(request)
        stop = cancelled or _never
        if self._quotes(request):
            events = self._extractive(request, turns, stop)
        else:
            events = self._generative(request, turns, stop).events(config)
        for event in events:
            yield from self._told(event, request)

    async def aask(
        self,
        request: AskRequest,
        cancelled: Cancelled | None = None,
        config: "RunnableConfig | None" = None,
    ) -> AsyncIterator[Event]:
        """The events of `ask` without blocking the event loop."""
        request, turns = self._prepared(request)
        stop = cancelled or _never
        if self._quotes(request):
            for event in self._extractive(request, turns, stop):
                for told in self._told(event, request):
                    yield told
            return
        async for event in self._generative(request, turns, stop).aevents(config):
            for told in self._told(event, request):
                yield told

    def plan_prompt(self, request: AskRequest) -> PromptPlan:
        """The exact prompt and budget that `ask` would use; nothing is generated."""
        request, turns = self._prepared(request)
        return self._generative(request, turns, _never).plan()

    def summarise(
        self, files: Sequence[str], cancelled: Cancelled | None = None
    ) -> Iterator[Event]:
        """Events of a summary of these documents (paths or globs): Progress, Token, Done."""
        documents = self._shelf.library.documents(files)
        stop = cancelled or _never
        if self._mind.kind is EngineKind.QUOTES:
            from docqa.answer.quoting.summary import digest

            yield from digest(self._shelf.library, documents, stop)
            return
        from docqa.answer.writing.summary import Summariser

        model = self._mind.model(self._shelf.path)
        summariser = Summariser(self._shelf.library, model, self._settings)
        for event in summariser.events(documents, stop):
            yield from self._mind.memory.said()
            yield event

    # Documents

    def documents(self, scope: Sequence[str] = ()) -> list[DocumentInfo]:
        """Documents of the library, or those that the globs or paths match."""
        return self._shelf.library.documents(scope)

    def failed_documents(self) -> list[DocumentInfo]:
        """Files that could not be read, with the reason."""
        return self._shelf.library.failed()

    def document_text(self, document_id: int, start: int = 0, end: int | None = None) -> str:
        """A stretch of a document's extracted text."""
        return self._shelf.library.text(document_id, start, end)

    def file_of(self, document: str) -> Path | None:
        """Where a document lies on disk, if it still does."""
        library = self._shelf.library
        places = library.places(library.document(document).id)
        return next((file for place in places if (file := Path(place)).is_file()), None)

    def page_label(self, document_id: int, page: int) -> str | None:
        """The number printed on a page of a document, where it is not that of the sheet."""
        return self._shelf.library.page_label(document_id, page)

    def sections(self, document_id: int) -> list[Section]:
        """Blocks of a document with their pages and headings."""
        return self._shelf.library.sections(document_id)

    def ingest(
        self, files: Sequence[Path], cancelled: Cancelled | None = None
    ) -> Iterator[IngestStep]:
        """Read files and folders into the library (made if new), one step per finished file."""
        # Imported here: questions need neither parsers nor workers.
        from docqa.engine.ingest import Ingestion, IngestRequest

        request = IngestRequest(tuple(files), count=True)
        yield from Ingestion(self._shelf.path, self._settings, request, cancelled or _never)

    def remove(self, path: str) -> None:
        """Take a document out of the library."""
        from docqa.engine.ingest import remove_documents

        remove_documents(self._shelf.path, self._settings, [path])

    # Sessions

    def sessions(self, matching: str = "") -> list[SessionInfo]:
        """Kept sessions, newest first; each word of `matching` must occur in their text."""
        return self._shelf.sessions.listed(matching)

    def last_session(self) -> SessionInfo | None:
        """The session that was used last."""
        return self._shelf.sessions.last()

    def session(self, session: str) -> tuple[SessionInfo, list[Turn]]:
        """A session by its id or the beginning of it, with its turns."""
        info = self._shelf.sessions.get(session)
        return info, self._shelf.sessions.turns(info.id)

    def rename_session(self, session: str, title: str) -> None:
        """Give a session another title."""
        with self._shelf.lock:
            sessions = self._shelf.sessions
            sessions.rename(sessions.get(session).id, title)

    def delete_session(self, session: str) -> None:
        """Delete a session; `restore_sessions` brings back what was deleted last."""
        with self._shelf.lock:
            sessions = self._shelf.sessions
            sessions.delete([sessions.get(session).id])

    def restore_sessions(self) -> int:
        """Bring back what was deleted last; return how many sessions that were."""
        with self._shelf.lock:
            return self._shelf.sessions.restore()

    def export_session(self, session: str, form: str = "markdown") -> str:
        """A session as `markdown`, `json` or `html`, with quotes and file hashes."""
        from docqa.answer.export import export

        info, turns = self.session(session)
        return export(info, turns, self._shelf.sessions.sources(info.id), form)

    def verify_session(self, session: str) -> list[CitationCheck]:
        """Compare a session's citations with the documents as they are now."""
        from docqa.answer.checking.kept_citations import verify

        _, turns = self.session(session)
        return verify(self._shelf.library, turns)

    # Readings

    def readings(self) -> "Shelved":
        """The kept readings of the library, to list and drop."""
        from docqa.engine.cached_documents import Shelved

        return Shelved(self._shelf.library, self._settings.readings)

    def reading_desk(self) -> "ReadingDesk":
        """Reads whole documents ahead of questions; loads the model."""
        from docqa.engine.cached_documents import ReadingDesk

        return ReadingDesk(self._shelf.library, self._mind.model(self._shelf.path))

    # How an answer is made

    @property
    def _mind(self) -> Brain:
        if self._brain is None:
            self._brain = Brain(self._settings)
        return self._brain

    def _prepared(self, request: AskRequest) -> tuple[AskRequest, list[Turn]]:
        """The request with its gaps filled, and the turns it continues."""
        turns: list[Turn] = []
        session = request.session
        if session:
            session = self._shelf.sessions.get(session).id
            most = self._settings.answer.history_turns
            turns = self._shelf.sessions.turns(session, most, request.instead)
        filled = replace(
            request,
            question=checked_question(request.question),
            scope=request.scope or self._scope,
            open=request.open or self._settings.answer.open,
            thorough=request.thorough or self._settings.answer.thorough,
            session=session,
        )
        return filled, turns

    def _quotes(self, request: AskRequest) -> bool:
        return request.mode is AnswerMode.QUOTE or self._mind.kind is EngineKind.QUOTES

    def _extractive(
        self, request: AskRequest, turns: list[Turn], cancelled: Cancelled
    ) -> Iterator[Event]:
        steps = Steps(self._shelf.search, self._settings)
        engine = Extractive(self._shelf.library, steps, self._settings.answer.quotes)
        return engine.events(request, turns, cancelled)

    def _generative(
        self, request: AskRequest, turns: list[Turn], cancelled: Cancelled
    ) -> "Generative":
        # Imported here: LangChain costs 0.2 s that quotes do without.
        from docqa.answer.writing.steps import Work
        from docqa.answer.writing.writer import Generative

        mind = self._mind
        work = Work(
            self._shelf.library,
            self._shelf.search,
            self._settings,
            lambda: mind.model(self._shelf.path),
            request,
            turns,
            cancelled,
            mind.read,
            lambda: mind.memory.passages(self._shelf.library),
        )
        return Generative(work, self._shelf.library, cancelled, lambda: mind.info)

    def _told(self, event: Event, request: AskRequest) -> Iterator[Event]:
        """The event, after what the search, the model and its memory have to say."""
        yield from self._shelf.fresh_notes()
        yield from self._mind.fresh_notes()
        yield from self._mind.memory.said()
        if isinstance(event, ContextPacked):
            self._mind.read = event.passages
            self._mind.memory.about(event.passages)
        if isinstance(event, Done):
            self._mind.answered(event.answer)
            if request.save:
                try:
                    event = self._kept(event, request)
                except StorageError as error:
                    # The answer is worth more than its record: a full disk does not take it away.
                    yield Warned("sessions.not_kept", {"reason": str(error)})
        yield event

    def _kept(self, event: Done, request: AskRequest) -> Done:
        """A finished answer with the session that it is kept in."""
        with self._shelf.lock:
            sessions = self._shelf.sessions
            session = request.session or sessions.begin(request.question)
            answer = replace(event.answer, session=session)
            return Done(answer, sessions.add_turn(session, answer, request.instead))


def _never() -> bool:
    return False
