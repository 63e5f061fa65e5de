"""Summaries without a model: key points, which are the document's own sentences."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from math import log

from docqa.answer.citations import cite, locate_citation
from docqa.answer.material import passages_of
from docqa.answer.quoting.question_types import shows
from docqa.answer.quoting.same import says_the_same
from docqa.answer.quoting.sentences import leans_back, quotable
from docqa.answer.quoting.table_rows import find_head, find_head_within, read_lines
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

# One point for so many sentences; or one of each section and a second of every fourth, where that
# is not more than the second share. Set by hand: a page of minutes gives nine, a contract twelve.
_SHARE = 3
_SHARE_OF_SECTIONS = 1.4
_FEWEST, _MOST = 5, 12
_SHORTEST, _LONGEST = 8, 160
# What a sentence counts: as the first under its heading, for what was decided or how long it holds,
# a sum or a size, a duty, a date, a party; beside up to 1 for saying what the document says often.
# Set by hand on the sample documents.
_LEADS, _DECIDES, _AMOUNT, _DUTY, _DATE, _PARTY = 1.0, 1.6, 1.6, 0.8, 0.3, 1.0
_DECISION = re.compile(
    r"决定|决议|同意|批准|通过|确定|约定|为期|[租任聘工质]期|期限|有效期|保[修质]期|自.{2,16}起|"
    r"\b(?:decided|agreed|approved|deadline|term (?:of|is|begins|runs)|from [^.]{3,20} to)\b"
)
_OBLIGES = re.compile(r"应当|不得|禁止|必须|须|负责|\b(?:must|shall|responsible)\b")
_SIZE = re.compile(
    r"\d\s?(?:平方|平米|㎡|m²|亩|公顷|吨|公斤|千克|台|套|件|人|名|间|辆|份|(?:square|sq)\b)"
)
_PARTIES = re.compile(
    r"^[^:,。;\n|]{0,8}(?:[甲乙丙丁买卖供需]方|出租|承租|委托|受托|发包|承包)"
    r"[^:,。;\n|]{0,8}:\s?\S"
    r"|^(?:landlord|tenant|less(?:or|ee)|buyer|seller|supplier|customer|party [ab])\b"
    r"[^:.\n]{0,12}:\s?\S"
)
_NAMED = re.compile(r"^[^,。;\n|]{2,14}:\s?\S")
_BULLET = re.compile(r"^[-–•·●*]\s+")
_SIGNATURE = re.compile(r"盖章|签字|签章|签名|此致|敬礼")
# What a document is filed or sent under is none of its points.
_FILED = re.compile(
    r"^(?:from|to|cc|sent|subject|date|日期|发件人|收件人|抄送|主题|(?:发送|发件)时间)\s*:"
    r"|^[^:]{0,8}(?:编号|文号|号码|电话|传真|邮编|邮箱|网址|版本|版次)\s*:"
    r"|^(?:\w+ )?(?:no\.?|number|tel|phone|fax|e-?mail|version)\s*:"
    # A mail that is quoted in another has its heads behind these marks.
    r"|^>[> ]*[^:]{1,10}:"
)


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

    def add(self, citation: Citation, shown: str) -> Iterator[Event]:
        """A point as it is shown, with its place."""
        piece = f"- {_BULLET.sub('', shown)}[{citation.n}]\n"
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
        for passage, start, end in find_key_points(library.passages_of(info.id)):
            if cancelled():
                break
            cited = cite(points.next_number, passage, start, end, by=Author.DOCQA)
            shown = read_lines(cited.quote, passage, partial(find_head, library))
            yield from points.add(locate_citation(library, cited, passage), shown)
        points.close_document()
    yield points.finish(", ".join(info.path for info in documents))


def digest_material(question: str, material: str, cancelled: Cancelled) -> Iterator[Event]:
    """Events of a summary of what was handed over with a question."""
    points = _KeyPoints(cancelled)
    passages = passages_of(material)
    yield Warned("answer.material_alone", {"characters": len(material)})
    for passage, start, end in find_key_points(passages) or _whole(passages):
        cited = cite(points.next_number, passage, start, end, by=Author.DOCQA)
        yield from points.add(cited, read_lines(cited.quote, passage, find_head_within))
    yield points.finish(question)


def _whole(passages: Sequence[Passage]) -> list[tuple[Passage, int, int]]:
    """Of material without a sentence, its beginning."""
    return [(passage, 0, len(passage.text)) for passage in passages[:1]]


def find_key_points(passages: Sequence[Passage]) -> list[tuple[Passage, int, int]]:
    """The points of a document in its order: each once, one of each section before a second."""
    spans = [
        (passage, start, end)
        for passage in passages
        for start, end in _join_parties(passage, quotable(passage, len(passages) > 1))
        if _SHORTEST <= end - start <= _LONGEST and _may_be_point(passage.text[start:end])
    ]
    headings = len({_section_of(passage, start) for passage, start, _ in spans})
    wanted = max(
        len(spans) // _SHARE, min(headings + headings // 4, int(len(spans) / _SHARE_OF_SECTIONS))
    )
    count = min(len(spans), max(_FEWEST, min(_MOST, wanted)))
    points = list(_points(spans))
    order = sorted(range(len(spans)), key=lambda at: -points[at])
    sections: Counter[tuple[str, ...]] = Counter()
    chosen: list[int] = []
    for most in range(1, count + 1):
        for at in order:
            passage, start, end = spans[at]
            text, section = passage.text[start:end], _section_of(passage, start)
            if len(chosen) == count:
                break
            if at in chosen or sections[section] >= most:
                continue
            said = (spans[n][0].text[spans[n][1] : spans[n][2]] for n in chosen)
            if not any(says_the_same(text, other) for other in said):
                chosen.append(at)
                sections[section] += 1
    return [spans[at] for at in sorted(chosen)]


def _section_of(passage: Passage, start: int) -> tuple[str, ...]:
    """The headings over a span; none over what a document begins with, before the first."""
    before = passage.heading and passage.heading[-1] in passage.text[start:]
    return () if before and passage.start == 0 else passage.heading


def _may_be_point(text: str) -> bool:
    """Whether a span is neither the frame of a document nor unclear without the one before."""
    return not (_SIGNATURE.search(text) or _FILED.search(normal(text)) or leans_back(text))


def _join_parties(passage: Passage, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The spans, with the lines that name the parties made one: a reader wants both."""
    held: tuple[int, int] | None = None
    for span in spans:
        names = _PARTIES.search(normal(passage.text[slice(*span)])) is not None
        if held and names:
            held = (held[0], span[1])
            continue
        if held:
            yield held
        held = span if names else None
        if not names:
            yield span
    if held:
        yield held


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
        section = (passage.document_id, _section_of(passage, start))
        yield (
            share / most
            + _LEADS * (section != before)
            + _DECIDES * bool(_DECISION.search(plain))
            + _AMOUNT
            * (shows("money", plain) or shows("share", plain) or bool(_SIZE.search(plain)))
            + _DUTY * bool(_OBLIGES.search(plain))
            + _DATE * shows("day", plain)
            + _PARTY * bool(_NAMED.search(plain))
        )
        before = section
