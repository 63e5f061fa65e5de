"""Parts what a model thinks aloud, between `<think>` and `</think>`, from what it answers."""

from collections.abc import Iterator
from enum import Enum

OPENING, CLOSING = "<think>", "</think>"


class Thought(str):
    """A piece of what a model thinks, which is no part of its answer."""

    __slots__ = ()


class _State(Enum):
    UNDECIDED = "before the first word"
    THINKING = "inside a thought"
    CLOSED = "between the thought and the answer"
    ANSWERING = "inside the answer"


class ThoughtFilter:
    """Takes a reply piece by piece, however its marks are cut."""

    def __init__(self, *, is_inside: bool = False) -> None:
        """Begin; `is_inside` where the prompt has opened the thought already."""
        self._state = _State.THINKING if is_inside else _State.UNDECIDED
        self._held = ""

    @property
    def is_inside(self) -> bool:
        """Whether the model is thinking."""
        return self._state is _State.THINKING

    def split(self, text: str) -> Iterator[str]:
        """The pieces of a text: a Thought, or a part of the answer."""
        self._held += text
        if self._state is _State.UNDECIDED:
            self._decide()
        if self._state is _State.THINKING:
            yield from self._think()
        if self._state is _State.CLOSED and (answer := self._held.lstrip()):
            self._held, self._state = answer, _State.ANSWERING
        if self._state is _State.ANSWERING:
            yield from self._take(len(self._held))

    def finish(self) -> Iterator[str]:
        """What was held back in case a mark would come."""
        if self._state is not _State.CLOSED:
            yield from self._take(len(self._held))

    def _decide(self) -> None:
        start = self._held.lstrip()
        if start.startswith(OPENING):
            self._held, self._state = start.removeprefix(OPENING), _State.THINKING
        elif not OPENING.startswith(start):
            self._state = _State.ANSWERING

    def _think(self) -> Iterator[str]:
        end = self._held.find(CLOSING)
        if end < 0:
            yield from self._take(len(self._held) - _beginning_of_mark(self._held))
            return
        yield from self._take(end)
        self._held = self._held.removeprefix(CLOSING)
        self._state = _State.CLOSED

    def _take(self, length: int) -> Iterator[str]:
        text, self._held = self._held[:length], self._held[length:]
        if text:
            yield Thought(text) if self.is_inside else text


def _beginning_of_mark(text: str) -> int:
    """How many characters at the end of a text may be the beginning of the closing mark."""
    lengths = range(min(len(CLOSING) - 1, len(text)), 0, -1)
    return next((n for n in lengths if CLOSING.startswith(text[-n:])), 0)
