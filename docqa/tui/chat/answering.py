"""One answer under way: its thread fills a queue that the screen empties at its own pace."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from time import monotonic
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docqa.errors import QueryError
from docqa.types import AskRequest, Cancelled, Event, Token, Warned

if TYPE_CHECKING:
    from docqa.engine import Engine

Ask = Callable[[Cancelled], Iterator[Event]]


def events(engine: "Engine", request: AskRequest, cancelled: Cancelled) -> Iterator[Event]:
    """The engine's events; where the session is gone, those of a new one."""
    try:
        yield from engine.ask(request, cancelled)
    except QueryError as error:
        if error.code != "sessions.unknown":
            raise
        # Deleted in another chat, or with its library.
        yield Warned("tui_chat.session_gone")
        yield from engine.ask(replace(request, session=None, instead=None), cancelled)


class RunningAnswer:
    """Runs `ask` and keeps its events until they are taken."""

    def __init__(self, ask: Ask) -> None:
        """Prepare; `run` does the work, in a thread."""
        self._ask = ask
        self._stop = threading.Event()
        self._events: deque[Event] = deque()
        self._tokens = 0
        self._first_token = 0.0
        self.error: Exception | None = None
        self.over = False

    def run(self) -> None:
        """Produce the events; an error ends them and is kept."""
        try:
            for event in self._ask(self._stop.is_set):
                if isinstance(event, Token):
                    self._tokens += 1
                    self._first_token = self._first_token or monotonic()
                self._events.append(event)
        except Exception as error:
            self.error = error
        self.over = True

    def cancel(self) -> None:
        """Ask the engine to stop; what it has said so far is kept."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop.is_set()

    @property
    def speed(self) -> float:
        """Tokens per second since the first one."""
        seconds = monotonic() - self._first_token if self._first_token else 0.0
        return self._tokens / seconds if seconds > 0.5 else 0.0

    def take(self) -> list[Event]:
        """The events since the last call, neighbouring tokens joined."""
        taken: list[Event] = []
        words: list[str] = []
        while self._events:
            event = self._events.popleft()
            if isinstance(event, Token):
                words.append(event.text)
                continue
            if words:
                taken.append(Token("".join(words)))
                words = []
            taken.append(event)
        if words:
            taken.append(Token("".join(words)))
        return taken
