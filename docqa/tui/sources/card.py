"""One source: its place, and its passage from the quoted sentence on."""

from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import Static

from docqa.messages import say
from docqa.tui.sources.source import Source

# Lines, and the wide space that Chinese paragraphs begin with.
_KEPT = "\n\u3000"
QUOTE = "bold $text-success"
# Set by hand: what stands before a quote in a selected card is about one line of a narrow pane.
_LEAD = 36
_SENTENCE_ENDS = "。！？；\n"


class SourceCard(Static):
    """Shows a few lines, or much of the passage while it is selected; the quote always first."""

    class Clicked(Message):
        """The card was clicked."""

        def __init__(self, card: "SourceCard") -> None:
            """Keep which one."""
            super().__init__()
            self.card = card

    def __init__(self, source: Source) -> None:
        """Show this source."""
        super().__init__(_words(source, lead=0), classes="source")
        self.source = source
        self._selected = False
        self.set_class(bool(source.numbers), "-cited")

    def select(self, selected: bool) -> None:
        """Show more while the card is selected."""
        self.set_class(selected, "-selected")
        if selected != self._selected:
            self._selected = selected
            self.update(_words(self.source, lead=_LEAD if selected else 0))

    def on_click(self, event: Click) -> None:
        """Select the card; a second click opens it."""
        self.post_message(self.Clicked(self))


def printable(text: str) -> str:
    """The text with every control character replaced, so that positions stay true."""
    return "".join(c if c.isprintable() or c in _KEPT else " " for c in text)


def _words(source: Source, lead: int) -> Content:
    label = f"{source.label} " if source.numbers else ""
    head = Content.assemble((label, "bold $text-accent"), (source.short_place, "bold"))
    if not source.supported:
        head = Content.assemble(head, " ", (say("tui_sources.unsupported"), "$text-warning"))
    return Content.assemble(head, "\n", _from_quote(source, lead))


def _from_quote(source: Source, lead: int) -> Content:
    """The passage from its first quote on, after at most `lead` characters."""
    text = printable(source.passage.text)
    start = _after_heading(text, source.passage.heading)
    if source.quotes:
        start = max(start, _begin(text, min(first for first, _ in source.quotes), lead))
    content = Content(text[start:])
    for first, last in source.quotes:
        content = content.stylize(QUOTE, first - start, last - start)
    return content


def _begin(text: str, quote: int, lead: int) -> int:
    """Where to begin so that the quote is near: at a sentence if one begins within the lead."""
    if quote <= lead:
        return 0
    near = text[quote - lead : quote]
    sentence = min((near.find(mark) for mark in _SENTENCE_ENDS if mark in near), default=-1)
    if sentence < 0:
        return quote - lead
    begin = quote - lead + sentence + 1
    while begin < quote and text[begin].isspace():
        begin += 1
    return begin


def _after_heading(text: str, heading: tuple[str, ...]) -> int:
    """Where the text goes on behind its heading, which the card's first line has said."""
    if not heading or not text.startswith(heading[-1]):
        return 0
    rest = text[len(heading[-1]) :]
    return len(text) - len(rest.lstrip()) if rest.strip() else 0
