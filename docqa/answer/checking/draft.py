"""Checks a text of the user's own, sentence by sentence, against a library."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docqa.answer.checking.check import Checker, sentence_spans
from docqa.answer.checking.claims import claim_of
from docqa.errors import QueryError
from docqa.types import Cancelled, CheckedPart, SearchRequest, SearchResult, Sentence, Verdict

if TYPE_CHECKING:
    from docqa.answer.quoting.ranking import Compare

Search = Callable[[SearchRequest], SearchResult]

# Passages that a sentence is compared with; set by hand.
_PASSAGES = 6
_LONGEST_QUERY = 400
# A sentence that begins so is looked for together with the one before.
_LEANING = re.compile(
    r"\W*(?:[他她它其此该这那]|同[年时月]|(?:he|she|it|they|this|its|his|her)\b)", re.IGNORECASE
)


def check_draft(
    text: str, search: Search, cancelled: Cancelled, compare: "Compare | None" = None
) -> Iterator[CheckedPart]:
    """Every sentence with its verdict, in order; headings and questions claim nothing."""
    before = ""
    for start, end in sentence_spans(text):
        if cancelled():
            return
        sentence = text[start:end]
        if claim_of(sentence, "") is None:
            yield CheckedPart(sentence, Sentence(start, end, (), True))
        else:
            query = before + sentence if _LEANING.match(sentence) else sentence
            yield _check(sentence, start, end, _find(query[-_LONGEST_QUERY:], search), compare)
        before = sentence


def _find(query: str, search: Search) -> SearchResult:
    try:
        return search(SearchRequest(query, k=_PASSAGES))
    except QueryError as error:
        # A sentence of signs alone finds nothing.
        if not error.code.endswith("query_empty"):
            raise
        return SearchResult(query, (), relevance=0.0)


def _check(
    sentence: str, start: int, end: int, result: SearchResult, compare: "Compare | None"
) -> CheckedPart:
    if not result.found:
        unknown = Sentence(start, end, (), False, Verdict.UNSUPPORTED)
        return CheckedPart(sentence, unknown)
    checked = Checker([one.passage for one in result.found], "", compare).check(sentence)
    citations = tuple(replace(one, n=n) for n, one in enumerate(checked.citations, 1))
    judged = Sentence(
        start=start,
        end=end,
        cites=tuple(one.n for one in citations),
        supported=checked.verdict in (None, Verdict.SUPPORTED),
        verdict=checked.verdict,
        why=checked.why,
    )
    return CheckedPart(sentence, judged, citations)
