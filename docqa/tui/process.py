"""The process below the chat: what ends it from outside, and when it looks for garbage."""

import asyncio
import gc
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

_SIGNALS = ("SIGTERM", "SIGHUP")
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
