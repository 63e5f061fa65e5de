"""What ends the chat from outside: its terminal is closed, or somebody ends the process."""

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

_SIGNALS = ("SIGTERM", "SIGHUP")


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
