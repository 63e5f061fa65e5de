"""The types of ingest: what a parser yields, what a file was read as, what is stored."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from msgspec import Struct, field


class BlockKind(StrEnum):
    """What a piece of a document is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    TABLE = "table"
    LIST = "list"
    CODE = "code"


class PageMethod(StrEnum):
    """How the text of a page was won."""

    TEXT = "text"
    SECOND = "second"
    OCR = "ocr"


class FileStatus(StrEnum):
    """What became of a file in a run."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    PARTIAL = "partial"
    FAILED = "failed"
    SKIPPED = "skipped"


class Block(Struct, frozen=True):
    """What a parser yields: one heading, paragraph, table, list or stretch of code."""

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    page: int | None = None
    joint: str | None = None
    """What joins it to the block before that a page break cut; None begins a block."""


class PageReport(Struct, frozen=True):
    """How well one page (slide, sheet, chapter) was read; quality is between 0 and 1."""

    number: int
    characters: int
    quality: float
    readable: bool
    method: PageMethod = PageMethod.TEXT
    confidence: float | None = None
    label: str | None = None
    printed: bool = False
    """Whether the label is the number printed on the page, not the name of a sheet or chapter."""


class Encoding(Struct, frozen=True):
    """The encoding the bytes were decoded with, and how sure that is (0 to 1)."""

    name: str
    confidence: float


class Parsed(Struct, frozen=True):
    """Everything a parser found in a file, in reading order."""

    blocks: tuple[Block, ...]
    pages: tuple[PageReport, ...] = ()
    encoding: Encoding | None = None
    title: str | None = None
    notes: tuple[str, ...] = ()
    dated: str | None = None
    """When it was written, as ISO 8601 as far as its metadata says."""


class Section(Struct, frozen=True):
    """A block at its place in the extracted text, under its heading path."""

    start: int
    end: int
    kind: BlockKind
    page: int | None
    heading: tuple[str, ...]


class Extract(Struct, frozen=True):
    """A document as text; every position counts characters in `text`."""

    text: str
    sections: tuple[Section, ...]
    pages: tuple[PageReport, ...] = ()
    encoding: Encoding | None = None
    title: str | None = None
    notes: tuple[str, ...] = ()
    dated: str | None = None
    """When it was written, as ISO 8601 as far as its metadata says."""

    @property
    def unreadable_pages(self) -> tuple[int, ...]:
        """Numbers of the pages that hold no readable text."""
        return tuple(page.number for page in self.pages if not page.readable)


class PassageSpan(Struct, frozen=True):
    """A stretch of an extract that is stored and searched; `text` is `extract.text[start:end]`."""

    ordinal: int
    start: int
    end: int
    text: str
    page: int | None = None
    heading: tuple[str, ...] = ()


class ReadOptions(Struct, frozen=True):
    """What a user may say about how files are read."""

    encoding: str | None = None
    tables: bool = False
    ocr: bool = True
    password: str | None = None
    """For files that are locked with one; used while reading, kept nowhere."""
    max_bytes: int = 512 * 1024 * 1024
    max_characters: int = 200_000_000


class FileReport(Struct, frozen=True):
    """One file's line in the report of a run."""

    shown: str
    """The name by which people know it."""
    status: FileStatus
    reason: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    encoding: str | None = None
    pages: int = 0
    unreadable_pages: tuple[int, ...] = ()
    passages: int = 0
    characters: int = 0
    location: str = ""
    """The absolute path."""

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return Path(self.location or self.shown)
