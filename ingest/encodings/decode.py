"""Bytes to text: the encoding found by evidence, with how sure that is."""

import codecs
import re

from msgspec import Struct

from ingest.errors import FileUnreadable
from ingest.escapes import without_escapes
from ingest.types import Encoding


class Decoded(Struct, frozen=True):
    """Text whose lines end with a line feed alone, and the encoding it was in."""

    text: str
    encoding: Encoding
    notes: tuple[str, ...] = ()


_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What is called GBK or GB2312 often holds characters of their superset, and so on.
_SUPERSETS = {
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "big5": "cp950",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-1": "cp1252",
    "ascii": "utf-8",
}
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_SAMPLE = 65_536
_FEW_CONTROLS = 2  # set by hand: strays that a short text may hold
END_MARK = "\x1a"  # Ctrl-Z, the last character of many DOS texts
_SURE = 0.6


def decode(data: bytes, wanted: str | None = None) -> Decoded:
    """Text of bytes in `wanted`, or in the encoding that the evidence speaks for."""
    if wanted:
        return _finish(*_as_wanted(data, wanted))
    for bom, name in _BOMS:
        if data.startswith(bom):
            return _finish(*_lenient(data[len(bom) :], name, 1.0))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _by_evidence(data)
    if _doubtful(text):
        return _by_evidence(data)
    return _finish(text, Encoding("utf-8", 1.0))


def allowed_controls(length: int) -> int:
    """How many control characters a short text may hold and still be one."""
    return min(_FEW_CONTROLS, length // 10)


def codec(name: str) -> str | None:
    """Python's name for an encoding, widened to the superset that files really use."""
    try:
        known = codecs.lookup(name.strip())
    except (LookupError, ValueError):
        return None
    if not getattr(known, "_is_text_encoding", True):
        return None
    return _SUPERSETS.get(known.name, known.name)


def _doubtful(text: str) -> bool:
    # Two bytes of GB2312 can be valid UTF-8 by chance: a file that says just 目录 is one.
    if "\0" in text[:4096] or "\x1b$" in text[:4096]:
        return True
    return len(text) <= 64 and not text.isascii() and max(text) < "\u0800"


def _by_evidence(data: bytes) -> Decoded:
    from ingest.encodings.guess import guess

    found = guess(data)
    return _finish(*_lenient(data, found.name, found.confidence))


def _as_wanted(data: bytes, wanted: str) -> tuple[str, Encoding]:
    name = codec(wanted)
    if name is None:
        raise FileUnreadable("encoding_unknown", encoding=wanted)
    try:
        return data.decode(name).removeprefix("\ufeff"), Encoding(name, 1.0)
    except UnicodeDecodeError as error:
        raise FileUnreadable("encoding_wrong", encoding=wanted, position=error.start) from error


def _lenient(data: bytes, name: str, confidence: float) -> tuple[str, Encoding]:
    try:
        return data.decode(name), Encoding(name, confidence)
    except UnicodeDecodeError:
        text = data.decode(name, "replace")
    share = text.count("\ufffd") / max(len(text), 1)
    return text, Encoding(name, round(min(confidence, max(1 - 20 * share, 0)), 2))


def _finish(text: str, encoding: Encoding) -> Decoded:
    text = without_escapes(text.rstrip(END_MARK))
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    sample = text[:_SAMPLE]
    if len(_CONTROLS.findall(sample)) > max(allowed_controls(len(sample)), len(sample) // 100):
        raise FileUnreadable("binary")
    notes = () if encoding.confidence >= _SURE else ("encoding_unsure",)
    return Decoded(text, encoding, notes)
