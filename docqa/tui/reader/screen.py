"""The reader: a cited document's text around the passage, to its start and end."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input

from docqa.clean import one_line
from docqa.messages import say
from docqa.terms import fold
from docqa.tui import external
from docqa.tui.base_screens import FullScreen
from docqa.tui.header import Header
from docqa.tui.keybar import KeyBar
from docqa.tui.keymap import bind
from docqa.tui.pickers.line import LineDialog
from docqa.tui.reader.document import LONGEST_WORD, MOST_MATCHES, ReadDocument, Span
from docqa.tui.reader.outline import Outline
from docqa.tui.reader.view import ReaderView
from docqa.tui.scrolling import HALF_PAGES, MOVES
from docqa.tui.sources.source import Source

if TYPE_CHECKING:
    from docqa.engine import Engine

# Characters loaded on either side of the place that is read; more comes when an end is reached.
_REACH = 50_000
# Columns of a terminal that has room for the outline.
_WIDE = 100


class ReaderScreen(FullScreen[None]):
    """Loads the stretch around a source, and what lies beyond as it is scrolled to."""

    ABOUT = "tui_help.reader"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("close", "leave", show=True),
        bind("find", "find", show=True),
        bind("next_match", "match(1)", show=True),
        bind("previous_match", "match(-1)", show=True),
        *MOVES,
        *HALF_PAGES,
        bind("next_quote", "quote(1)", show=True),
        bind("previous_quote", "quote(-1)"),
        bind("outline", "outline", show=True),
        bind("go_to_page", "go_to_page", show=True),
        bind("ask_about", "ask_about", show=True),
        bind("viewer", "view", show=True),
        bind("copy", "copy"),
        bind("pager", "page"),
        bind("page_down", "page_down"),
    ]

    def __init__(
        self, engine: "Engine", source: Source, cited: Sequence[Source] = (), material: str = ""
    ) -> None:
        """Read a source's document; `cited` are all sources of the answer."""
        super().__init__()
        self._source = source
        self._document = ReadDocument(engine, source, cited, material)
        self._matches: list[Span] = []
        self._quote: int | None = None
        self._at: int | None = None
        """The position that was gone to; it stays the one that is read while it is in sight."""
        self._match = 0
        self._loading = False

    def compose(self) -> ComposeResult:
        """Title, text, search line, keys."""
        yield Header(self._source.short_place)
        with Horizontal(id="reader-body"):
            yield Outline()
            yield ReaderView()
        with_search = Input(placeholder=say("tui_reader.find"), id="reader-find")
        with_search.display = False
        yield with_search
        yield KeyBar()

    def on_mount(self) -> None:
        """Load the text around the passage, and the outline."""
        self.view.focus()
        self.view.border_title = say("tui_reader.loading")
        self.docqa.background(
            self._document.open, lambda _: self._show_document(), self._report_gone
        )

    @property
    def outline(self) -> Outline:
        """The headings beside the text."""
        return self.query_one(Outline)

    @property
    def view(self) -> ReaderView:
        """The text."""
        return self.query_one(ReaderView)

    def on_reader_view_edge_reached(self, event: ReaderView.EdgeReached) -> None:
        """Load what lies beyond; the first row in sight stays where it is."""
        start, end = self.view.stretch
        if not self._loading and (start > 0 if event.side < 0 else end - start >= 2 * _REACH):
            self._read(self.view.position, centre=False)

    def on_reader_view_moved(self) -> None:
        """Say where the text is read now."""
        self._update_title()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Search the whole document."""
        event.input.display = False
        self.view.focus()
        wanted = fold(event.value)[:LONGEST_WORD]
        if wanted:
            self.docqa.background(lambda: list(self._document.search(wanted)), self._show_matches)

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

    def action_quote(self, step: int) -> None:
        """Go to another sentence that the answer quotes."""
        quotes = self._document.quotes
        if not quotes:
            self.docqa.tell(say("tui_reader.no_quote"))
            return
        if self._quote is None:
            own = self._document.first_quote
            self._quote = next((n for n, one in enumerate(quotes) if one[0] == own), 0)
        self._quote = (self._quote + step) % len(quotes)
        self._go_to(quotes[self._quote][0])

    def action_outline(self) -> None:
        """Go to the outline; from there, back to the text."""
        if not self._document.outline:
            self.docqa.tell(say("tui_reader.no_outline"))
        elif self.outline.has_focus:
            self.outline.display = self._has_room
            self.view.focus()
        else:
            self.outline.display = True
            self.outline.focus()

    @on(Outline.OptionSelected)
    def _go_to_heading(self, event: Outline.OptionSelected) -> None:
        event.stop()
        self.outline.display = self._has_room
        self.view.focus()
        self._go_to(self.outline.start_of(event.option), centre=False)

    def action_go_to_page(self) -> None:
        """Ask for a page, and go there."""

        def refuse(typed: str) -> str:
            known = self._document.find_page(typed) is not None
            return "" if known else say("tui_reader.no_page", page=typed)

        def go(typed: str | None) -> None:
            if typed and (position := self._document.find_page(typed)) is not None:
                self._go_to(position, centre=False)

        if any(section.page is not None for section in self._document.sections):
            self.app.push_screen(LineDialog(say("tui_reader.go_to_page"), refuse=refuse), go)
        else:
            self.docqa.tell(say("tui_reader.no_pages"))

    async def action_ask_about(self) -> None:
        """Ask only this document, about what is under the eyes."""
        composer = self.docqa.chat.composer
        if self._document.is_material:
            composer.pasted = self._document.material
        else:
            composer.documents = [self._source.passage.document]
        section = self._document.section_at(self.view.position)
        heading = one_line(section.heading[-1]) if section and section.heading else ""
        # Lists of documents lie between the reader and the chat where it was opened from one.
        while self.app.screen is not self.docqa.chat:
            await self.app.pop_screen()
        await composer.show_chips()
        if heading and not composer.prompt.text:
            composer.prompt.replace_all(say("tui_reader.about", heading=heading))
        composer.prompt.focus()

    def action_view(self) -> None:
        """Open the file in the system's viewer, at the page that is read."""
        section = self._document.section_at(self.view.position)
        page_number = section.page if section else None

        def open_file(file: Path | None) -> None:
            if file is None:
                self.docqa.tell(say("tui_reader.no_file"), warn=True)
            else:
                external.view(file, page_number)
                self.docqa.tell(say("tui_reader.opened", file=file))

        self.docqa.background(self._document.file, open_file)

    def action_move(self, step: int) -> None:
        """Scroll a line."""
        self.view.scroll_relative(y=step, animate=False)

    def action_half_page(self, step: int) -> None:
        """Scroll half of what is seen."""
        self.view.scroll_relative(y=step * (self.view.size.height // 2), animate=False)

    def action_page_down(self) -> None:
        """Scroll all of what is seen."""
        self.view.scroll_relative(y=self.view.size.height, animate=False)

    def action_end(self, side: int) -> None:
        """Go to the beginning or the end of the document."""
        self._at = None
        self._read(self._document.length if side > 0 else 0, centre=False)

    def action_copy(self) -> None:
        """Copy the passage that is read."""
        self.docqa.copy(self._source.passage.text)

    def action_page(self) -> None:
        """Open the whole document in the pager."""
        external.page(self.app, self._document.text(0, None))

    def action_leave(self) -> None:
        """Close the search line, else the reader."""
        find = self.query_one("#reader-find", Input)
        if find.display:
            find.display = False
            self.view.focus()
        elif self.outline.has_focus:
            self.action_outline()
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
            self._update_title()

        self.docqa.background(read, show)

    def _show_document(self) -> None:
        if self._document.passage is None:
            self.docqa.tell(say("tui_reader.changed"), warn=True)
        self.outline.show(self._document.outline)
        self.outline.display = self._has_room
        self._at = self._document.first_quote
        self._read(self._at or 0, centre=True)

    @property
    def _has_room(self) -> bool:
        """Whether the outline stands beside the text all the time."""
        return bool(self._document.outline) and self.size.width >= _WIDE

    def on_resize(self) -> None:
        """Show the outline where there is room for it."""
        self.outline.display = self._has_room or self.outline.has_focus

    def _report_gone(self, error: Exception) -> None:
        self.docqa.report(error)
        self.dismiss()

    def _update_title(self) -> None:
        """Say where in the document one reads: at what was gone to, else at the first row."""
        position = self.view.position
        if self._at is not None and self.view.shows(self._at):
            position = self._at
        self.outline.follow(position)
        section = self._document.section_at(position)
        heading = one_line(" › ".join(section.heading)) if section and section.heading else ""
        length = self._document.length
        read = length if self.view.shows(0) and self.view.shows(length) else position
        where = [f"{round(100 * read / max(1, length))} %"]
        if section and section.page is not None:
            where.insert(0, self._document.page_words(section.page))
        if self._document.quotes and self._quote is not None:
            total = len(self._document.quotes)
            where.append(say("tui_reader.quote", n=self._quote + 1, total=total))
        if self._matches:
            total = len(self._matches)
            many = "+" if total >= MOST_MATCHES else ""
            words = say("tui_reader.match", n=self._match + 1, total=f"{total:,}{many}")
            where.append(words)
        self.view.border_title = Content(heading)
        self.view.border_subtitle = Content(" · ".join(where))

    def _mark(self) -> None:
        marks = [(span, "reader--quote") for span in self._document.quotes]
        if self._document.passage:
            marks.insert(0, (self._document.passage, "reader--passage"))
        start, end = self.view.stretch
        marks += [(span, "reader--match") for span in self._matches if start <= span[0] < end]
        if self._matches:
            marks.append((self._matches[self._match], "reader--current"))
        self.view.mark(marks)

    def _show_matches(self, matches: list[Span]) -> None:
        self._matches = matches
        if not matches:
            self.docqa.tell(say("tui_reader.no_match"), warn=True)
            self._mark()
            return
        after = [n for n, span in enumerate(matches) if span[0] >= self.view.position]
        self._match = after[0] if after else 0
        self._show_match()

    def _show_match(self) -> None:
        self._go_to(self._matches[self._match][0])

    def _go_to(self, position: int, *, centre: bool = True) -> None:
        """Bring a position of the document into sight."""
        self._at = position
        start, end = self.view.stretch
        if start <= position < end:
            self.view.go_to(position, centre=centre)
            self._mark()
            self._update_title()
        else:
            self._read(position, centre=centre)
