"""Compares kept citations with the documents as they are now."""

from collections.abc import Sequence

from docqa.errors import QueryError
from docqa.stores.records.library import Library
from docqa.types import Citation, CitationCheck, Turn

SAME, MOVED, CHANGED, MISSING = "same", "moved", "changed", "missing"


def verify(library: Library, turns: Sequence[Turn]) -> list[CitationCheck]:
    """What became of each citation of these turns."""
    return [
        CitationCheck(turn.number, citation, _state(library, citation))
        for turn in turns
        for citation in turn.answer.citations
    ]


def _state(library: Library, citation: Citation) -> str:
    try:
        document = library.document(citation.document)
    except QueryError:
        return MISSING
    if library.text(document.id, citation.start, citation.end) == citation.quote:
        return SAME
    return MOVED if citation.quote in library.text(document.id) else CHANGED
