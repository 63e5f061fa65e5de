"""What ends the chat from outside: its terminal is closed, or somebody ends the process."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress

_SIGNALS = ("SIGTERM", "SIGHUP")


def on_signals(leave: Callable[[int], None]) -> None:
    """Have the running loop call `leave` with the signal's number, so that all is kept first."""
    loop = asyncio.get_running_loop()
    for name in _SIGNALS:
        # Windows has neither; a loop beside the main thread cannot have them.
        with suppress(AttributeError, NotImplementedError, RuntimeError, ValueError):
            number = getattr(signal, name)
            loop.add_signal_handler(number, leave, number)
