"""How common a Chinese character, or a pair within a word, is in general use."""

from functools import cache
from pathlib import Path

_PAIRS = Path(__file__).with_name("pairs.txt")
# Two characters that stand together within no word, or in very rare ones.
NO_WORD = 0
# Levels lie two apart on the scale of a natural logarithm: 1 is the commonest, 6 is rare.
RAREST = 6


def rarity(term: str) -> int:
    """From 1 (common) to RAREST, for one or two characters; NO_WORD where two form none."""
    level, followers = _line(term[0])
    if len(term) == 1 or not followers:
        return level
    return next((RAREST - n for n, some in enumerate(followers) if term[1] in some), NO_WORD)


@cache
def _line(character: str) -> tuple[int, list[str]]:
    """The level of a character, and what follows it within words, the rarest first."""
    # Searched, not parsed: a question asks for few of its thousands of lines.
    table, key = _table(), f"\n{character}".encode()
    start = table.find(key)
    if start < 0:
        return RAREST, []
    line = table[start + len(key) : table.index(b"\n", start + 1)].decode()
    return int(line[0]), line[1:].split("|")


@cache
def _table() -> bytes:
    """The lines below the comments, each after its line break."""
    data = _PAIRS.read_bytes()
    return data[data.index(b"\n", data.rindex(b"\n#") + 1) :]
