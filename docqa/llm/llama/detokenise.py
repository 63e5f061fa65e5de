"""From tokens to text: whole characters, thoughts apart, an end where the model loops."""

import codecs
from collections.abc import Iterator, Sequence
from typing import Protocol

from docqa.llm.llama.loops import LoopWatch
from docqa.llm.llama.thinking import CLOSING, Thought, ThoughtFilter


class TokenTexts(Protocol):
    """What knows the tokens."""

    def piece(self, token: int) -> bytes:
        """The bytes of a token."""
        ...

    def ends(self, token: int) -> bool:
        """Whether a token ends the answer."""
        ...


class Detokeniser:
    """Makes the text of one reply; `reason` tells how it ended, `ids` and `text` what was drawn."""

    def __init__(
        self,
        vocabulary: TokenTexts,
        limit: int,
        leading_space: bool,
        *,
        thoughts: ThoughtFilter | None = None,
        most_thoughts: int = 0,
        closing: Sequence[int] = (),
    ) -> None:
        """An answer has at most `limit` tokens; `leading_space` is dropped.

        After `most_thoughts` tokens of thought, those of `closing` are put into `injected`, for
        whoever draws the tokens to go on from.
        """
        self.ids: list[int] = []
        self.text = ""
        self.reason = "stop"
        self.thought_tokens = 0
        self.injected: list[int] = []
        self._vocabulary, self._limit, self._leading_space = vocabulary, limit, leading_space
        self._thoughts = thoughts or ThoughtFilter()
        self._most_thoughts, self._closing = most_thoughts, tuple(closing)
        # A token may hold half a character; what never becomes one is left out.
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        self._watch = LoopWatch()

    def texts(self, tokens: Iterator[int]) -> Iterator[str]:
        """The text of the tokens, piece by piece; tokens that run dry were cancelled."""
        for token in tokens:
            if self._vocabulary.ends(token):
                yield from self._tell(self._thoughts.finish())
                return
            self.ids.append(token)
            was_inside = self._thoughts.is_inside
            yield from self._tell(self._thoughts.split(self._decode(token)))
            self.thought_tokens += was_inside or self._thoughts.is_inside
            if self._thoughts.is_inside and self.thought_tokens == self._most_thoughts:
                self._close_thought()
            if self._watch.repeats(token):
                self.reason = "loop"
                break
            if len(self.ids) - self.thought_tokens >= self._limit:
                self.reason = "length"
                break
        else:
            self.reason = "cancelled"
        yield from self._tell(self._thoughts.finish())

    def _tell(self, pieces: Iterator[str]) -> Iterator[str]:
        for piece in pieces:
            if not isinstance(piece, Thought):
                self.text += piece
            yield piece

    def _close_thought(self) -> None:
        self.injected.extend(self._closing)
        self.ids.extend(self._closing)
        self.thought_tokens += len(self._closing)
        for _ in self._thoughts.split(CLOSING):
            pass

    def _decode(self, token: int) -> str:
        text = self._decoder.decode(self._vocabulary.piece(token))
        if text and self._leading_space:
            self._leading_space = False
            return text.removeprefix(" ")
        return text
