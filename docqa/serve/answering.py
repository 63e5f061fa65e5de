"""Runs answers in threads and hands their events to the event loop; one model, fair turns."""

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from docqa.errors import ModelBusy

_Piece = TypeVar("_Piece")
_END = object()


class Turns:
    """Lets one caller at a time use the model; a few wait in order, more are sent away."""

    def __init__(self, waiting: int) -> None:
        """Let so many wait."""
        self._most = waiting
        self._waiting = 0
        self._lock = asyncio.Lock()

    def check(self) -> None:
        """ModelBusy where too many wait already."""
        if self._lock.locked() and self._waiting >= self._most:
            raise ModelBusy

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The caller's turn; ModelBusy where too many wait already."""
        self.check()
        self._waiting += 1
        try:
            await self._lock.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._lock.release()


class AnswerPieces(Generic[_Piece]):
    """What a blocking iterator yields, for the event loop; leaving early stops the work."""

    def __init__(self, make: Callable[[Callable[[], bool]], Iterator[_Piece]]) -> None:
        """`make` gets what tells it to stop."""
        self._make = make
        self._stopped = threading.Event()

    async def __aiter__(self) -> AsyncGenerator[_Piece]:
        """Piece by piece, as they come; closing it waits until the work has stopped."""
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[object] = asyncio.Queue()

        def put(piece: object) -> None:
            loop.call_soon_threadsafe(queue.put_nowait, piece)

        def work() -> None:
            try:
                for piece in self._make(self._stopped.is_set):
                    put(piece)
                put(_END)
            except BaseException as error:  # raised again in the caller's task
                put(error)

        running = loop.run_in_executor(None, work)
        try:
            while (piece := await queue.get()) is not _END:
                if isinstance(piece, BaseException):
                    raise piece
                yield piece  # type: ignore[misc]  # put by the iterator of pieces
        finally:
            self._stopped.set()
            # The turn ends when the model is free, not when the client has gone.
            await asyncio.shield(running)
