"""The document behind a source, as the library holds it now."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from docqa.errors import QueryError
from docqa.page_words import page_words
from docqa.terms.folding import fold_with_offsets
from docqa.tui.sources.source import Source

if TYPE_CHECKING:
    from docqa.engine import Engine
    from ingest.types import Section

Span = tuple[int, int]

_SEARCHED, MOST_MATCHES = 500_000, 10_000
LONGEST_WORD = 200


class ReadDocument:
    """Finds a source's passage again, even where the document was read again since."""

    def __init__(
        self, engine: "Engine", source: Source, cited: Sequence[Source] = (), material: str = ""
    ) -> None:
        """Look at nothing yet: `open` does, in a thread.

        `cited`: the answer's other sources. `material`: what was handed over with the question.
        """
        self._engine, self._source, self._cited = engine, source, cited
        self.is_material = source.passage.id < 0
        """Whether it is no document of the library, but what was handed over."""
        self.material = material if self.is_material else ""
        """The text that was handed over; empty where the source is a document."""
        self._id = 0
        self.sections: Sequence[Section] = []
        self.passage: Span | None = None
        """Where the passage is now; None where the document no longer holds it."""
        self.quotes: list[Span] = []
        """What the answer quotes of this document, in reading order."""
        self.outline: list[tuple[int, int, str]] = []
        """Headings: where each begins, how deep it lies, its text."""

    def open(self) -> None:
        """Find document and passage; QueryError where the document is gone."""
        kept = self._source.passage
        self.sections = self._material_sections() if self.is_material else self._kept_sections()
        start = kept.start
        if self.text(kept.start, kept.end) != kept.text:
            start = self.text(0, None).find(kept.text)
        if start >= 0:
            self.passage = (start, start + len(kept.text))
            self.quotes = [(start + first, start + last) for first, last in self._source.quotes]
        self.quotes = sorted({*self.quotes, *self._other_quotes()})
        self.outline = _headings(self.sections)

    def _kept_sections(self) -> "Sequence[Section]":
        name = self._source.passage.document
        known = {one.path: one.id for one in self._engine.documents()}
        if name not in known:
            raise QueryError("tui_reader.gone", document=name)
        self._id = known[name]
        return self._engine.sections(self._id)

    def _material_sections(self) -> "Sequence[Section]":
        if not self.material:
            raise QueryError("tui_reader.material_gone")
        # Imported here: the chat shows its first screen without the reading of documents.
        from ingest.types import BlockKind, Section

        return [Section(0, len(self.material), BlockKind.PARAGRAPH, None, ())]

    @property
    def first_quote(self) -> int | None:
        """Where the source's own first quote begins, or its passage."""
        if self.passage is None:
            return None
        start, _ = self.passage
        return start + min((first for first, _ in self._source.quotes), default=0)

    def file(self) -> Path | None:
        """The file on disk, if it is still there."""
        return None if self.is_material else self._engine.file_of(self._source.passage.document)

    def find_page(self, typed: str) -> int | None:
        """Where a page begins, by its printed number before the number of its sheet."""
        wanted = typed.strip()
        starts: dict[int, int] = {}
        for section in self.sections:
            if section.page is not None:
                starts.setdefault(section.page, section.start)
        for page, start in starts.items():
            if self._engine.page_label(self._id, page) == wanted:
                return start
        return starts.get(int(wanted)) if wanted.isdecimal() else None

    def _other_quotes(self) -> Iterator[Span]:
        """Quotes of the answer's other passages of this document, where they still stand."""
        for one in self._cited:
            kept = one.passage
            same = kept.document == self._source.passage.document
            if same and one.quotes and self.text(kept.start, kept.end) == kept.text:
                yield from ((kept.start + first, kept.start + last) for first, last in one.quotes)

    @property
    def length(self) -> int:
        """Characters of the document."""
        return max((section.end for section in self.sections), default=0)

    def page_words(self, page: int) -> str:
        """A page as its reader names it."""
        label = self._engine.page_label(self._id, page)
        return page_words(self._source.passage.document, page, label)

    def text(self, start: int, end: int | None) -> str:
        """A stretch of the document."""
        if self.is_material:
            return self.material[start:end]
        return self._engine.document_text(self._id, start, end)

    def section_at(self, position: int) -> "Section | None":
        """The block that a position is in."""
        here = [section for section in self.sections if section.start <= position]
        return here[-1] if here else None

    def search(self, wanted: str) -> Iterator[Span]:
        """Places of a folded text in reading order, whatever script, case or width they have."""
        start = count = 0
        # Stretches overlap, so that a match across their border is seen by one of them.
        while text := self.text(start, start + _SEARCHED + LONGEST_WORD):
            folded, offsets = fold_with_offsets(text)
            place = folded.find(wanted)
            while place >= 0 and offsets[place] < _SEARCHED and count < MOST_MATCHES:
                last = offsets[place + len(wanted) - 1] + 1
                yield start + offsets[place], start + last
                count += 1
                place = folded.find(wanted, place + len(wanted))
            start += _SEARCHED


def _headings(sections: "Sequence[Section]") -> list[tuple[int, int, str]]:
    """Each heading once, where its first section begins."""
    found: list[tuple[int, int, str]] = []
    path: tuple[str, ...] = ()
    for section in sections:
        same = 0
        while same < min(len(path), len(section.heading)) and path[same] == section.heading[same]:
            same += 1
        found += [
            (section.start, depth, section.heading[depth])
            for depth in range(same, len(section.heading))
        ]
        path = section.heading
    return found
