"""Summaries without a model: the sentences that speak most of what the document speaks of."""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import log

from docqa.answer.citations import cite, placed
from docqa.answer.quoting.quoter import Extractive
from docqa.answer.quoting.sentences import quotable
from docqa.answer.writing.clock import Clock
from docqa.stores.records.library import Library
from docqa.terms import cut
from docqa.types import (
    Answer,
    AnswerStatus,
    Cancelled,
    Citation,
    Cited,
    DocumentInfo,
    Done,
    Event,
    Passage,
    Progress,
    Sentence,
    Token,
)

_SHARE = 8
_FEWEST, _MOST = 3, 12
_SHORTEST, _LONGEST = 12, 200
# Terms of a sentence already chosen count this much less in the next.
_SAID_ALREADY = 0.3


def digest(
    library: Library, documents: Sequence[DocumentInfo], cancelled: Cancelled
) -> Iterator[Event]:
    """Events of a summary made of the documents' own sentences."""
    clock = Clock()
    text = ""
    judged: list[Sentence] = []
    citations: list[Citation] = []
    for at, info in enumerate(documents, 1):
        if cancelled():
            break
        yield Progress("answer.summarising", at, len(documents), {"document": info.path})
        heading = f"{info.path}\n\n" if len(documents) > 1 else ""
        text += heading
        if heading:
            yield Token(heading)
        for passage, start, end in _best(library.passages_of(info.id)):
            if cancelled():
                break
            n = len(citations) + 1
            citation = placed(library, cite(n, passage, start, end), passage)
            piece = f"- {citation.quote}[{n}]\n"
            judged.append(Sentence(len(text), len(text) + len(piece) - 1, (n,), True))
            citations.append(citation)
            text += piece
            yield Token(piece)
            yield Cited(citation)
        text += "\n"
    status = AnswerStatus.CANCELLED if cancelled() else AnswerStatus.ANSWERED
    clock.lap("answer")
    yield Done(
        Answer(
            question=", ".join(info.path for info in documents),
            text=text.strip(),
            status=status,
            engine=Extractive.info,
            citations=tuple(citations),
            sentences=tuple(judged),
            seconds=clock.seconds(),
        )
    )


def _best(passages: Sequence[Passage]) -> list[tuple[Passage, int, int]]:
    """The telling sentences in document order; a term counts less each time it was said."""
    spans = [
        (
            passage,
            start,
            end,
            Counter(term for term in cut(passage.text[start:end]) if len(term) > 1),
        )
        for passage in passages
        for start, end in quotable(passage, len(passages) > 1)
        if _SHORTEST <= end - start <= _LONGEST
    ]
    everywhere = Counter(term for *_, terms in spans for term in terms)
    weights = {term: log(1 + count) for term, count in everywhere.items() if count > 1}
    count = max(_FEWEST, min(_MOST, len(spans) // _SHARE))
    chosen: list[int] = []
    for _ in range(min(count, len(spans))):
        scores = {
            at: sum(weights.get(term, 0.0) for term in spans[at][3])
            / (10 + len(spans[at][3])) ** 0.7
            for at in range(len(spans))
            if at not in chosen
        }
        best = max(scores, key=lambda at: scores[at])
        chosen.append(best)
        for term in spans[best][3]:
            if term in weights:
                weights[term] *= _SAID_ALREADY
    return [spans[at][:3] for at in sorted(chosen)]
