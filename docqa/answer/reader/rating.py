"""Rates the spans of found passages: by docqa's ranking and its reader, or by another reader."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from docqa.answer.quoting.candidates import candidates_of
from docqa.answer.quoting.features import Candidate
from docqa.answer.quoting.ranking import Compare, Rated, rate, share_odds
from docqa.llm.embeddings.backend import find_weights
from docqa.settings import OWN_READER, Settings
from docqa.stores.lexical.documents import surroundings
from docqa.types import Passage, SearchResult

if TYPE_CHECKING:
    from docqa.answer.reader.encoder import ReadWindow
    from docqa.answer.reader.packaged import Reading

# Tokens of an answer at most, as the measures of such models count.
_LONGEST = 30
# The points of what no window holds.
_NEVER = -1e9


ReadWindows = Callable[[str, Sequence[str]], "Sequence[Sequence[ReadWindow]]"]
_Text = TypeVar("_Text", bound=Hashable)
_Told = TypeVar("_Told")


class LastQuestion(Generic[_Text, _Told]):
    """Tells something of texts with a question, of each once while the question stays.

    A written answer is checked against the passages whose spans are quoted beside it.
    """

    def __init__(self, tell: Callable[[str, Sequence[_Text]], Sequence[_Told]]) -> None:
        """`tell` says something of every text, or nothing at all where it cannot."""
        self._tell = tell
        self._question = ""
        self._known: dict[_Text, _Told] = {}

    def __call__(self, question: str, texts: Sequence[_Text]) -> list[_Told]:
        """What is told of the texts, in their order."""
        if question != self._question:
            self._question, self._known = question, {}
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._tell(question, new), strict=False))
        told = [self._known[text] for text in texts if text in self._known]
        return told if len(told) == len(texts) else []


class Rater:
    """Rates spans as the settings say; a reader is opened with the first question."""

    def __init__(self, settings: Settings, compare: Compare) -> None:
        """`compare` tells how near texts are to a question in meaning."""
        self._settings = settings
        self._compare = LastQuestion(compare)
        self._marks: LastQuestion[str, Sequence[ReadWindow]] | None = None
        self._packaged: LastQuestion[tuple[str, str], Reading] | None = None

    def rate(self, question: str, result: SearchResult) -> list[Rated]:
        """All spans in their order; ModelError or MissingExtra where a reader cannot be used."""
        if self._settings.answer.reader_folder:
            # Imported here: few have such a reader.
            from docqa.answer.reader.encoder import open_encoder

            self._marks = self._marks or LastQuestion(open_encoder(self._settings).read)
            return rate_by_reader(question, result, self._marks)
        # Words alone stay as light as they are.
        meant = self._settings.answer.reader == OWN_READER and result.embedded is not None
        read = self._read if meant and find_weights() else None
        return rate(question, result, self._compare, read)

    def _read(self, question: str, passages: Sequence[Passage]) -> "Sequence[Reading]":
        if self._packaged is None:
            # Imported here: it needs numpy.
            from docqa.answer.reader.packaged import open_reader

            self._packaged = LastQuestion(open_reader().read)
        return self._packaged(question, [(surroundings(p), p.text) for p in passages])


def rate_by_reader(question: str, result: SearchResult, read: ReadWindows) -> list[Rated]:
    """All spans in their order, each as likely as the best answer that lies in it.

    That is the share of the model's own points among these spans. It is not fitted to how often
    such a model is right: the judgement takes it as it takes the ranking's.
    """
    candidates = candidates_of(question, result)
    if not candidates:
        return []
    passages = {one.found.passage.id: one.found.passage for one in candidates}
    leads = [_lead(passage) for passage in passages.values()]
    texts = [lead + one.text for lead, one in zip(leads, passages.values(), strict=True)]
    windows = dict(zip(passages, zip(leads, read(question, texts), strict=True), strict=True))
    best = [_best_answer(one, *windows[one.found.passage.id]) for one in candidates]
    likely = share_odds([points for points, _ in best])
    return [
        Rated(candidate, share, exact)
        for candidate, share, (_, exact) in zip(candidates, likely, best, strict=True)
    ]


def _lead(passage: Passage) -> str:
    """What the passage is about, which it may not say itself: the headings and the file's name."""
    return surroundings(passage) + "\n"


def _best_answer(
    candidate: Candidate, lead: str, windows: "Iterable[ReadWindow]"
) -> tuple[float, tuple[int, int]]:
    """The points of the best answer within a span, and where it stands in the passage."""
    import numpy as np

    best, exact = _NEVER, (candidate.start, candidate.end)
    start, end = candidate.start + len(lead), candidate.end + len(lead)
    for window in windows:
        inside = (window.starts >= start) & (window.ends <= end) & (window.ends > window.starts)
        at = np.flatnonzero(inside)
        if not len(at):
            continue
        # An answer ends where it begins or later, and not much later.
        later = ~np.tri(len(at), k=-1, dtype=bool) & np.tri(len(at), k=_LONGEST - 1, dtype=bool)
        points = np.where(later, window.begins[at][:, None] + window.closes[at], _NEVER)
        first, last = divmod(int(points.argmax()), len(at))
        if points[first, last] > best:
            best = float(points[first, last])
            exact = int(window.starts[at[first]]), int(window.ends[at[last]])
            exact = exact[0] - len(lead), exact[1] - len(lead)
    return best, exact
