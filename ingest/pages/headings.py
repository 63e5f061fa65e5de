"""Which paragraphs of a document are headings: by its outline, numbering and type size."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from ingest.pages.numbering import LONGEST, heading_level
from ingest.pages.paragraphs import Paragraph, goes_on, in_flow
from ingest.splitting.line_joining import joint
from ingest.tables import table_blocks
from ingest.types import Block, BlockKind

_LARGER = 1.12
_ENDS = re.compile(r"[。！？；，、：;,…]$|…")
_ITEM = re.compile(
    r"[-–•·●○■□◆◇▪►*①-⑳]|\(?\d{1,3}(?:[)、）]|\.(?!\d))|[（(][一二三四五六七八九十\d]{1,3}[)）]"
)
_BULLET = re.compile(r"[-–•·●○■□◆◇▪►*]\s")
_LETTER = re.compile(r"[^\W\d_]")


class OutlineEntry(Struct, frozen=True):
    """An entry of the document's own table of contents."""

    title: str
    level: int
    page: int


def blocks_of(
    paragraphs: Sequence[Paragraph], outline: Sequence[OutlineEntry] = ()
) -> Iterator[Block]:
    """Paragraphs as blocks: headings told apart, what a page's end cut joined again."""
    paragraphs = in_flow(paragraphs)
    headings = Headings(paragraphs, outline)
    before: Paragraph | None = None
    for paragraph in paragraphs:
        level = headings.level(paragraph)
        if paragraph.rows:
            yield from table_blocks(paragraph.rows, paragraph.page)
        elif level:
            yield Block(paragraph.text, BlockKind.HEADING, level, paragraph.page)
        else:
            goes = before if before and goes_on(before, paragraph) else None
            between = joint_between(goes, paragraph) if goes else None
            kind = BlockKind.LIST if _ITEM.match(paragraph.text) else BlockKind.PARAGRAPH
            yield Block(paragraph.text, kind, page=paragraph.page, joint=between)
        before = None if level else paragraph


def joint_between(before: Paragraph, after: Paragraph) -> str:
    """What joins the halves of a paragraph that a page's end cut."""
    return "" if before.is_hyphenated else joint(before.text, after.text)


class Headings:
    """Judges the paragraphs of one document."""

    def __init__(self, paragraphs: Sequence[Paragraph], outline: Sequence[OutlineEntry]) -> None:
        """Learn the size of the running text, and which larger sizes there are."""
        sizes: Counter[float] = Counter()
        for paragraph in paragraphs:
            sizes[round(paragraph.size, 1)] += len(paragraph.text)
        self._body = sizes.most_common(1)[0][0] if sizes else 0.0
        larger = {size for size in sizes if size >= self._body * _LARGER}
        self._ranks = {size: rank for rank, size in enumerate(sorted(larger, reverse=True), 1)}
        self._outline = {(entry.page, _plain(entry.title)): entry.level for entry in outline}

    def level(self, paragraph: Paragraph) -> int | None:
        """The paragraph's level as a heading, or None."""
        text = paragraph.text
        if paragraph.rows or paragraph.lines > 3 or len(text) > 2 * LONGEST:
            return None
        if level := self._outline.get((paragraph.page, _plain(text))):
            return level
        if _BULLET.match(text):
            return None
        large = paragraph.size >= self._body * _LARGER
        numbered = heading_level(text, marked=large)
        if numbered is not None and (large or paragraph.lines == 1):
            return numbered
        if not large or _ENDS.search(text) or not _LETTER.search(text):
            return None
        return self._ranks.get(round(paragraph.size, 1))


def _plain(title: str) -> str:
    return re.sub(r"\W+", "", unicodedata.normalize("NFKC", title)).lower()
