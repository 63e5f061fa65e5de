"""Chooses what the model reads: found passages by rank, then as much around them as fits."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from docqa.answer.citations import is_material
from docqa.stores.records.library import Library
from docqa.types import Found, Passage

Count = Callable[[str], int]
# A stretch shorter than this many tokens is rare, so no document of more is worth looking at.
_LEAST_TOKENS = 30
_LEAST_LOOK = 8


class Chosen(Struct, frozen=True):
    """Stretches in reading order, and what became of the found passages."""

    stretches: tuple[Passage, ...] = ()
    fitted: int = 0
    whole: tuple[str, ...] = ()
    left_over: tuple[Passage, ...] = ()


class Packer:
    """Packs what was found for one question into a room counted in tokens."""

    def __init__(self, library: Library, found: Sequence[Found], count: Count, header: int) -> None:
        """Pack from these, best first; `header` is what numbering a stretch costs."""
        self._library = library
        self._found = [one.passage for one in found]
        self._documents = list(dict.fromkeys(passage.document_id for passage in self._found))
        self._count = count
        self._header = header
        self._costs: dict[int, int] = {}
        self._siblings: dict[int, list[Passage]] = {}

    def pack(self, room: int, *, least_one: bool = False) -> Chosen:
        """As much as the room holds; `least_one` takes the best passage whatever it costs."""
        chosen = {passage.id: passage for passage in self._found[:1]} if least_one else {}
        for passage in self._found:
            chosen = self._with(chosen, [passage], room)
        if not chosen:
            return Chosen(left_over=tuple(self._found))
        fitted = len(chosen)
        for wider in (self._whole_document, self._section, self._neighbours):
            for passage in self._found:
                if passage.id in chosen:
                    chosen = self._with(chosen, wider(passage, room), room)
        return Chosen(
            stretches=tuple(self._stretches(chosen)),
            fitted=fitted,
            whole=tuple(self._entire(chosen, room)),
            left_over=tuple(p for p in self._found if p.id not in chosen),
        )

    def _with(
        self, chosen: dict[int, Passage], more: Sequence[Passage], room: int
    ) -> dict[int, Passage]:
        """The choice with more passages, or as it was where they do not fit."""
        together = chosen | {passage.id: passage for passage in more}
        runs = sum(1 for _ in self._runs(together))
        cost = sum(map(self._cost, together.values())) + runs * self._header
        return together if cost <= room else chosen

    def _cost(self, passage: Passage) -> int:
        if passage.id not in self._costs:
            self._costs[passage.id] = self._count(passage.text)
        return self._costs[passage.id]

    def _whole_document(self, passage: Passage, room: int) -> list[Passage]:
        siblings = self._of(passage.document_id, room)
        return siblings if len(siblings) <= _most(room) else []

    def _section(self, passage: Passage, room: int) -> list[Passage]:
        if not passage.heading:
            return []
        reach = _most(room)
        around = self._around(passage, reach)
        return [other for other in around if other.heading == passage.heading]

    def _neighbours(self, passage: Passage, _room: int) -> list[Passage]:
        return self._around(passage, 1)

    def _around(self, passage: Passage, reach: int) -> list[Passage]:
        first = max(0, passage.ordinal - reach)
        return self._library.passages_of(passage.document_id, first, passage.ordinal + reach)

    def _entire(self, chosen: Mapping[int, Passage], room: int) -> Iterator[str]:
        for document in self._documents:
            siblings = self._of(document, room)
            if siblings and all(passage.id in chosen for passage in siblings):
                yield siblings[0].document

    def _of(self, document: int, room: int) -> list[Passage]:
        """A document's passages, or one more than could ever fit."""
        if document not in self._siblings:
            self._siblings[document] = self._library.passages_of(document, 0, _most(room))
        return self._siblings[document]

    def _runs(self, chosen: Mapping[int, Passage]) -> Iterator[list[Passage]]:
        """Neighbours together; documents by their best passage, each in its own order."""
        for document in self._documents:
            mine = [passage for passage in chosen.values() if passage.document_id == document]
            run: list[Passage] = []
            for passage in sorted(mine, key=lambda p: p.ordinal):
                if run and passage.ordinal != run[-1].ordinal + 1:
                    yield run
                    run = []
                run.append(passage)
            if run:
                yield run

    def _stretches(self, chosen: Mapping[int, Passage]) -> Iterator[Passage]:
        """Each run as one passage with its exact text; documents that are gone are left out."""
        for run in self._runs(chosen):
            if is_material(run[0].id):
                yield from run
                continue
            joined = stretch(self._library, run)
            if joined.text:
                yield joined


def stretch(library: Library, run: Sequence[Passage]) -> Passage:
    """Neighbouring passages as one, with its exact text."""
    text = library.text(run[0].document_id, run[0].start, run[-1].end)
    return replace(run[0], end=run[-1].end, text=text)


def _most(room: int) -> int:
    return max(_LEAST_LOOK, room // _LEAST_TOKENS)
