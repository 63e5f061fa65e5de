"""One source: its place, and its passage with the quoted sentences highlighted."""

from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import Static

from docqa.messages import say
from docqa.tui.sources.source import Source

# Lines, and the wide space that Chinese paragraphs begin with.
_KEPT = "\n\u3000"
QUOTE = "bold underline $text-success"


class SourceCard(Static):
    """Shows a few lines, or the whole passage while it is selected."""

    class Clicked(Message):
        """The card was clicked."""

        def __init__(self, card: "SourceCard") -> None:
            """Keep which one."""
            super().__init__()
            self.card = card

    def __init__(self, source: Source) -> None:
        """Show this source."""
        super().__init__(_words(source), classes="source")
        self.source = source
        self.set_class(bool(source.numbers), "-cited")

    def on_click(self, event: Click) -> None:
        """Select the card; a second click opens it."""
        self.post_message(self.Clicked(self))


def highlighted(text: str, quotes: tuple[tuple[int, int], ...]) -> Content:
    """A passage with its quotes highlighted; every character keeps its place."""
    content = Content(printable(text))
    for start, end in quotes:
        content = content.stylize(QUOTE, start, end)
    return content


def printable(text: str) -> str:
    """The text with every control character replaced, so that positions stay true."""
    return "".join(c if c.isprintable() or c in _KEPT else " " for c in text)


def _words(source: Source) -> Content:
    label = f"{source.label} " if source.numbers else ""
    head = Content.assemble((label, "bold $text-accent"), (source.short_place, "bold"))
    if not source.supported:
        head = Content.assemble(head, " ", (say("tui_sources.unsupported"), "$text-warning"))
    return Content.assemble(head, "\n", highlighted(source.passage.text, source.quotes))
