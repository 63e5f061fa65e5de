"""Citations: an exact slice of a document, with the page and heading where it begins."""

from bisect import bisect_right

from msgspec.structs import replace

from docqa.stores.records.library import Library
from docqa.types import Author, Citation, Passage


def cite(
    n: int,
    passage: Passage,
    start: int,
    end: int,
    good: bool = True,
    by: Author = Author.MODEL,
) -> Citation:
    """A citation of a stretch of a passage; start and end count from the passage's beginning."""
    return Citation(
        n=n,
        passage_id=passage.id,
        document=passage.document,
        page=passage.page,
        heading=passage.heading,
        start=passage.start + start,
        end=passage.start + end,
        quote=passage.text[start:end],
        supported=good,
        by=by,
        page_label=passage.page_label,
    )


def is_material(passage_id: int) -> bool:
    """Whether a passage is of the material handed over, not of the library."""
    return passage_id < 0


def locate_citation(library: Library, citation: Citation, passage: Passage) -> Citation:
    """The citation with the page and heading of its own beginning, not of its passage's."""
    # Material handed over has a negative number and no pages.
    if citation.start == passage.start or is_material(passage.id):
        return citation
    sections = library.sections(passage.document_id)
    at = bisect_right(sections, citation.start, key=lambda section: section.start) - 1
    if at < 0:
        return citation
    page = sections[at].page
    label = library.page_label(passage.document_id, page)
    return replace(citation, page=page, page_label=label, heading=sections[at].heading)
