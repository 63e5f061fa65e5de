"""Subtitles (SRT, VTT): what is said, joined to sentences, each with the time it begins."""

import re
from collections.abc import Iterator

from msgspec import Struct

from ingest.encodings.decode import decode
from ingest.parsers.text import prose_blocks
from ingest.source import SourceFile
from ingest.splitting.line_joining import join_lines
from ingest.types import Block, Parsed

_TIMES = re.compile(
    r"^(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,]\d{1,3}\s*-->\s*(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,]\d{1,3}.*$",
    re.MULTILINE,
)
_MARKS = re.compile(r"</?[a-zA-Z][^>]*>|\{\\[^}]*\}")
_COUNTER = re.compile(r"\n\s*\d+\s*$")
_ENDS = re.compile(r"[。！？.!?…][”’」』）)\"']*$")
_PAUSE = 4
_ENOUGH = 150


class _Cue(Struct, frozen=True):
    start: int
    end: int
    text: str


def parse(source: SourceFile) -> Parsed:
    """Read a subtitle file."""
    decoded = decode(source.data, source.options.encoding)
    blocks = tuple(_blocks(_cues(decoded.text))) or tuple(prose_blocks(decoded.text))
    return Parsed(blocks, encoding=decoded.encoding, notes=decoded.notes)


def _cues(text: str) -> Iterator[_Cue]:
    found = list(_TIMES.finditer(text))
    for at, match in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(text)
        words = text[match.end() : end]
        if end < len(text):
            words = _COUNTER.sub("", words.rstrip())
        words = join_lines(_MARKS.sub("", words).split("\n"))
        if words:
            yield _Cue(_seconds(match.groups()[:3]), _seconds(match.groups()[3:]), words)


def _seconds(clock: tuple[str | None, ...]) -> int:
    hours, minutes, seconds = (int(part or 0) for part in clock)
    return hours * 3600 + minutes * 60 + seconds


def _blocks(cues: Iterator[_Cue]) -> Iterator[Block]:
    group: list[_Cue] = []
    for cue in cues:
        if group and _is_whole(group, cue):
            yield _block(group)
            group = []
        group.append(cue)
    if group:
        yield _block(group)


def _is_whole(group: list[_Cue], following: _Cue) -> bool:
    length = sum(len(cue.text) for cue in group)
    if following.start - group[-1].end >= _PAUSE or length > 2 * _ENOUGH:
        return True
    return length >= _ENOUGH and bool(_ENDS.search(group[-1].text))


def _block(group: list[_Cue]) -> Block:
    minutes, seconds = divmod(group[0].start, 60)
    hours, minutes = divmod(minutes, 60)
    # Cues without punctuation are sentences of their own, so Chinese ones keep a space too.
    words = " ".join(cue.text for cue in group)
    return Block(f"[{hours:02}:{minutes:02}:{seconds:02}] {words}")
