"""Counts down the wait for an answer's first word, on a terminal."""

import sys
import threading
import time

from docqa.cli.common import on_terminal
from docqa.messages import say

_SHORT = 1.5


class Countdown:
    """A line on standard error that is rewritten each second until the answer begins."""

    def __init__(self) -> None:
        """Not counting yet."""
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, seconds: float | None) -> None:
        """Count down from an expected wait; nothing where it is short, unknown, or unwatched."""
        if seconds is None or seconds < _SHORT or not on_terminal(stderr=True):
            return
        self._thread = threading.Thread(target=self._count, args=(seconds,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take the line away."""
        self._over.set()
        if self._thread:
            self._thread.join()
            self._thread = None
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _count(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self._over.wait(0.5):
            left = max(0, round(end - time.monotonic()))
            key = "ask.waiting" if left else "ask.any_moment"
            words = say("ask.waiting", seconds=left) if key == "ask.waiting" else say(key)
            sys.stderr.write("\r\x1b[K" + words)
            sys.stderr.flush()
