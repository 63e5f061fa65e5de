"""Cuts an extract into passages: structure first, then sentences up to a size."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from msgspec import Struct

from ingest.splitting.sentences import sentences
from ingest.types import BlockKind, Extract, PassageSpan, Section

# A passage may be this much longer than asked before it is cut, and a sentence before it is broken.
_SLACK = 1.25
_LONGEST_SENTENCE = 2
# What stands above the first heading or article is its title while it is no longer than this part.
_TITLE_SHARE = 3
# So many headings in a row, none above the next, are a table of contents.
_CONTENTS = 3

_NUMBER = r"[\d〇零一二三四五六七八九十百千两兩]+(?:[.．]\d+)*"
# Lines that begin a chapter, article or question; each begins a passage of its own.
_OPENING = re.compile(
    rf"^[ \t\u3000]*(?P<mark>第{_NUMBER}(?:(?P<chapter>[编編篇部章節节])|[条條款])"
    r"(?=[\s\u3000：:、]|$)"
    r"|(?:Q|Question|问题?|問題?|提问|提問)\s*\d*\s*[:：.、])",
    re.MULTILINE | re.IGNORECASE,
)
_LINES = re.compile(r"[^\n]*\S[^\n]*")
_BY_LINE = frozenset({BlockKind.TABLE, BlockKind.CODE, BlockKind.LIST})
_PAUSES = ("，", "、", "：", ",", " ", "\t", "\n")


class _Group(Struct, frozen=True):
    """A stretch that passages do not reach beyond: what stands under one heading or article."""

    start: int
    end: int
    sections: tuple[Section, ...]
    body: int
    """Where its own text begins, after a title that was joined to it."""


def split(extract: Extract, size: int, overlap: int = 0) -> list[PassageSpan]:
    """Passages of about `size` characters that share `overlap` sentences with the one before."""
    text = extract.text
    passages: list[PassageSpan] = []
    for group in _groups(text, extract.sections, size):
        for start, end in _cut(text, group, size, overlap):
            origin = _origin(group.sections, max(start, group.body))
            known = origin >= 0
            passages.append(
                PassageSpan(
                    ordinal=len(passages),
                    start=start,
                    end=end,
                    text=text[start:end],
                    page=group.sections[origin].page if known else None,
                    heading=_heading(group.sections, origin) if known else (),
                )
            )
    return passages


def _groups(text: str, sections: Sequence[Section], size: int) -> Iterator[_Group]:
    breaks = _breaks(text, sections)
    body = 0
    if breaks and _is_title(text, breaks[0], sections, size):
        # By itself it would be found before all that it is the title of.
        body = breaks.pop(0)
    at = 0
    for start, end in zip([0, *breaks], [*breaks, len(text)], strict=True):
        first = at
        while at < len(sections) and sections[at].start < end:
            at += 1
        # A section that reaches beyond the break belongs to the next group too.
        inside = tuple(sections[first:at])
        if at and sections[at - 1].end > end:
            at -= 1
        yield _Group(start, end, inside, max(start, body))


def _is_title(text: str, end: int, sections: Sequence[Section], size: int) -> bool:
    """Whether what stands before the first break is but a few plain lines above a heading."""
    if _OPENING.match(text):
        return False
    lead = [section for section in sections if section.start < end]
    below = sections[len(lead)] if len(lead) < len(sections) else None
    if lead and below and not below.heading and _turns_page(text, lead[-1], below):
        return bool(_OPENING.match(text, end))
    plain = all(section.kind is BlockKind.PARAGRAPH for section in lead)
    return plain and len(text[:end].strip()) <= size // _TITLE_SHARE


def _breaks(text: str, sections: Sequence[Section]) -> list[int]:
    """Places where a passage must begin."""
    found = set() if sections else set(_openings(text, 0, len(text)))
    led = set()  # What follows a heading stays with it.
    before: Section | None = None
    for section in sections:
        if section.kind not in (BlockKind.TABLE, BlockKind.CODE):
            found.update(_openings(text, section.start, section.end))
        if before and before.kind is BlockKind.HEADING:
            led.add(section.start)
        elif before and _stands_apart(text, before, section):
            found.add(section.start)
        before = section
    return sorted(((found - led) | set(_after_contents(sections))) - {0})


def _stands_apart(text: str, before: Section, section: Section) -> bool:
    if section.kind is BlockKind.HEADING or before.heading != section.heading:
        return True
    return not section.heading and _turns_page(text, before, section)


def _turns_page(text: str, before: Section, section: Section) -> bool:
    """Whether a page begins here with something new, as every slide does."""
    return before.page != section.page and "\n" in text[before.end : section.start]


def _after_contents(sections: Sequence[Section]) -> Iterator[int]:
    """Where the headings of a text begin that its table of contents stands before."""
    run: list[Section] = []
    for section in sections:
        if section.kind is BlockKind.HEADING:
            run.append(section)
            continue
        first = len(run) - 1
        while first > 0 and len(run[first - 1].heading) < len(run[first].heading):
            first -= 1
        if first >= _CONTENTS:
            yield run[first].start
        run = []


def _openings(text: str, start: int, end: int) -> Iterator[int]:
    chapter_end = -1
    for match in _OPENING.finditer(text, start, end):
        # The line of a chapter's name stays with its first article.
        if "\n" in text[chapter_end : match.start("mark")].strip() or chapter_end < 0:
            yield match.start("mark")
        chapter_end = match.end() if match["chapter"] else -1


def _cut(text: str, group: _Group, size: int, overlap: int) -> Iterator[tuple[int, int]]:
    start, end = _trim(text, group.start, group.end)
    if end - start <= size * _SLACK:
        if start < end:
            yield start, end
        return
    units = _units(text, group)
    longest = size * _LONGEST_SENTENCE
    if any(last - first > longest for first, last in units):
        units = [piece for unit in units for piece in _break(text, *unit, size)]
    for first, last in _pack(text, units, size):
        yield units[max(0, first - overlap)][0], units[last - 1][1]


def _units(text: str, group: _Group) -> list[tuple[int, int]]:
    """Sentences, or lines where lines matter; together they hold all that is not space."""
    units: list[tuple[int, int]] = []
    at = group.start
    for section in group.sections:
        start, end = max(section.start, at), min(section.end, group.end)
        if end <= start:
            continue
        units += sentences(text, at, start)
        if section.kind in _BY_LINE:
            units += (_trim(text, *line.span()) for line in _LINES.finditer(text, start, end))
        else:
            units += sentences(text, start, end)
        at = end
    units += sentences(text, at, group.end)
    return units


def _break(text: str, start: int, end: int, size: int) -> Iterator[tuple[int, int]]:
    """A unit, in pieces where it is far too long: at a pause if there is one, else anywhere."""
    while end - start > size * _LONGEST_SENTENCE:
        half = start + size // 2
        cut = max(text.rfind(mark, half, start + size) for mark in _PAUSES) + 1 or start + size
        yield _trim(text, start, cut)
        start = _trim(text, cut, end)[0]
    if start < end:
        yield start, end


def _pack(text: str, units: Sequence[tuple[int, int]], size: int) -> Iterator[tuple[int, int]]:
    """Runs of units (first, beyond) of nearly equal length, so that no crumb is left at the end."""
    whole = units[-1][1] - units[0][0]
    target = whole / max(1, round(whole / size))
    early, longest = target * 0.75, size * _SLACK
    first = 0
    begin, before = units[0]
    for at, (start, end) in enumerate(units):
        so_far, with_next = before - begin, end - begin
        full = with_next > longest or so_far >= target or so_far + with_next > 2 * target
        # A line's beginning is a better place to cut than the middle of a paragraph.
        if at and (full or (so_far >= early and "\n" in text[before:start])):
            yield first, at
            first, begin = at, start
        before = end
    yield first, len(units)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _origin(sections: Sequence[Section], start: int) -> int:
    """Index of the section that a passage begins in; -1 where there are none."""
    found = bisect_right(sections, start, key=lambda section: section.end)
    return min(found, len(sections) - 1)


def _heading(sections: Sequence[Section], origin: int) -> tuple[str, ...]:
    """The heading path of the text itself, also where a passage begins with its heading."""
    following = range(origin, len(sections))
    body = next((i for i in following if sections[i].kind is not BlockKind.HEADING), origin)
    return sections[body].heading
