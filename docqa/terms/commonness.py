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
    line = _table().get(term[0])
    if line is None:
        return RAREST
    if len(term) == 1:
        return int(line[1])
    followers = line[2:].split("|")
    return next((RAREST - n for n, some in enumerate(followers) if term[1] in some), NO_WORD)


@cache
def _table() -> dict[str, str]:
    lines = _PAIRS.read_text(encoding="utf-8").splitlines()
    return {line[0]: line for line in lines if not line.startswith("#")}
