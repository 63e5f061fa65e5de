"""From tokens to text: whole characters, no leading space, an end where the model loops."""

import codecs
from collections.abc import Iterator
from typing import Protocol

from docqa.llm.llama.loops import LoopWatch


class Speaker(Protocol):
    """What knows the tokens."""

    def piece(self, token: int) -> bytes:
        """The bytes of a token."""
        ...

    def ends(self, token: int) -> bool:
        """Whether a token ends the answer."""
        ...


class Speech:
    """One answer being said; `reason` tells how it ended, `ids` and `text` what was drawn."""

    def __init__(self, speaker: Speaker, limit: int, leading_space: bool) -> None:
        """Say at most `limit` tokens; `leading_space` is dropped."""
        self.ids: list[int] = []
        self.text = ""
        self.reason = "stop"
        self._speaker, self._limit, self._leading_space = speaker, limit, leading_space
        # A token may hold half a character; what never becomes one is left out.
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        self._watch = LoopWatch()

    def texts(self, tokens: Iterator[int]) -> Iterator[str]:
        """The text of the tokens, piece by piece; tokens that run dry were cancelled."""
        for token in tokens:
            if self._speaker.ends(token):
                return
            self.ids.append(token)
            if text := self._text(token):
                self.text += text
                yield text
            if self._watch.repeats(token):
                self.reason = "loop"
                return
            if len(self.ids) >= self._limit:
                self.reason = "length"
                return
        self.reason = "cancelled"

    def _text(self, token: int) -> str:
        text = self._decoder.decode(self._speaker.piece(token))
        if text and self._leading_space:
            self._leading_space = False
            return text.removeprefix(" ")
        return text
