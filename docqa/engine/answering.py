"""Answers one question: with quotes or with the model, and keeps the turn in its session."""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docqa.answer.quoting.quoter import Extractive
from docqa.answer.retrieve import Steps
from docqa.engine.loaded_model import ModelSlot, QuotesInstead
from docqa.engine.notices import Notices
from docqa.engine.open_library import OpenLibrary
from docqa.errors import StorageError
from docqa.settings import Settings
from docqa.types import (
    Answer,
    AnswerMode,
    AnswerStatus,
    AskRequest,
    Cancelled,
    ContextPacked,
    Done,
    EngineKind,
    Event,
    PromptPlan,
    Turn,
    Warned,
)

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

    from docqa.answer.writing.writer import Generative


class Answering:
    """Answers checked requests over one library with one model."""

    def __init__(
        self, opened: OpenLibrary, slot: ModelSlot, settings: Settings, notices: Notices
    ) -> None:
        """Work with what the engine has opened; nothing is loaded yet."""
        self._opened = opened
        self._model_slot = slot
        self._settings = settings
        self._notices = notices

    def events(
        self, request: AskRequest, cancelled: Cancelled, config: "RunnableConfig | None"
    ) -> Iterator[Event]:
        """Events of one answer, the last of them Done."""
        request, turns = self._with_session(request)
        if self._is_quoted(request):
            events = self._extractive(request, turns, cancelled)
        else:
            events = self._generative(request, turns, cancelled).events(config)
        try:
            for event in events:
                yield from self._follow(event, request)
        except QuotesInstead:
            yield from self.events(request, cancelled, config)

    async def aevents(
        self, request: AskRequest, cancelled: Cancelled, config: "RunnableConfig | None"
    ) -> AsyncIterator[Event]:
        """The same without blocking the event loop."""
        request, turns = self._with_session(request)
        if not self._is_quoted(request):
            try:
                async for event in self._generative(request, turns, cancelled).aevents(config):
                    for one in self._follow(event, request):
                        yield one
                return
            except QuotesInstead:
                pass
        for event in self.events(request, cancelled, config):
            yield event

    def plan(self, request: AskRequest, cancelled: Cancelled) -> PromptPlan:
        """The exact prompt and budget of an answer; nothing is generated."""
        request, turns = self._with_session(request)
        return self._generative(request, turns, cancelled).plan()

    def summarise(self, files: Sequence[str], cancelled: Cancelled) -> Iterator[Event]:
        """Events of a summary of documents."""
        library = self._opened.library
        documents = library.documents(files)
        self._model_slot.warm_up(self._opened.path)
        if self._model_slot.kind is EngineKind.QUOTES:
            from docqa.answer.quoting.summary import digest

            yield from self._notices.take()
            yield from digest(library, documents, cancelled)
            return
        # Imported here: LangChain costs 0.2 s that quotes do without.
        from docqa.answer.writing.summary import Summariser

        summariser = Summariser(library, self._model_slot.model(self._opened.path), self._settings)
        for event in summariser.events(documents, cancelled):
            yield from self._notices.take()
            yield event

    def _with_session(self, request: AskRequest) -> tuple[AskRequest, list[Turn]]:
        """The request with the whole id of its session, and the turns that it continues."""
        if not request.session:
            return request, list(request.turns)
        sessions = self._opened.sessions
        session = sessions.get(request.session).id
        turns = sessions.turns(session, self._settings.answer.history_turns, request.instead)
        return replace(request, session=session), turns

    def _is_quoted(self, request: AskRequest) -> bool:
        return request.mode is AnswerMode.QUOTE or self._model_slot.kind is EngineKind.QUOTES

    def _extractive(
        self, request: AskRequest, turns: list[Turn], cancelled: Cancelled
    ) -> Iterator[Event]:
        steps = Steps(self._opened.search, self._settings)
        opened, quotes = self._opened, self._settings.answer.quotes
        engine = Extractive(opened.library, steps, quotes, opened.rate)
        return engine.events(request, turns, cancelled)

    def _generative(
        self, request: AskRequest, turns: list[Turn], cancelled: Cancelled
    ) -> "Generative":
        # Imported here: LangChain costs 0.2 s that quotes do without.
        from docqa.answer.writing.steps import Work
        from docqa.answer.writing.writer import Generative

        slot, opened = self._model_slot, self._opened
        work = Work(
            opened.library,
            opened.search,
            self._settings,
            lambda: slot.model_or_quotes(opened.path),
            request,
            turns,
            cancelled,
            slot.read,
            lambda: slot.cache.passages(opened.library),
        )
        return Generative(work, opened.library, cancelled, lambda: slot.info, opened.rate)

    def _follow(self, event: Event, request: AskRequest) -> Iterator[Event]:
        """The event, after the notices that came up meanwhile; a finished answer is kept."""
        if isinstance(event, ContextPacked):
            self._model_slot.read = event.passages
            self._model_slot.cache.name_documents(event.passages)
        if isinstance(event, Done):
            self._model_slot.note_usage(event.answer)
            yield from self._opened.warn_of_changes(event.answer)
            yield from self._hints(event.answer)
            if request.save:
                try:
                    event = self._keep(event, request)
                except StorageError as error:
                    # The answer is worth more than its record: a full disk does not take it away.
                    self._notices.push(Warned("sessions.not_kept", {"reason": str(error)}))
        yield from self._notices.take()
        yield event

    def _hints(self, answer: Answer) -> Iterator[Warned]:
        # Imported here: most answers need none.
        if answer.status is AnswerStatus.NOT_FOUND or "://" in answer.question:
            from docqa.engine.hints import find_hints

            yield from find_hints(answer, self._opened.library)

    def _keep(self, event: Done, request: AskRequest) -> Done:
        """A finished answer with the session that it is kept in."""
        with self._opened.lock:
            sessions = self._opened.sessions
            session = request.session or sessions.begin(request.question)
            answer = replace(event.answer, session=session)
            return Done(answer, sessions.add_turn(session, answer, request.instead))
