"""Plans what the model reads whole, ahead of any question, in the form that questions will ask."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from docqa.answer.language import language_of
from docqa.answer.writing.packing import stretch
from docqa.answer.writing.prompts import Prompter
from docqa.clean import one_line
from docqa.llm.files.gguf import read_metadata
from docqa.llm.fit import footprint
from docqa.llm.llama.loading import kv_type
from docqa.llm.reply import check_room
from docqa.stores.prompt_cache import CachedSpan
from docqa.stores.records.library import Library
from docqa.types import DocumentInfo, Passage

if TYPE_CHECKING:
    from docqa.llm.llama.model import LlamaModel

# Of the window that the answer leaves, this much is left for the question and its follow-ups.
_QUESTION_SHARE = 8


class CachePlan(Struct, frozen=True):
    """One reading before it is paid for: what it holds and what it costs."""

    label: str
    spans: tuple[Passage, ...]
    tokens: tuple[int, ...]
    kv_type: str
    """Precision of the cache that is kept."""
    bytes: int
    seconds: float | None

    @property
    def parts(self) -> tuple[CachedSpan, ...]:
        """Its spans as the records know them."""
        return tuple(CachedSpan(p.document_id, p.start, p.end) for p in self.spans)


class CachePlanner:
    """Shares documents out to readings that each fit the model's window."""

    def __init__(self, library: Library, model: "LlamaModel") -> None:
        """Plan for this model."""
        self._library, self._model = library, model
        shape = footprint.shape_of(read_metadata(model.path))
        self._kv_type = kv_type(model.chosen)
        kv = footprint.kv_bytes(shape, model.window, self._kv_type)
        self._token_bytes = kv / model.window

    def plan(self, documents: Sequence[DocumentInfo], *, together: bool) -> Iterator[CachePlan]:
        """How whole documents are read; one longer than the window is read in several parts."""
        waiting: list[Passage] = []
        for document in documents:
            whole = self._parts(document)
            if len(whole) > 1:
                for number, part in enumerate(whole, 1):
                    yield self._plan([part], f"{one_line(document.path)} {number}/{len(whole)}")
            elif whole and together and self._fits([*waiting, *whole]):
                waiting += whole
            else:
                yield from self._plans(waiting)
                waiting = whole
        yield from self._plans(waiting)

    def _plans(self, spans: Sequence[Passage]) -> Iterator[CachePlan]:
        if spans:
            yield self._plan(spans, ", ".join(one_line(p.document) for p in spans))

    def _plan(self, spans: Sequence[Passage], label: str) -> CachePlan:
        messages = self._prompter(spans).messages(spans)
        tokens = self._model.prefix_tokens(messages)
        # Not even one passage may fit a window that is all but taken by the rules.
        check_room(len(tokens), 0, self._model.window)
        speed = self._model.prompt_speed
        new = len(tokens) - self._model.reusable(messages)
        return CachePlan(
            label=label,
            spans=tuple(spans),
            tokens=tokens,
            kv_type=self._kv_type,
            bytes=round(len(tokens) * self._token_bytes),
            seconds=max(0, new) / speed if speed else None,
        )

    def _parts(self, document: DocumentInfo) -> list[Passage]:
        """The document in as few spans as fit the window one by one."""
        passages = self._library.passages_of(document.id)
        parts: list[Passage] = []
        while passages:
            count = self._longest(passages)
            parts.append(stretch(self._library, passages[:count]))
            passages = passages[count:]
        return parts

    def _longest(self, passages: Sequence[Passage]) -> int:
        """How many passages from the first fit together; at least one."""
        low, high = 1, len(passages)
        while low < high:
            middle = (low + high + 1) // 2
            if self._fits([stretch(self._library, passages[:middle])]):
                low = middle
            else:
                high = middle - 1
        return low

    def _fits(self, spans: Sequence[Passage]) -> bool:
        free = self._model.window - self._model.settings.max_tokens
        tokens = self._model.count(self._prompter(spans).messages(spans))
        return tokens <= free - free // _QUESTION_SHARE

    def _prompter(self, spans: Sequence[Passage]) -> Prompter:
        # Questions are expected in the language of what they are about.
        language = language_of(spans[0].text)
        return Prompter("", language=language, short=self._model.wants_short_prompts)
