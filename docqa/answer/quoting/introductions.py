"""The words that introduce a list, for an item that is quoted without them.

（四）女职工在孕期 says nothing, or the opposite, without 有下列情形之一的，不得解除合同：.
"""

import re

from docqa.stores.records.library import Library
from docqa.types import Passage
from ingest.splitting.sentences import sentences

# Marks of the items of lists, each with that of the first item; bullets are all alike.
_MARKS = tuple(
    (re.compile(mark), re.compile(rf"(?<![\w.]){first}"))
    for mark, first in (
        (r"[（(](?:\d{1,3}|[一二三四五六七八九十]{1,3}|[A-Za-z])[）)]", r"[（(](?:1|一|[Aa])[）)]"),
        (r"[一二三四五六七八九十]{1,3}、", "一、"),
        (r"\d{1,3}[.．、)）](?!\d)", r"1[.．、)）](?!\d)"),
        (r"[①-⑳]", "①"),
    )
)
_BULLET = re.compile(r"\s*[-–•·●○■□◆◇*]\s|\s*$")
_LEADS_IN = ("：", ":")
_COLON = re.compile(r"[：:]\s*")
# What is longer introduces more than a list, and a list reaches no further back than so many
# passages; both set by hand.
_LONGEST = 160
_PASSAGES_BACK = 3


def find_introduction(library: Library, passage: Passage, at: int) -> str:
    """The words over the list whose item begins at a place of a passage; else nothing."""
    text = passage.text
    if not _begins_item(text, at):
        return ""
    if words := _introduction(text, at):
        return words
    first = max(0, passage.ordinal - _PASSAGES_BACK)
    earlier = library.passages_of(passage.document_id, first, passage.ordinal - 1)
    above = "\n".join(one.text for one in earlier if one.heading == passage.heading)
    return _introduction(f"{above}\n{text}", len(above) + 1 + at) if above else ""


def find_introduction_within(text: str, at: int) -> str:
    """The same, where no more than one passage is known."""
    return _introduction(text, at) if _begins_item(text, at) else ""


def part_introduction(text: str) -> tuple[str, str]:
    """What introduces a list at the beginning of a text, and the rest; nothing and the text."""
    colons = () if _begins_item(text, 0) else _COLON.finditer(text)
    for colon in colons:
        if _begins_item(text, colon.end()):
            return text[: colon.end()], text[colon.end() :]
    return "", text


def _begins_item(text: str, at: int) -> bool:
    return _BULLET.match(text, at) is not None or any(mark.match(text, at) for mark, _ in _MARKS)


def _introduction(text: str, at: int) -> str:
    above = text[: _beginning(text, at)].rstrip()
    if not above.endswith(_LEADS_IN):
        return ""
    *_, (start, _) = sentences(above)
    return above[start:] if len(above) - start <= _LONGEST else ""


def _beginning(text: str, at: int) -> int:
    """Where the list begins that an item is of."""
    for mark, first in _MARKS:
        if mark.match(text, at):
            starts = [one.start() for one in first.finditer(text) if one.start() <= at]
            return starts[-1] if starts else 0
    lines = text[:at].splitlines(keepends=True)
    while lines and _BULLET.match(lines[-1]):
        at -= len(lines.pop())
    return at
