"""The spans of found passages that may be quoted."""

from collections.abc import Iterator, Set

from docqa.answer.quoting.features import Candidate
from docqa.answer.quoting.question_types import Asked
from docqa.answer.quoting.sentences import lists, quotable
from docqa.terms import normal
from docqa.types import Found, SearchResult

# Spans of this many passages are compared.
_PASSAGES = 8


def candidates_of(question: str, result: SearchResult) -> list[Candidate]:
    """All spans of the best passages, in their order."""
    found = result.found[:_PASSAGES]
    longer = {one.passage.document_id for one in result.found if one.passage.ordinal}
    several = Asked.of(normal(question)).several
    # Contents and links name what others say.
    headings = {heading for one in found for heading in one.passage.heading}
    candidates = [
        candidate
        for one in found
        for candidate in _of(one, longer, several)
        if candidate.text not in headings
    ]
    return candidates or [_whole(one) for one in found]


def _of(found: Found, longer: Set[int], several: bool) -> Iterator[Candidate]:
    spans = quotable(found.passage, found.passage.document_id in longer)
    if several:
        yield from (Candidate(found, *span, *span) for span in lists(found.passage, spans))
    for at, (start, end) in enumerate(spans):
        # A heading above the first sentence belongs to what stands around it.
        before = spans[at - 1][0] if at else 0
        after = spans[min(len(spans) - 1, at + 1)][1]
        yield Candidate(found, start, end, before, after, at)


def _whole(found: Found) -> Candidate:
    """For want of a sentence: the passage, as it is."""
    end = len(found.passage.text)
    return Candidate(found, 0, end, 0, end)
