"""Plain text: paragraphs parted by blank lines, hard-wrapped lines joined, code left alone."""

import re
from itertools import pairwise

from ingest.encodings.decode import decode
from ingest.formats import FAMILIES
from ingest.pages.numbering import article_of, heading_level
from ingest.source import SourceFile
from ingest.splitting.line_joining import join_lines
from ingest.types import Block, BlockKind, Parsed

_PROSE = frozenset((".txt", ".text", ".rst", ".org", ".adoc", ".tex"))
# Begins with one set of characters, which is searched for at three times the speed.
_BLANK = re.compile(r"[\n\f](?:(?<=\f)|(?:[^\S\n]*\n)+)")
_FIRST_LETTERS = re.compile(
    r"^[^\S\n]*[第附一二三四五六七八九十\dcpsaCPSA前引序绪摘目结总参致后]", re.MULTILINE
)
_ITEM = re.compile(
    r"\s*(?:[-*+•·●○■◆]|\(?\d{1,3}[.)、）]|[（(][一二三四五六七八九十\da-z]{1,3}[)）]|[①-⑳]|[QA问答][:：])"
)
_WIDEST, _NARROWEST = 130, 40


def parse(source: SourceFile) -> Parsed:
    """Read a text file in whatever encoding it is."""
    decoded = decode(source.data, source.options.encoding)
    code = FAMILIES.get(source.suffix) == "text" and source.suffix not in _PROSE
    blocks = code_blocks(decoded.text) if code else prose_blocks(decoded.text)
    return Parsed(tuple(blocks), encoding=decoded.encoding, notes=decoded.notes)


def code_blocks(text: str) -> list[Block]:
    """Stretches of code or log between blank lines, every line as it is."""
    return [Block(piece, BlockKind.CODE) for piece in _BLANK.split(text)]


def prose_blocks(text: str) -> list[Block]:
    """Paragraphs and headings of a text."""
    width = _wrapped_at(text)
    blocks: list[Block] = []
    for paragraph in _BLANK.split(text):
        if _FIRST_LETTERS.search(paragraph):
            _add_with_headings(paragraph, width, blocks)
        else:
            blocks.append(Block(_unwrap(paragraph, width)))
    return blocks


def _add_with_headings(paragraph: str, width: int, blocks: list[Block]) -> None:
    lines = paragraph.split("\n")
    kept: list[str] = []
    for line in lines:
        stripped = line.strip()
        # Inside a run of lines only 第…章 and the like are sure; 1.2 may count items.
        alone = len(lines) == 1 or stripped.startswith("第")
        level = heading_level(stripped) if alone and stripped else None
        if kept and (level is not None or article_of(stripped)):
            blocks.append(Block(_unwrap("\n".join(kept), width)))
            kept = []
        if level is None:
            kept.append(line)
        else:
            blocks.append(Block(stripped, BlockKind.HEADING, level))
    if kept:
        blocks.append(Block(_unwrap("\n".join(kept), width)))


def _wrapped_at(text: str) -> int:
    """The width at which an editor broke the lines, 0 where lines end as the writer meant."""
    lines = text.split("\n")
    if len(lines) < 4 or max(map(len, lines)) > _WIDEST:
        return 0
    widths = [_width(line) for line in lines]
    widest = max(widths)
    if not _NARROWEST <= widest <= _WIDEST:
        return 0
    inner = [a for a, b in pairwise(widths) if a and b]
    full = sum(width >= widest * 0.85 for width in inner)
    return widest if len(inner) >= 3 and full >= 0.6 * len(inner) else 0


def _unwrap(paragraph: str, width: int) -> str:
    if not width or "\n" not in paragraph:
        return paragraph
    groups: list[list[str]] = []
    full = False
    for line in paragraph.split("\n"):
        if full and not line.startswith((" ", "\t", "\u3000")) and not _ITEM.match(line):
            groups[-1].append(line)
        else:
            groups.append([line])
        full = _width(line) >= width * 0.85
    return "\n".join(join_lines(group) for group in groups)


def _width(line: str) -> int:
    # In GB18030 a Chinese character takes two bytes, as it takes two columns on the screen.
    return len(line.rstrip().encode("gb18030", "replace"))
