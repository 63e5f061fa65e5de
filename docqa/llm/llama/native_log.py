"""Leads llama.cpp's own log into docqa's; nothing of it reaches the terminal."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import llama_cpp

_LOG = logging.getLogger("docqa.llama")
# Where nobody set up a log, Python would print warnings.
_LOG.addHandler(logging.NullHandler())
# llama.cpp's info is as chatty as our debug; its debug, thousands of lines, is left out.
_LEVELS = {2: logging.DEBUG, 3: logging.WARNING, 4: logging.ERROR}
_CONTINUED = 5
_OFFLOADED = re.compile(r"offloaded (\d+)/(\d+) layers to GPU")


class _Lines:
    """Puts what llama.cpp says together to lines, and logs them."""

    def __init__(self) -> None:
        self.heard: list[str] | None = None
        self._level: int | None = None
        self._text = ""
        # Kept, because llama.cpp holds only the address.
        self._callback = llama_cpp.llama_log_callback(self._take)
        llama_cpp.llama_log_set(self._callback, None)

    def _take(self, level: int, text: bytes, _: object) -> None:
        if level != _CONTINUED:
            self._level = _LEVELS.get(level)
        *whole, self._text = (self._text + text.decode("utf-8", "replace")).split("\n")
        for line in filter(None, whole):
            if self.heard is not None:
                self.heard.append(line)
            if self._level:
                _LOG.log(self._level, "%s", line)


@cache
def _lines() -> _Lines:
    return _Lines()


def listen() -> None:
    """Log everything llama.cpp says from now on."""
    _lines()


@contextmanager
def hearing() -> Iterator[list[str]]:
    """Log everything llama.cpp says from now on; also collect what it says meanwhile."""
    lines = _lines()
    heard: list[str] = []
    lines.heard = heard
    try:
        yield heard
    finally:
        lines.heard = None


def count_offloaded(heard: list[str]) -> tuple[int, int] | None:
    """Layers on the GPU and layers in all, in llama.cpp's own words; None where it says nothing."""
    found = [match for line in heard if (match := _OFFLOADED.search(line))]
    return (int(found[-1].group(1)), int(found[-1].group(2))) if found else None
