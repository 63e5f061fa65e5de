"""Other ways to write a word in Latin letters: wifi and Wi-Fi, email and e-mail, USB3 and USB 3."""

import re
from collections.abc import Callable, Iterator

from docqa.terms import normal, spaced_words

_LETTERS = re.compile(r"[a-z]{3,12}")
# Shorter letters before a number are a code, as in E2.
_NUMBERED = re.compile(r"([a-z]{3,12})(\d+)")


def respell(text: str, is_known: Callable[[str], bool]) -> str:
    """A question with each word that occurs nowhere written as it occurs, where it does."""
    for word in dict.fromkeys(spaced_words(normal(text))):
        if is_known(word):
            continue
        known = (other for other in _spellings(word) if all(map(is_known, other.split())))
        if other := next(known, ""):
            text = re.sub(rf"(?i)(?<![a-z\d]){re.escape(word)}(?![a-z\d])", f" {other} ", text)
    return text


def _spellings(word: str) -> Iterator[str]:
    if "-" in word:
        yield word.replace("-", "")
    if _LETTERS.fullmatch(word):
        yield from (f"{word[:at]}-{word[at:]}" for at in range(1, len(word)))
    if numbered := _NUMBERED.fullmatch(word):
        letters, number = numbered.groups()
        yield f"{letters} {number}"
        # The version asked for may stand nowhere: what is said of the thing is nearest then.
        yield from (letters, *_spellings(letters))
