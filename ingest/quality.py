"""How well a stretch of text was read: 1 is clean, 0 is nothing or garbage."""

import re
import unicodedata
from collections import Counter

from ingest.encodings.guess import is_standard

READABLE = 0.5

_CID = re.compile(r"\(cid:\d+\)")
_ENOUGH = 50


def quality(text: str) -> float:
    """Judge a page by its characters."""
    codes = _CID.findall(text)
    counts = Counter(_CID.sub("", text))
    for space in " \n\t\u3000":
        counts.pop(space, None)
    total = counts.total() + len(codes)
    if not total:
        return 0.0
    letters: dict[str, int] = {}
    digits, broken = 0, len(codes)
    for character, count in counts.items():
        if character.isalpha():
            letters[character] = count
        elif character.isdigit():
            digits += count
        elif _is_broken(character):
            broken += count
    worth = max(0.0, 1 - 2 * broken / total)
    if total >= _ENOUGH:
        words = sum(letters.values())
        worth *= _share_of_words(words + digits, counts, total)
        worth *= _variety(letters, words, digits) * _sense(letters, words)
    return round(worth, 2)


def _is_broken(character: str) -> bool:
    return character == "\ufffd" or unicodedata.category(character) in ("Cc", "Cn", "Co", "Cs")


def _share_of_words(words: int, counts: Counter[str], total: int) -> float:
    # Dot leaders of a table of contents are no fault, pages of nothing but signs are.
    dots = sum(counts[char] for char in ".…·_-—")
    return min(1.0, 2.5 * words / max(total - dots, 1))


def _variety(letters: dict[str, int], total: int, digits: int) -> float:
    # A font without a map to characters gives one glyph for all; 元 after each price is no fault.
    if total < _ENOUGH or total < digits:
        return 1.0
    return 0.3 if max(letters.values()) > 0.4 * total else 1.0


def _sense(letters: dict[str, int], total: int) -> float:
    """Low where the letters are of no language: rare Han, or Latin-1 read for Chinese."""
    han = {char: n for char, n in letters.items() if "\u4e00" <= char <= "\u9fff"}
    known = sum(n for char, n in han.items() if is_standard(char))
    if (count := sum(han.values())) >= _ENOUGH and known < 0.5 * count:
        return 0.4
    western = sum(n for char, n in letters.items() if "\x80" < char < "\u0250")
    return 0.4 if total and western > 0.5 * total else 1.0
