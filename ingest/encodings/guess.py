"""Which encoding bytes are in: each candidate's text is scored by how much it reads as one."""

import unicodedata
from collections import Counter
from functools import lru_cache

from ingest.encodings.common_characters import FREQUENT
from ingest.errors import FileUnreadable
from ingest.types import Encoding

_SAMPLE = 16_384
_MULTIBYTE = ("utf-8", "gb18030", "cp950", "big5hkscs", "cp932", "euc_jp", "cp949", "cp1252")
_WIDE = ("utf-16-le", "utf-16-be")
_READS_WELL = 0.45


def guess(data: bytes) -> Encoding:
    """The likeliest encoding of bytes without a byte-order mark."""
    if b"\x1b$" in data[:_SAMPLE]:
        return Encoding("iso2022_jp", 0.9)
    scores = {name: _score(_text(_high_part(data), name)) for name in _MULTIBYTE}
    if b"\0" in data[:_SAMPLE]:
        scores = {}  # no text in bytes holds NUL
    for name in _WIDE:
        scores[name] = _score(_text(data[: _SAMPLE & ~1], name), wide=True)
    # Of equals the earlier wins: GB18030 before its neighbours, Big5 before its extension.
    best, second = sorted(scores, key=lambda name: -scores[name])[:2]
    if scores[best] < _READS_WELL:
        if best in _WIDE:
            raise FileUnreadable("binary")
        return _western(data, scores) or _from_statistics(data) or Encoding(best, 0.3)
    length = min(len(data), 40) / 40
    rival = 0.0 if {best, second} == {"cp950", "big5hkscs"} else max(scores[second], 0.0)
    margin = max(scores[best] - rival, 0.0)
    return Encoding(best, round(min(0.5 + margin / 2 + 0.2 * length, 0.99), 2))


def _high_part(data: bytes) -> bytes:
    # The first byte above ASCII begins a character, so the sample starts whole.
    ascii_length = len(data) - len(data.lstrip(_ASCII))
    return data[ascii_length : ascii_length + _SAMPLE]


_ASCII = bytes(range(128))


def _text(sample: bytes, name: str) -> str:
    text = sample.decode(name, "replace")
    # The sample may end within a character.
    return text[:-1] if text.endswith("\ufffd") and len(text) > 2 else text


def _score(text: str, *, wide: bool = False) -> float:
    """Mean worth of the characters beyond ASCII, between about -10 and 1."""
    counts = Counter(text)
    total = worth = 0.0
    for character, count in counts.items():
        if character < "\x80" and not wide:
            continue
        total += count
        worth += count * _worth(character)
    return worth / total if total else 0.0


def _worth(character: str) -> float:
    point = ord(character)
    if point < 0x80:
        return 0.9 if character.isprintable() or character in "\t\r\n" else -3.0
    if 0x4E00 <= point <= 0x9FFF:
        return 1.0 if character in FREQUENT else 0.35 if is_standard(character) else -0.6
    if 0x3041 <= point <= 0x3096 or 0x30A1 <= point <= 0x30FC:
        return 0.9
    if 0x3000 <= point <= 0x3020 or 0xFF01 <= point <= 0xFF5E or 0x2014 <= point <= 0x2026:
        return 0.7
    if 0xAC00 <= point <= 0xD7A3:
        return 0.4 if _encodes(character, "euc_kr") else -0.6
    if 0xFF61 <= point <= 0xFF9F:
        return -0.5
    if point == 0xFFFD:
        return -6.0
    category = unicodedata.category(character)
    if category in ("Cc", "Cn", "Co", "Cs"):
        return -3.0
    return 0.3 if point < 0x250 and category[0] in "LP" else 0.0


@lru_cache(maxsize=10_000)
def is_standard(character: str) -> bool:
    """Whether a Han character is one of those that people write daily."""
    # The first levels of GB2312 and Big5 hold what people write daily.
    for name, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        try:
            lead = character.encode(name)[0]
        except UnicodeEncodeError:
            continue
        if first <= lead <= last:
            return True
    return False


def _encodes(character: str, name: str) -> bool:
    try:
        character.encode(name)
    except UnicodeEncodeError:
        return False
    return True


def _western(data: bytes, scores: dict[str, float]) -> Encoding | None:
    # Western languages write few letters beyond ASCII, and those are letters in cp1252.
    high = len(data[:_SAMPLE].translate(None, _ASCII))
    few = high < 0.2 * min(len(data), _SAMPLE)
    return Encoding("cp1252", 0.6) if few and scores.get("cp1252", 0.0) >= 0.25 else None


def _from_statistics(data: bytes) -> Encoding | None:
    if len(data) < 16:
        return None
    from charset_normalizer import from_bytes

    best = from_bytes(data[: 2 * _SAMPLE]).best()
    if best is None:
        return None
    return Encoding(best.encoding, round(max(0.4, min(0.9 - best.chaos, 0.9)), 2))
