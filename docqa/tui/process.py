"""The process below the chat: what ends it from outside, and when it looks for garbage."""

import asyncio
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

_SIGNALS = ("SIGTERM", "SIGHUP")
# Set by hand: longer than closing takes where no thread is waited for, shorter than patience.
_LAST_SECONDS = 3.0
# Looking through everything takes a tenth of a second, and happened twice a second in an answer.
_RARELY = 1_000


def on_signals(leave: Callable[[int], None]) -> None:
    """Have the running loop call `leave` with the signal's number, so that all is kept first."""
    loop = asyncio.get_running_loop()
    for name in _SIGNALS:
        # Windows has neither; a loop beside the main thread cannot have them.
        with suppress(AttributeError, NotImplementedError, RuntimeError, ValueError):
            number = getattr(signal, name)
            loop.add_signal_handler(number, leave, number)


def end_soon(return_code: int) -> None:
    """End the process in some seconds whatever its threads still do.

    Python waits for every thread before it ends: a model that loads, an import on a busy machine.
    Nothing is lost by going without them; the library is made to be ended at any moment.
    """
    timer = threading.Timer(_LAST_SECONDS, os._exit, (return_code,))
    timer.daemon = True
    timer.start()


@contextmanager
def lasting_output() -> Iterator[None]:
    """Let what is written to a terminal that is gone be lost, so that the chat still ends.

    An error would end Textual's writing thread, and the next writer would wait for it for good.
    """
    terminal = sys.__stderr__
    # Textual writes here.
    sys.__stderr__ = _Lasting(terminal)  # type: ignore[assignment,misc]
    try:
        yield
    finally:
        sys.__stderr__ = terminal  # type: ignore[misc]


class _Lasting:
    """A stream whose writes cannot fail."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        """Write, or lose what cannot be written."""
        with suppress(OSError):
            self._stream.write(text)

    def flush(self) -> None:
        """Flush, or let it be."""
        with suppress(OSError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class GarbageBetweenAnswers:
    """From begin to end, whole collections happen only when asked for."""

    def begin(self) -> None:
        """Keep what is young small, and leave the rest alone."""
        young, middle, self._old = gc.get_threshold()
        gc.set_threshold(young, middle, _RARELY)

    def settle(self) -> None:
        """Leave out from now on what has been loaded: it stays."""
        gc.collect()
        gc.freeze()

    def collect(self) -> None:
        """Look through what has come since; a good moment is while an answer is being read."""
        gc.collect()

    def end(self) -> None:
        """Give Python its own pace back."""
        gc.unfreeze()
        young, middle, _ = gc.get_threshold()
        gc.set_threshold(young, middle, self._old)
