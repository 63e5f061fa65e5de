"""Why these passages were chosen: question, words that matched, ranks of each leg."""

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from docqa.clean import one_line
from docqa.messages import say
from docqa.terms.display import whole_words
from docqa.tui.base_screens import Dialog
from docqa.tui.chat.exchange import Exchange
from docqa.tui.scrolling import Scrolled
from docqa.tui.sources.source import Source
from docqa.types import Why


class WhyDialog(Dialog[None]):
    """Explains one answer's passages, the selected one first."""

    ABOUT = "tui_help.why"

    def __init__(self, exchange: Exchange, first: Source | None = None) -> None:
        """Explain an exchange, beginning with one of its sources."""
        super().__init__()
        self._exchange = exchange
        self._sources = sorted(exchange.sources, key=lambda source: source is not first)

    def compose(self) -> ComposeResult:
        """The question, then each passage."""
        asked = self._exchange
        question = asked.rewritten or asked.question
        with Scrolled(id="why", classes="dialog") as box:
            box.border_title = say("tui_sources.why_title")
            yield Static(Content("\n").join(Content(line) for line in self._search()))
            for source in self._sources:
                yield Static(_explain(source, question), classes="explained")

    def _search(self) -> Iterator[str]:
        asked, result, budget = self._exchange, self._exchange.result, self._exchange.budget
        yield say("tui_sources.why_question", question=one_line(asked.question))
        if asked.rewritten:
            yield say("tui_sources.why_rewritten", question=one_line(asked.rewritten))
        if result:
            yield say(
                "tui_sources.why_terms",
                terms=" ".join(whole_words(result.terms, result.query)) or "-",
            )
            yield say("tui_sources.why_relevance", share=round(100 * result.relevance))
            if result.unknown_terms:
                terms = " ".join(whole_words(result.unknown_terms))
                yield say("search.unknown", terms=terms)
        if budget and budget.found:
            fitted, found = budget.fitted, budget.found
            yield say("tui_sources.why_fitted", fitted=fitted, found=found)
            for name in budget.whole:
                yield say("tui_sources.why_whole", document=one_line(name))


def _explain(source: Source, question: str) -> Content:
    lines: list[Content | str] = [
        Content.assemble((f"{source.label} ", "bold $text-accent"), (source.short_place, "bold"))
    ]
    if source.found is None:
        lines.append(say("tui_sources.why_neighbour"))
    else:
        rank, score = source.found.rank, round(source.found.score, 3)
        lines.append(say("tui_sources.why_rank", rank=rank, score=score))
        lines += list(_legs(source.found.why, question))
    return Content("\n").join(Content(line) if isinstance(line, str) else line for line in lines)


def _legs(why: Why, question: str) -> Iterator[str]:
    if why.lexical_rank is not None:
        score = round(why.lexical_score or 0.0, 2)
        yield say("tui_sources.why_lexical", rank=why.lexical_rank, score=score)
    if why.matched:
        yield say("tui_sources.why_matched", words=" ".join(whole_words(why.matched, question)))
    if why.dense_rank is not None:
        score = round(why.dense_score or 0.0, 3)
        yield say("tui_sources.why_dense", rank=why.dense_rank, score=score)
    if why.rerank is not None:
        yield say("tui_sources.why_rerank", score=round(why.rerank, 3))
