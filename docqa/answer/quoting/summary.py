"""Summaries without a model: key points, which are the document's own sentences."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from math import log

from docqa.answer.citations import cite, locate_citation
from docqa.answer.material import passages_of
from docqa.answer.quoting.question_types import shows
from docqa.answer.quoting.same import says_the_same
from docqa.answer.quoting.sentences import quotable
from docqa.answer.writing.clock import Clock
from docqa.stores.records.library import Library
from docqa.terms import cut, normal
from docqa.types import (
    Answer,
    AnswerStatus,
    Author,
    Cancelled,
    Citation,
    Cited,
    DocumentInfo,
    Done,
    EngineInfo,
    EngineKind,
    Event,
    Passage,
    Progress,
    Sentence,
    Token,
    Warned,
)

# One point for so many sentences, within these bounds; set by hand: a page of minutes gives seven
# points, a contract of four pages twelve.
_SHARE = 3
_FEWEST, _MOST = 5, 12
_SHORTEST, _LONGEST = 8, 160
# What a sentence counts: as the first under its heading, for a decision, a sum, a date, a party;
# beside up to 1 for saying what the document says often. Set by hand on the sample documents.
_LEADS, _DECIDES, _SUM, _DATE, _PARTY = 1.0, 1.6, 0.8, 0.3, 1.0
_DECISION = re.compile(
    r"决定|决议|同意|批准|通过|确定|约定|应当|不得|禁止|必须|须|为期|期限|负责|"
    r"\b(?:decided|agreed|approved|must|shall|deadline|responsible)\b"
)
_NAMED = re.compile(r"^[^,。;\n|]{2,14}:\S|[甲乙丙]方|出租方|承租方")
_SIGNATURE = re.compile(r"盖章|签字|签章|签名|此致|敬礼")


class _KeyPoints:
    """The points of a summary, told as they are added."""

    def __init__(self, cancelled: Cancelled) -> None:
        self._cancelled = cancelled
        self._clock = Clock()
        self._text = ""
        self._sentences: list[Sentence] = []
        self._citations: list[Citation] = []

    @property
    def next_number(self) -> int:
        """The number of the next citation."""
        return len(self._citations) + 1

    def write(self, text: str) -> Iterator[Event]:
        """Text that is no point."""
        self._text += text
        if text:
            yield Token(text)

    def close_document(self) -> None:
        """A blank line in the text that is kept."""
        self._text += "\n"

    def add(self, citation: Citation) -> Iterator[Event]:
        """A point with its place."""
        piece = f"- {citation.quote}[{citation.n}]\n"
        end = len(self._text) + len(piece) - 1
        self._sentences.append(Sentence(len(self._text), end, (citation.n,), True))
        self._citations.append(citation)
        yield from self.write(piece)
        yield Cited(citation)

    def finish(self, question: str) -> Done:
        """The whole."""
        self._clock.lap("answer")
        return Done(
            Answer(
                question=question,
                text=self._text.strip(),
                status=AnswerStatus.CANCELLED if self._cancelled() else AnswerStatus.ANSWERED,
                engine=EngineInfo(EngineKind.QUOTES),
                citations=tuple(self._citations),
                sentences=tuple(self._sentences),
                seconds=self._clock.seconds(),
            )
        )


def digest(
    library: Library, documents: Sequence[DocumentInfo], cancelled: Cancelled
) -> Iterator[Event]:
    """Events of a summary made of the documents' own sentences: key points with their places."""
    points = _KeyPoints(cancelled)
    for at, info in enumerate(documents, 1):
        if cancelled():
            break
        yield Progress("answer.summarising", at, len(documents), {"document": info.path})
        yield from points.write(f"{info.path}\n\n" if len(documents) > 1 else "")
        for passage, start, end in _best(library.passages_of(info.id)):
            if cancelled():
                break
            cited = cite(points.next_number, passage, start, end, by=Author.DOCQA)
            yield from points.add(locate_citation(library, cited, passage))
        points.close_document()
    yield points.finish(", ".join(info.path for info in documents))


def digest_material(question: str, material: str, cancelled: Cancelled) -> Iterator[Event]:
    """Events of a summary of what was handed over with a question."""
    points = _KeyPoints(cancelled)
    passages = passages_of(material)
    yield Warned("answer.material_alone", {"characters": len(material)})
    for passage, start, end in _best(passages) or _whole(passages):
        yield from points.add(cite(points.next_number, passage, start, end, by=Author.DOCQA))
    yield points.finish(question)


def _whole(passages: Sequence[Passage]) -> list[tuple[Passage, int, int]]:
    """Of material without a sentence, its beginning."""
    return [(passage, 0, len(passage.text)) for passage in passages[:1]]


def _best(passages: Sequence[Passage]) -> list[tuple[Passage, int, int]]:
    """The points of a document in its order: each once, one of each section before a second."""
    spans = [
        (passage, start, end)
        for passage in passages
        for start, end in quotable(passage, len(passages) > 1)
        if _SHORTEST <= end - start <= _LONGEST and not _SIGNATURE.search(passage.text[start:end])
    ]
    count = min(len(spans), max(_FEWEST, min(_MOST, len(spans) // _SHARE)))
    points = list(_points(spans))
    order = sorted(range(len(spans)), key=lambda at: -points[at])
    sections: Counter[tuple[str, ...]] = Counter()
    chosen: list[int] = []
    for most in range(1, count + 1):
        for at in order:
            passage, start, end = spans[at]
            text = passage.text[start:end]
            if len(chosen) == count:
                break
            if at in chosen or sections[passage.heading] >= most:
                continue
            said = (spans[n][0].text[spans[n][1] : spans[n][2]] for n in chosen)
            if not any(says_the_same(text, other) for other in said):
                chosen.append(at)
                sections[passage.heading] += 1
    return [spans[at] for at in sorted(chosen)]


def _points(spans: Sequence[tuple[Passage, int, int]]) -> Iterator[float]:
    """What each span counts."""
    terms = [
        {term for term in cut(passage.text[start:end]) if len(term) > 1}
        for passage, start, end in spans
    ]
    often = Counter(term for its in terms for term in its)
    central = [sum(log(often[term]) for term in its) / (8 + len(its)) for its in terms]
    most = max(central, default=0.0) or 1.0
    before: tuple[int, tuple[str, ...]] | None = None
    for (passage, start, end), share in zip(spans, central, strict=True):
        plain = normal(passage.text[start:end])
        section = (passage.document_id, passage.heading)
        yield (
            share / most
            + _LEADS * (section != before)
            + _DECIDES * bool(_DECISION.search(plain))
            + _SUM * (shows("money", plain) or shows("share", plain))
            + _DATE * shows("day", plain)
            + _PARTY * bool(_NAMED.search(plain))
        )
        before = section
