"""Blocks to one text: every block a section at its exact place, under its heading path."""

import re
from collections.abc import Sequence

from ingest.escapes import without_escapes
from ingest.pages.numbering import article_of
from ingest.splitting.line_joining import without_spread
from ingest.types import Block, BlockKind, Extract, Parsed, Section

# Controls, soft hyphens, lone surrogates and non-characters: never part of what a reader sees.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\xad\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
# A symbol font's sign, kept in private use; before a line it is a bullet.
_SIGN = re.compile("[\uf020-\uf0ff]")
_BULLET = re.compile(f"^([ \t]*){_SIGN.pattern}", re.MULTILINE)
_FEWEST_ARTICLES = 3
_SPACES = re.compile(r"[ \t]+$", re.MULTILINE)


def assemble(parsed: Parsed) -> Extract:
    """Join the blocks; `text[section.start:section.end]` is the text of a block.

    A heading is under its own path: its section's `heading` ends with itself. One without words
    ends those before it, as the next slide does that has no title.
    """
    pieces: list[str] = []
    sections: list[Section] = []
    headings: list[tuple[int, str]] = []
    path: tuple[str, ...] = ()
    end = 0
    before: Block | None = None
    has_articles = _has_articles(parsed.blocks)
    for block in parsed.blocks:
        text = _clean(block)
        if block.kind is BlockKind.HEADING:
            level = block.level or 1
            headings = [(at, title) for at, title in headings if at < level]
            if text:
                headings.append((level, without_spread(" ".join(text.split()))))
            path = tuple(title for _, title in headings)
        elif has_articles and (article := article_of(text)):
            path = (*(title for _, title in headings), article)
        if not text:
            continue
        gap = _gap(before, block) if before else ""
        start = end + len(gap)
        end = start + len(text)
        pieces += gap, text
        sections.append(Section(start, end, block.kind, block.page, path))
        before = block
    text = "".join(pieces)
    return Extract(
        text,
        tuple(sections),
        parsed.pages,
        parsed.encoding,
        parsed.title,
        parsed.notes,
        parsed.dated,
    )


def _has_articles(blocks: Sequence[Block]) -> bool:
    """Whether a document is made of articles, not only speaks of one."""
    numbers = (article_of(b.text) for b in blocks if b.kind is not BlockKind.HEADING)
    return len({number for number in numbers if number}) >= _FEWEST_ARTICLES


def _clean(block: Block) -> str:
    text = block.text
    if _UNPRINTABLE.search(text):
        text = _UNPRINTABLE.sub("", without_escapes(text))
    if _SIGN.search(text):
        text = _BULLET.sub(r"\1•", text)
    if block.kind is BlockKind.CODE:
        return _SPACES.sub("", text).strip("\n")
    return text.strip()


def _gap(before: Block, block: Block) -> str:
    if block.joint is not None:
        return block.joint
    lists = before.kind is BlockKind.LIST and block.kind is BlockKind.LIST
    return "\n" if lists else "\n\n"
