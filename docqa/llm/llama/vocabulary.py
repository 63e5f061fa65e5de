"""The tokens of a loaded model: from text to ids and back, and which of them are control tokens."""

import ctypes
import re
import threading
from collections.abc import Iterable, Sequence
from functools import cached_property

import llama_cpp

from docqa.errors import ModelError
from docqa.llm.llama.prompt_format.templates import BOS, EOS, Control, Markup, Part
from docqa.llm.llama.thinking import CLOSING, OPENING

# llama.cpp's marks of a token: unknown, control or user-defined; and what white space it takes.
_CONTROLS = 1 << 0 | 1 << 3 | 1 << 4
_TRIMS_LEFT, _TRIMS_RIGHT = 1 << 7, 1 << 8
_TWINS = str.maketrans("<>[]", "＜＞［］")


class Vocabulary:
    """The vocabulary of a model that its owner keeps open."""

    def __init__(self, llama: llama_cpp.Llama) -> None:
        """Take the vocabulary of a loaded model."""
        self._llama = llama
        self.vocabulary = llama.n_vocab()
        self._vocab = llama_cpp.llama_model_get_vocab(llama.model)
        self._words = threading.Lock()
        self._closed = False
        self._pieces: dict[int, bytes] = {}
        self._ends: set[int] = set()

    def tokenize(self, text: str) -> list[int]:
        """Ids of a text in which nothing is a control token."""
        # These llama.cpp would take out of any text; a full-width twin looks the same to a reader.
        text = self._marks.sub(lambda found: found[0].translate(_TWINS), text)
        with self._words:
            return self._tokenize(text.encode("utf-8", "replace"))

    def control(self, name: str) -> int:
        """Id of a control token: bos, eos, or by its name in the vocabulary."""
        if name in (BOS, EOS):
            with self._words:
                self._check_open()
                found = self._llama.token_bos() if name == BOS else self._llama.token_eos()
            token = int(found) if found >= 0 else None
        else:
            token = self.controls.get(name)
        if token is None:
            raise ModelError("llm.template_token_missing", token=name)
        return token

    @cached_property
    def controls(self) -> dict[str, int]:
        """Every token that llama.cpp takes out of a template's text, by its name."""
        with self._words:
            self._check_open()
            attributes = llama_cpp.llama_vocab_get_attr
            found = [t for t in range(self.vocabulary) if attributes(self._vocab, t) & _CONTROLS]
            names = [llama_cpp.llama_vocab_get_text(self._vocab, token) for token in found]
        return {
            name.decode("utf-8", "replace"): token
            for name, token in zip(names, found, strict=True)
            if name
        }

    def split_markup(self, text: str) -> list[str | Control]:
        """A template's text, cut at the names of control tokens."""
        pieces = self._control_names.split(text)
        return [Control(piece) if n % 2 else piece for n, piece in enumerate(pieces) if piece]

    def trims(self, token: int) -> tuple[bool, bool]:
        """Whether a control token takes the white space on its left and on its right."""
        with self._words:
            self._check_open()
            kind = llama_cpp.llama_vocab_get_attr(self._vocab, token)
        return bool(kind & _TRIMS_LEFT), bool(kind & _TRIMS_RIGHT)

    def also_ends(self, after_answer: Sequence[Part]) -> None:
        """Take the first control token that a template puts after an answer for its end."""
        for part in after_answer:
            pieces = self.split_markup(part.text) if isinstance(part, Markup) else [part]
            if control := next((one for one in pieces if isinstance(one, Control)), None):
                self._ends.add(self.control(control.name))
                return

    @cached_property
    def _control_names(self) -> re.Pattern[str]:
        return _any_of(self.controls)

    @cached_property
    def _marks(self) -> re.Pattern[str]:
        """Names such as `<think>` that are tokens in every text, and mean something to a model."""
        return _any_of(name for name in self.controls if name[0] in "<[" and name[-1] in ">]")

    def piece(self, token: int) -> bytes:
        """The bytes of a token, however long; none for control tokens."""
        if token not in self._pieces:
            # Some vocabularies have them as control tokens, which have no text otherwise.
            mark = next((m for m in (OPENING, CLOSING) if self.controls.get(m) == token), None)
            with self._words:
                self._check_open()
                self._pieces[token] = mark.encode() if mark else self._spell(token)
        return self._pieces[token]

    def ends(self, token: int) -> bool:
        """Whether a token ends the answer."""
        with self._words:
            self._check_open()
            return token in self._ends or llama_cpp.llama_vocab_is_eog(self._vocab, token)

    def _tokenize(self, data: bytes) -> list[int]:
        self._check_open()
        room = len(data) + 2
        ids = (llama_cpp.llama_token * room)()
        found = llama_cpp.llama_tokenize(self._vocab, data, len(data), ids, room, False, False)
        if found < 0:
            raise ModelError("llm.failed", reason="llama_tokenize")
        return ids[:found]

    def _spell(self, token: int) -> bytes:
        room = 64
        while True:
            buffer = ctypes.create_string_buffer(room)
            length = llama_cpp.llama_token_to_piece(self._vocab, token, buffer, room, 0, False)
            if length >= 0:
                return buffer.raw[:length]
            if -length <= room:
                raise ModelError("llm.failed", reason="llama_token_to_piece")
            room = -length

    def _check_open(self) -> None:
        if self._closed:
            raise ModelError("llm.closed")


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    # Without any name there is nothing to find.
    return re.compile(f"({'|'.join(map(re.escape, longest_first))})" if longest_first else "((?!))")
