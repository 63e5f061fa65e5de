"""What other programs may ask of a library, as plain values; shared by MCP and HTTP."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from docqa.engine.serving import ServingEngine
from docqa.errors import QueryError
from docqa.json_shapes import Values, answer_values, checked_values, found_values
from docqa.page_words import page_words
from docqa.types import (
    UNLIMITED,
    Answer,
    AskRequest,
    Cancelled,
    DocumentInfo,
    DocumentLimits,
    Done,
    Found,
    SearchMode,
    SearchRequest,
    Verdict,
)

# A reply that is longer than this fills a model's window with one document.
MOST_CHARACTERS = 40_000
MOST_PASSAGES = 50
_PAGE_OF_LIST = 100
_OF_ANSWER = ("status", "confidence", "answer", "citations", "sentences", "conflicts", "nearest")


class LibraryTools:
    """Searches, reads and answers from one library; every call is safe from several threads."""

    def __init__(self, engine: ServingEngine) -> None:
        """Work on the library of this engine."""
        self._engine = engine

    def find(
        self,
        query: str,
        k: int = 8,
        scope: Sequence[str] = (),
        mode: str = "auto",
        limits: DocumentLimits = UNLIMITED,
    ) -> list[Values]:
        """Ranked passages with their locations."""
        if mode not in set(SearchMode):
            raise QueryError("serve.unknown_mode", mode=mode, known=", ".join(SearchMode))
        most = max(1, min(k, MOST_PASSAGES))
        request = SearchRequest(query, most, SearchMode(mode), tuple(scope), limits=limits)
        return [self._find(found) for found in self._engine.search(request).found]

    def fetch(self, identity: str) -> Values:
        """A whole document, or the part around a passage where it is too long to be sent."""
        document_id, start, end = _identity(identity)
        info = self._engine.document_by_number(document_id)
        whole = info.characters <= MOST_CHARACTERS
        if not whole:
            margin = (MOST_CHARACTERS - min(end - start, MOST_CHARACTERS)) // 2
            start = max(0, start - margin)
            end = min(info.characters, start + MOST_CHARACTERS)
        else:
            start, end = 0, info.characters
        return {
            "id": identity,
            "title": info.title or Path(info.path).name,
            "text": self._engine.document_text(document_id, start, end),
            "url": self._uri(info.path, None),
            "metadata": {
                "document": info.path,
                "start": start,
                "end": end,
                "characters": info.characters,
                "whole": whole,
            },
        }

    def text(
        self,
        document: str,
        page: int | None = None,
        section: str | None = None,
        start: int | None = None,
        end: int | None = None,
    ) -> Values:
        """The text of a page, of a section, or between two characters."""
        info = self._one(document)
        first, last = start or 0, info.characters if end is None else end
        if page is not None or section is not None:
            first, last = self._stretch(info, page, section)
        first = max(0, min(first, info.characters))
        last = max(first, min(last, info.characters))
        shown = min(last, first + MOST_CHARACTERS)
        return {
            "document": info.path,
            "start": first,
            "end": shown,
            "text": self._engine.document_text(info.id, first, shown),
            "truncated": shown < last,
            "characters": info.characters,
        }

    def outline(self, document: str) -> Values:
        """The headings of a document, each with its page and where it begins."""
        info = self._one(document)
        headings: list[Values] = []
        seen: tuple[str, ...] = ()
        for section in self._engine.sections(info.id):
            if section.heading and section.heading != seen:
                seen = section.heading
                headings.append(
                    {"heading": list(seen), "page": section.page, "start": section.start}
                )
        return {
            "document": info.path,
            "title": info.title,
            "pages": info.pages,
            "characters": info.characters,
            "headings": headings,
        }

    def documents(self, filter: str = "", cursor: str = "") -> Values:
        """Documents whose name or title holds a text, a page at a time."""
        wanted = filter.casefold()
        known = [
            info
            for info in self._engine.documents()
            if wanted in info.path.casefold() or wanted in (info.title or "").casefold()
        ]
        if cursor and not cursor.isdecimal():
            raise QueryError("serve.unknown_cursor", cursor=cursor)
        begin = int(cursor or 0)
        part = known[begin : begin + _PAGE_OF_LIST]
        more = begin + len(part) < len(known)
        return {
            "documents": [_describe(info) for info in part],
            "total": len(known),
            "next_cursor": str(begin + len(part)) if more else None,
        }

    def ask(
        self, question: str, scope: Sequence[str] = (), cancelled: Cancelled | None = None
    ) -> Values:
        """An answer with its judgement, citations and conflicts; no session is kept."""
        request = AskRequest(question, scope=tuple(scope), save=False)
        events = self._engine.ask(request, cancelled)
        return self.answer(next(event.answer for event in events if isinstance(event, Done)))

    def check(self, statement: str, scope: Sequence[str] = ()) -> Values:
        """A text sentence by sentence: supported, contradicted or unsupported, with the spans."""
        parts = list(self._engine.check_text(statement, scope))
        verdicts = {part.sentence.verdict for part in parts}
        # What is wrong in one sentence is wrong in the whole.
        worst = (Verdict.CONTRADICTED, Verdict.UNSUPPORTED, Verdict.SUPPORTED)
        whole = next((verdict for verdict in worst if verdict in verdicts), None)
        return {
            "verdict": whole.value if whole else None,
            "sentences": [checked_values(part, self._link) for part in parts],
        }

    def answer(self, answer: Answer) -> Values:
        """A finished answer as plain values; of what was found, only what is cited."""
        values = answer_values(answer, self._link)
        return {"nearest": [], **{key: values[key] for key in _OF_ANSWER if key in values}}

    def status(self) -> Values:
        """What the library holds and what would answer."""
        status = self._engine.status()
        return {
            "library": status.library,
            "documents": status.documents,
            "passages": status.passages,
            "engine": status.engine.kind.value,
            "model": status.engine.model,
        }

    def _find(self, found: Found) -> Values:
        passage = found.passage
        identity = f"{passage.document_id}.{passage.start}.{passage.end}"
        return {"id": identity, **found_values(found, self._link)}

    def _link(self, document: str, page: int | None) -> Values:
        return {"uri": self._uri(document, page)}

    def _uri(self, document: str, page: int | None) -> str:
        library = quote(Path(self._engine.library).name, safe="")
        place = f"#page={page}" if page is not None else ""
        return f"docqa://{library}/{quote(document.lstrip('/'), safe='/')}{place}"

    def _one(self, document: str) -> DocumentInfo:
        found = self._engine.documents([document])
        exact = [info for info in found if info.path == document] or found
        if len(exact) > 1:
            raise QueryError(
                "library.ambiguous", path=document, found=", ".join(i.path for i in exact[:5])
            )
        return exact[0]

    def _stretch(
        self, info: DocumentInfo, page: int | None, section: str | None
    ) -> tuple[int, int]:
        wanted = (section or "").casefold()
        parts = [
            part
            for part in self._engine.sections(info.id)
            if (page is None or part.page == page)
            and (not wanted or any(wanted in heading.casefold() for heading in part.heading))
        ]
        if not parts:
            raise QueryError("serve.no_such_part", document=info.path, part=section or page)
        return parts[0].start, parts[-1].end


def location(document: str, page: int | None, label: str | None, heading: Sequence[str]) -> str:
    """Where something stands: its document, page and heading, in a line."""
    pages = [page_words(document, page, label)] if page is not None else []
    return " ".join([Path(document).name, *pages, *heading[-1:]])


def _identity(identity: str) -> tuple[int, int, int]:
    parts = identity.split(".")
    if not 1 <= len(parts) <= 3 or not all(part.isdecimal() and len(part) < 16 for part in parts):
        raise QueryError("serve.unknown_id", id=identity)
    numbers = [*map(int, parts), 0, 0]
    return numbers[0], numbers[1], max(numbers[1], numbers[2])


def _describe(info: DocumentInfo) -> Values:
    return {
        "id": str(info.id),
        "document": info.path,
        "title": info.title,
        "pages": info.pages,
        "characters": info.characters,
        "status": info.status,
    }
