"""Where in its document a citation stands: the page and heading of its first character."""

from bisect import bisect_right
from dataclasses import replace

from docqa.stores.library import Library
from docqa.types import Citation, Passage


def placed(library: Library, citation: Citation, passage: Passage) -> Citation:
    """The citation with the page and heading of its own beginning, not of its passage's."""
    if citation.start == passage.start:
        return citation
    sections = library.sections(passage.document_id)
    at = bisect_right(sections, citation.start, key=lambda section: section.start) - 1
    if at < 0:
        return citation
    return replace(citation, page=sections[at].page, heading=sections[at].heading)
