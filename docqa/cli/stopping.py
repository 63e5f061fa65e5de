"""Ctrl-C: the first asks the work to stop and keep what it has, the second breaks off."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stop:
    """Whether the user asked to stop; call it to know."""

    def __init__(self) -> None:
        """Nobody asked yet."""
        self.asked = False

    def __call__(self) -> bool:
        """Whether to stop."""
        return self.asked


@contextmanager
def stoppable(*others: signal.Signals) -> Iterator[Stop]:
    """Turn the first Ctrl-C, or other signal, into a wish; the second is a KeyboardInterrupt."""
    stop = Stop()

    def handle(_number: int, _frame: FrameType | None) -> None:
        if stop.asked:
            raise KeyboardInterrupt
        stop.asked = True

    before = {one: signal.signal(one, handle) for one in (signal.SIGINT, *others)}
    try:
        yield stop
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
