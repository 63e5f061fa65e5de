"""Checks an answer against the passages it was made from: marks, sentences, citations."""

import re
from collections.abc import Sequence

from msgspec import Struct

from docqa.answer.checking.marks import numbers, without_marks
from docqa.answer.checking.support import Evidence, supported
from docqa.answer.citations import cite
from docqa.types import Citation, Passage, Sentence
from ingest.splitting.sentences import sentences

_WORD = re.compile(r"\w")
# Marks stand before or after the full stop; after it they belong to the sentence before.
_LEADING_MARKS = re.compile(r"(?:\s*\[\d+\])+")
# Lines that introduce or divide claim nothing themselves.
_CLAIMLESS = re.compile(r"[：:]\s*$|^\s*#")
_LONGEST_QUOTE = 200


class Checked(Struct, frozen=True):
    """An answer's sentences and citations, judged."""

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]


def check(text: str, passages: Sequence[Passage], question: str) -> Checked:
    """Judge each sentence by what it cites, or by all passages where it cites nothing."""
    everything = Evidence.of([passage.text for passage in passages])
    judged: list[Sentence] = []
    for start, end in _spans(text):
        cites = numbers(text[start:end])
        cited = Evidence.of([passages[n - 1].text for n in cites]) if cites else everything
        claim = without_marks(text[start:end])
        claims = _WORD.search(claim) and not _CLAIMLESS.search(claim)
        good = not claims or supported(claim, cited, question)
        judged.append(Sentence(start, end, cites, good))
    return Checked(tuple(judged), _citations(text, judged, passages))


def _spans(text: str) -> list[tuple[int, int]]:
    """Sentences of the answer, each with the marks that follow it."""
    spans: list[tuple[int, int]] = []
    for start, end in sentences(text):
        marks = _LEADING_MARKS.match(text, start, end)
        if marks and spans:
            spans[-1] = (spans[-1][0], marks.end())
            start = marks.end()
            while start < end and text[start].isspace():
                start += 1
        if start < end:
            spans.append((start, end))
    return spans


def _citations(
    text: str, judged: Sequence[Sentence], passages: Sequence[Passage]
) -> tuple[Citation, ...]:
    claims: dict[int, list[Sentence]] = {}
    for sentence in judged:
        for n in sentence.cites:
            claims.setdefault(n, []).append(sentence)
    citations = []
    for n, citing in sorted(claims.items()):
        claim = without_marks("".join(text[s.start : s.end] for s in citing))
        start, end = _nearest(claim, passages[n - 1].text)
        citations.append(
            cite(n, passages[n - 1], start, end, all(sentence.supported for sentence in citing))
        )
    return tuple(citations)


def _nearest(claim: str, passage: str) -> tuple[int, int]:
    """The sentence of the passage that shares most with the claim."""
    pairs = {claim[at : at + 2] for at in range(len(claim) - 1)}

    def shared(span: tuple[int, int]) -> float:
        written = passage[span[0] : span[1]]
        held = sum(pair in written for pair in pairs)
        return held - len(written) / 10_000

    start, end = max(sentences(passage), key=shared, default=(0, len(passage)))
    return start, min(end, start + _LONGEST_QUOTE)
