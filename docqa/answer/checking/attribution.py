"""Gives the sentences of an answer their marks while it streams, beside those of the model."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from docqa.answer.checking.check import Checker, sentence_spans
from docqa.answer.checking.marks import held_back, without_marks
from docqa.types import Citation, Passage, Sentence, Verdict

if TYPE_CHECKING:
    from docqa.answer.quoting.ranking import Rate


class MarkedAnswer:
    """An answer with docqa's marks: fed as it comes, sentence by sentence in the result.

    The marks of a model are taken out and given back only where the check agrees with them.
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        question: str,
        first: int = 1,
        rate: "Rate | None" = None,
    ) -> None:
        """Without passages marks are only taken out; `first` is the number of the first passage.

        `rate` tells how likely spans answer the question, as in the check.
        """
        self._before = first - 1
        self._checker = Checker(passages, question, rate=rate) if passages else None
        self._open = ""
        """What came of the sentence that has not ended."""
        self._shown = 0
        self._space = ""
        self.text = ""
        self.sentences: list[Sentence] = []
        self.citations: list[Citation] = []
        self.matter = 0.0
        """How much of what was asked stands where the evidence is; the best of all sentences."""
        self.fits = False
        """Whether a sentence is an answer of the kind that was asked for."""

    def feed(self, piece: str) -> Iterator[str | Citation]:
        """What can be shown after the next piece: text, and citations before their marks."""
        self._open += piece
        while (ends := self._first_end()) is not None:
            yield from self._close(*ends)
        sure = without_marks(self._open[: held_back(self._open)]).rstrip()
        yield from self._show(sure)

    def finish(self) -> Iterator[str | Citation]:
        """What is left at the end."""
        while (ends := self._first_end()) is not None:
            yield from self._close(*ends)
        if self._open.strip():
            yield from self._close(len(self._open.rstrip()), len(self._open))
        self._open = self._space = ""

    def _first_end(self) -> tuple[int, int] | None:
        """Where the first sentence ends and the next begins, once both are certain."""
        sure = held_back(self._open)
        spans = sentence_spans(self._open)
        if len(spans) < 2 or spans[1][0] >= sure:
            return None
        return spans[0][1], spans[1][0]

    def _close(self, end: int, following: int) -> Iterator[str | Citation]:
        raw, space = self._open[:end], self._open[end:following]
        bare = without_marks(raw).rstrip()
        yield from self._show(bare)
        if bare.strip():
            start = len(self.text) - len(bare.lstrip() if not self.sentences else bare)
            yield from self._mark(raw, bare, max(0, start))
        self._open, self._shown = self._open[following:], 0
        self._space += space

    def _mark(self, raw: str, bare: str, start: int) -> Iterator[str | Citation]:
        if self._checker is None:
            return
        checked = self._checker.check(raw)
        if checked.verdict:
            self.matter = max(self.matter, checked.matter)
            self.fits = self.fits or checked.fits
        known = {(c.n, c.start, c.end) for c in self.citations}
        citations = [replace(one, n=one.n + self._before) for one in checked.citations]
        for citation in citations:
            if (citation.n, citation.start, citation.end) not in known:
                self.citations.append(citation)
                yield citation
        cites = tuple(dict.fromkeys(citation.n for citation in citations))
        # A mark behind a table's row would be one more cell.
        if cites and not bare.endswith("|"):
            marks = "".join(f"[{n}]" for n in cites)
            self.text += marks
            yield marks
        self.sentences.append(
            Sentence(
                start=start,
                end=len(self.text),
                cites=cites,
                supported=checked.verdict in (None, Verdict.SUPPORTED),
                verdict=checked.verdict,
                why=checked.why,
            )
        )

    def _show(self, bare: str) -> Iterator[str]:
        new = bare[self._shown :]
        if not self.text:
            new = new.lstrip()
        if new:
            new = self._space + new if self.text else new
            self._space = ""
            self.text += new
            yield new
        self._shown = max(self._shown, len(bare))
