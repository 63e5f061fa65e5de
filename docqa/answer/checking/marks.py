"""Citation marks [n] in answers: found, and dropped where they name no passage."""

import re

from msgspec import Struct, field

_MARK = re.compile(r"[\[【［]\s*(\d{1,3}(?:\s*[,，、]\s*\d{1,3})*)\s*[\]】］]")
_OPENERS = "[【［"
# A mark longer than this is no mark; what looked like its beginning is let go.
_LONGEST = 24
_IN_DOCUMENTS = re.compile(r"\[(\s*\d[\d\s,，、\-–]*)\]|【(\s*\d[\d\s,，、\-–]*)】")


def numbers(text: str) -> tuple[int, ...]:
    """The passages that a text cites, each once, in order."""
    found = (int(n) for mark in _MARK.finditer(text) for n in re.findall(r"\d+", mark[1]))
    return tuple(dict.fromkeys(found))


def without_marks(text: str) -> str:
    """The text without its marks."""
    return _MARK.sub("", text)


def only_known(text: str, passages: int) -> str:
    """The text with every mark written [n], and without those that name no passage."""

    def rewrite(mark: re.Match[str]) -> str:
        named = [int(n) for n in re.findall(r"\d+", mark[1])]
        return "".join(f"[{n}]" for n in named if 1 <= n <= passages)

    return _MARK.sub(rewrite, text)


def disarm(text: str) -> str:
    """Document text whose own [n] can be taken for no mark of ours; the length stays the same."""
    return _IN_DOCUMENTS.sub(lambda found: f"［{found[1] or found[2]}］", text)


class MarkFilter(Struct):
    """Drops unknown marks from a stream; holds back only what may be the beginning of a mark."""

    passages: int
    _held: str = field(default="")

    def feed(self, text: str) -> str:
        """The next piece, as far as it is certain."""
        self._held += text
        start = max(self._held.rfind(opener) for opener in _OPENERS)
        waiting = start >= 0 and not re.search(r"[\]】］]", self._held[start:])
        if waiting and len(self._held) - start > _LONGEST:
            waiting = False
        cut = start if waiting else len(self._held)
        sure, self._held = self._held[:cut], self._held[cut:]
        return only_known(sure, self.passages)

    def rest(self) -> str:
        """What was still held back at the end."""
        rest, self._held = self._held, ""
        return only_known(rest, self.passages)
