"""Stops llama.cpp in the middle of a computation, not only between tokens."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import llama_cpp

from docqa.types import Cancelled

_EVERY = 0.02


class Switch:
    """Asks the caller whether to stop; llama.cpp asks this between the steps of its graph."""

    def __init__(self, context: object) -> None:
        self._cancelled: Cancelled | None = None
        self._pressed = False
        self._next = 0.0
        self._context = context
        # Kept, because llama.cpp holds only the addresses.
        self._callback = llama_cpp.ggml_abort_callback(self._asked_by_llama)
        self._nothing = llama_cpp.ggml_abort_callback()
        self._listening = False
        self.listen(True)

    def arm(self, cancelled: Cancelled | None) -> None:
        """Listen to this caller from now on."""
        self._cancelled, self._pressed, self._next = cancelled, False, 0.0

    def press(self) -> None:
        """Stop what runs, for any caller."""
        self._pressed = True

    def listen(self, on: bool) -> None:
        """Whether llama.cpp asks; asking costs a short step a few percent of its time."""
        if on != self._listening:
            callback = self._callback if on else self._nothing
            llama_cpp.llama_set_abort_callback(self._context, callback, None)
            self._listening = on

    @property
    def pressed(self) -> bool:
        """Whether to stop; the caller is asked at most every 20 ms."""
        if not self._pressed and self._cancelled and time.monotonic() >= self._next:
            self._pressed = self._cancelled()
            self._next = time.monotonic() + _EVERY
        return self._pressed

    def _asked_by_llama(self, _: object) -> bool:
        return self.pressed


@contextmanager
def ctrl_c_held(press: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl-C press, and raise afterwards: raised in a callback of llama.cpp's it would be lost.

    Other handlers than Python's own are left alone, and other threads are never interrupted.
    """
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    held = []

    def hold(*_: object) -> None:
        held.append(True)
        press()

    signal.signal(signal.SIGINT, hold)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if held:
        raise KeyboardInterrupt
