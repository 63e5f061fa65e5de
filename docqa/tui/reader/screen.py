"""The reader: a cited document's text around the passage, to its start and end."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input, Static

from docqa.clean import one_line
from docqa.messages import say
from docqa.terms import fold
from docqa.tui.base_screens import WordedScreen
from docqa.tui.external import page
from docqa.tui.keybar import KeyBar
from docqa.tui.keymap import bind
from docqa.tui.reader.document import LONGEST_WORD, ReadDocument, Span
from docqa.tui.reader.view import ReaderView
from docqa.tui.scrolling import HALF_PAGES, MOVES
from docqa.tui.sources.source import Source

if TYPE_CHECKING:
    from docqa.engine import Engine

# Characters loaded on either side of the place that is read; more comes when an end is reached.
_REACH = 50_000


class ReaderScreen(WordedScreen[None]):
    """Loads the stretch around a source, and what lies beyond as it is scrolled to."""

    ABOUT = "tui_help.reader"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("close", "leave", show=True),
        bind("find", "find", show=True),
        bind("next_match", "match(1)", show=True),
        bind("previous_match", "match(-1)", show=True),
        *MOVES,
        *HALF_PAGES,
        bind("copy", "copy", show=True),
        bind("pager", "page", show=True),
        bind("page_down", "page_down"),
    ]

    def __init__(self, engine: "Engine", source: Source) -> None:
        """Read a source's document."""
        super().__init__()
        self._source = source
        self._document = ReadDocument(engine, source)
        self._matches: list[Span] = []
        self._match = 0
        self._loading = False

    def compose(self) -> ComposeResult:
        """Title, text, search line, keys."""
        yield Static(self._source.short_place, id="reader-title", markup=False)
        yield ReaderView()
        with_search = Input(placeholder=say("tui_reader.find"), id="reader-find")
        with_search.display = False
        yield with_search
        yield KeyBar()

    def on_mount(self) -> None:
        """Load the text around the passage, and the outline."""
        self.view.focus()
        self.view.border_title = say("tui_reader.loading")
        self.docqa.background(self._document.open, lambda _: self._opened(), self._gone)

    @property
    def view(self) -> ReaderView:
        """The text."""
        return self.query_one(ReaderView)

    def on_reader_view_edge_reached(self, event: ReaderView.EdgeReached) -> None:
        """Load what lies beyond; the first row in sight stays where it is."""
        start, end = self.view.stretch
        if not self._loading and (start > 0 if event.side < 0 else end - start >= 2 * _REACH):
            self._read(self.view.position, centre=False)
        self._titled()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Search the whole document."""
        event.input.display = False
        self.view.focus()
        wanted = fold(event.value)[:LONGEST_WORD]
        if wanted:
            self.docqa.background(lambda: list(self._document.search(wanted)), self._found)

    def action_find(self) -> None:
        """Type what to search for."""
        find = self.query_one("#reader-find", Input)
        find.display = True
        find.value = ""
        find.focus()

    def action_match(self, step: int) -> None:
        """Go to another match."""
        if self._matches:
            self._match = (self._match + step) % len(self._matches)
            self._show_match()

    def action_move(self, step: int) -> None:
        """Scroll a line."""
        self.view.scroll_relative(y=step, animate=False)
        self._titled()

    def action_half_page(self, step: int) -> None:
        """Scroll half of what is seen."""
        self.view.scroll_relative(y=step * (self.view.size.height // 2), animate=False)
        self._titled()

    def action_page_down(self) -> None:
        """Scroll all of what is seen."""
        self.view.scroll_relative(y=self.view.size.height, animate=False)
        self._titled()

    def action_end(self, side: int) -> None:
        """Go to the beginning or the end of the document."""
        self._read(self._document.length if side > 0 else 0, centre=False)

    def action_copy(self) -> None:
        """Copy the passage that is read."""
        self.docqa.copy(self._source.passage.text)

    def action_page(self) -> None:
        """Open the whole document in the pager."""
        page(self.app, self._document.text(0, None))

    def action_leave(self) -> None:
        """Close the search line, else the reader."""
        find = self.query_one("#reader-find", Input)
        if find.display:
            find.display = False
            self.view.focus()
        else:
            self.dismiss()

    def _read(self, position: int, *, centre: bool) -> None:
        self._loading = True
        start = max(0, position - _REACH)

        def read() -> str:
            return self._document.text(start, position + _REACH)

        def show(text: str) -> None:
            self.view.load(text, start, position, centre=centre)
            self._loading = False
            self._mark()
            self._titled()

        self.docqa.background(read, show)

    def _opened(self) -> None:
        if self._document.passage is None:
            self.docqa.tell(say("tui_reader.changed"), warn=True)
        self._read(self._document.passage[0] if self._document.passage else 0, centre=True)

    def _gone(self, error: Exception) -> None:
        self.docqa.report(error)
        self.dismiss()

    def _titled(self) -> None:
        """Say where in the document the first row is."""
        position = self.view.position
        words = [f"{round(100 * position / max(1, self._document.length))} %"]
        section = self._document.section_at(position)
        if section and section.page is not None:
            words.insert(0, self._document.page_words(section.page))
        if section and section.heading:
            words.insert(0, one_line(" › ".join(section.heading)))
        if self._matches:
            words.append(say("tui_reader.match", n=self._match + 1, total=len(self._matches)))
        self.view.border_title = Content(" · ".join(words))

    def _mark(self) -> None:
        marks = [(span, "reader--quote") for span in self._document.quotes]
        if self._document.passage:
            marks.insert(0, (self._document.passage, "reader--passage"))
        start, end = self.view.stretch
        marks += [(span, "reader--match") for span in self._matches if start <= span[0] < end]
        self.view.mark(marks)

    def _found(self, matches: list[Span]) -> None:
        self._matches = matches
        if not matches:
            self.docqa.tell(say("tui_reader.no_match"), warn=True)
            self._mark()
            return
        after = [n for n, span in enumerate(matches) if span[0] >= self.view.position]
        self._match = after[0] if after else 0
        self._show_match()

    def _show_match(self) -> None:
        place = self._matches[self._match][0]
        start, end = self.view.stretch
        if start <= place < end:
            self.view.go_to(place)
            self._mark()
            self._titled()
        else:
            self._read(place, centre=True)
