"""The document behind a source, as the library holds it now."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from docqa.errors import QueryError
from docqa.page_words import page_words
from docqa.terms.folding import fold_with_offsets
from docqa.tui.sources.source import Source

if TYPE_CHECKING:
    from docqa.engine import Engine
    from ingest.types import Section

Span = tuple[int, int]

_SEARCHED, _MOST_MATCHES = 500_000, 10_000
LONGEST_WORD = 200


class ReadDocument:
    """Finds a source's passage again, even where the document was read anew since."""

    def __init__(self, engine: "Engine", source: Source) -> None:
        """Look at nothing yet: `open` does, in a thread."""
        self._engine, self._source = engine, source
        self._id = 0
        self.sections: list[Section] = []
        self.passage: Span | None = None
        """Where the passage is now; None where the document no longer holds it."""
        self.quotes: list[Span] = []

    def open(self) -> None:
        """Find document and passage; QueryError where the document is gone."""
        kept = self._source.passage
        known = {one.path: one.id for one in self._engine.documents()}
        if kept.document not in known:
            raise QueryError("tui_reader.gone", document=kept.document)
        self._id = known[kept.document]
        self.sections = self._engine.sections(self._id)
        start = kept.start
        if self.text(kept.start, kept.end) != kept.text:
            start = self.text(0, None).find(kept.text)
        if start >= 0:
            self.passage = (start, start + len(kept.text))
            self.quotes = [(start + first, start + last) for first, last in self._source.quotes]

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
            while place >= 0 and offsets[place] < _SEARCHED and count < _MOST_MATCHES:
                last = offsets[place + len(wanted) - 1] + 1
                yield start + offsets[place], start + last
                count += 1
                place = folded.find(wanted, place + len(wanted))
            start += _SEARCHED
