"""A passage as the sources pane shows it: its numbers and the quotes in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from docqa.clean import one_line
from docqa.tui.text import shorten, tell_apart

if TYPE_CHECKING:
    from docqa.types import Answer, Citation, DocumentInfo, Found, Passage, SearchResult

_LONGEST_PART = 36


class Source(Struct, frozen=True):
    """A passage behind an answer; it has no numbers where the answer does not cite it."""

    numbers: tuple[int, ...]
    passage: Passage
    quotes: tuple[tuple[int, int], ...] = ()
    """Quoted spans within the passage's text."""
    supported: bool = True
    found: Found | None = None
    name: str = ""
    """What its document is called where other sources are of a namesake."""

    @property
    def label(self) -> str:
        """Its numbers as the answer writes them."""
        return "".join(f"[{number}]" for number in self.numbers)

    @property
    def place(self) -> str:
        """Document, page and heading."""
        return " · ".join(self._parts)

    @property
    def short_place(self) -> str:
        """The same in one line that leaves room for the passage."""
        return " · ".join(shorten(one_line(part), _LONGEST_PART) for part in self._parts)

    @property
    def _parts(self) -> list[str]:
        # Imported here: not needed for the first paint (saves 30 ms).
        from docqa.page_words import page_words

        parts = [self.name or PurePath(self.passage.document).name]
        if self.passage.page is not None:
            parts.append(
                page_words(self.passage.document, self.passage.page, self.passage.page_label)
            )
        if self.passage.heading:
            parts.append(" › ".join(self.passage.heading))
        return parts


def of_packed(passages: Sequence[Passage], result: SearchResult | None) -> tuple[Source, ...]:
    """Sources while the answer is still being made, numbered as they will be cited."""
    found = {one.passage.id: one for one in result.found} if result else {}
    names = tell_apart(one.document for one in passages)
    return tuple(
        Source((n,), p, found=found.get(p.id), name=names[p.document])
        for n, p in enumerate(passages, 1)
    )


def of_answer(answer: Answer) -> tuple[Source, ...]:
    """Sources of a finished answer: those it cites by number, then what else was found."""
    cited: dict[tuple[str, int], Source] = {}
    for citation in answer.citations:
        one = _find_holder(citation, answer.passages)
        passage = one.passage if one else _stand_in(citation)
        place = passage.document, passage.start
        source = cited.get(place, Source((), passage, found=one))
        cited[place] = replace(
            source,
            numbers=tuple(dict.fromkeys((*source.numbers, citation.n))),
            quotes=(*source.quotes, _within(passage, citation)),
            supported=source.supported and citation.supported,
        )
    shown = {source.passage.id for source in cited.values() if source.found}
    rest = (one for one in answer.passages if one.passage.id not in shown)
    sources = (
        *sorted(cited.values(), key=lambda source: source.numbers),
        *(Source((), one.passage, found=one) for one in rest),
    )
    names = tell_apart(source.passage.document for source in sources)
    return tuple(replace(source, name=names[source.passage.document]) for source in sources)


def _find_holder(citation: Citation, passages: Sequence[Found]) -> Found | None:
    """The passage that holds a quote: the cited one, or a part of a document cited as a whole."""
    holders = [
        one
        for one in passages
        if one.passage.document == citation.document
        and one.passage.start <= citation.start < one.passage.end
    ]
    cited = (one for one in holders if one.passage.id == citation.passage_id)
    return next(cited, holders[0] if holders else None)


def of_citation(citation: Citation) -> Source:
    """The place of one citation."""
    passage = _stand_in(citation)
    return Source((citation.n,), passage, (_within(passage, citation),), citation.supported)


def of_document(known: DocumentInfo) -> Source:
    """A whole document, to be read from its beginning."""
    from docqa.types import Passage

    passage = Passage(
        id=0, document_id=known.id, document=known.path, ordinal=0, start=0, end=0, text=""
    )
    return Source((), passage)


def _within(passage: Passage, citation: Citation) -> tuple[int, int]:
    start = max(0, citation.start - passage.start)
    return start, min(len(passage.text), citation.end - passage.start)


def _stand_in(citation: Citation) -> Passage:
    from docqa.types import Passage

    # A cited passage that was not kept with the answer: the quote itself is all there is.
    return Passage(
        id=citation.passage_id,
        document_id=0,
        document=citation.document,
        ordinal=0,
        start=citation.start,
        end=citation.end,
        text=citation.quote,
        page=citation.page,
        heading=citation.heading,
        page_label=citation.page_label,
    )
