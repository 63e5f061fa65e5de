"""Folds what is written differently but means the same: width, case, script, variants, accents."""

import re
import unicodedata
from functools import cache
from pathlib import Path

_SIMPLIFIED = Path(__file__).with_name("simplified.txt")
_ACCENTS = range(0x300, 0x370)
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_FIRST_HAN, _LAST_HAN = "\u4e00", "\u9fff"
# In traditional text and in capitals so many change that one translation of all costs less.
_SAMPLE, _MANY = 100, 15
# Compiling the pattern costs what it saves over so many characters; one question folds fewer.
_FEW = 200_000


class _Count:
    """How many characters were folded without the pattern."""

    characters = 0


def fold(text: str) -> str:
    """The text in the one form that is indexed and searched."""
    if text.isascii():
        return text.lower()
    if _Count.characters < _FEW:
        _Count.characters += len(text)
        return text.translate(_table())
    changing = _changing()
    if len(changing.findall(text, 0, _SAMPLE)) > _MANY:
        return text.translate(_table())
    for character in set(changing.findall(text)):
        text = text.replace(character, _table()[ord(character)])
    return text


def simplify(text: str) -> str:
    """The text in simplified characters, otherwise as it is."""
    return "".join(_variants().get(character, character) for character in text)


def fold_with_offsets(text: str) -> tuple[str, list[int]]:
    """The folded text and, for each of its characters, the place in the text it comes from."""
    pieces = [fold(character) for character in text]
    offsets = [at for at, piece in enumerate(pieces) for _ in piece]
    return "".join(pieces), offsets


class _Table(dict[int, str]):
    """Folds a character when it is first seen: most texts use few of the many."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if _FIRST_HAN <= character <= _LAST_HAN:
            folded = _variants().get(character, character)
        elif character in _INVISIBLE:
            folded = ""
        else:
            lower = unicodedata.normalize("NFKC", character).lower()
            folded = "".join(_variants().get(c, c) for c in _without_accents(lower))
        self[code] = folded
        return folded


@cache
def _table() -> _Table:
    return _Table()


@cache
def _changing() -> re.Pattern[str]:
    """Finds what folding changes, and little else."""
    others = sorted(c for c in _variants() if _FIRST_HAN <= c <= _LAST_HAN)
    before = [chr(ord(_FIRST_HAN) - 1), *others]
    after = [*others, chr(ord(_LAST_HAN) + 1)]
    han = "".join(
        f"{chr(ord(a) + 1)}-{chr(ord(b) - 1)}"
        for a, b in zip(before, after, strict=True)
        if ord(b) - ord(a) > 1
    )
    return re.compile(rf"[^\n -@\[-~、。《》“”—{han}]")


@cache
def _variants() -> dict[str, str]:
    lines = _SIMPLIFIED.read_text(encoding="utf-8").splitlines()
    return {c: line[0] for line in lines if not line.startswith("#") for c in line[1:]}


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    kept = (c for c in unicodedata.normalize("NFD", text) if ord(c) not in _ACCENTS)
    return unicodedata.normalize("NFC", "".join(kept))
