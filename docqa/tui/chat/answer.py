"""The words of an answer: streaming Markdown whose citations can be clicked."""

from collections.abc import Sequence

from textual.widgets import Markdown
from textual.widgets.markdown import MarkdownStream

from docqa.clean import clean
from docqa.messages import say
from docqa.tui.chat import markup
from docqa.tui.chat.textual_messages import CitationClicked
from docqa.tui.clipboard import copy
from docqa.tui.error_guard import ErrorGuard
from docqa.types import Sentence


class AnswerBody(ErrorGuard, Markdown):
    """Grows while tokens arrive; once finished, shows which sentences nothing supports."""

    def __init__(self, text: str = "", sentences: Sequence[Sentence] = ()) -> None:
        """Show a finished answer, or nothing yet."""
        super().__init__(
            markup.mark(clean(text), sentences), parser_factory=markup.parser, open_links=False
        )
        self._stream: MarkdownStream | None = None

    async def write(self, text: str) -> None:
        """Add a piece of the answer."""
        if self._stream is None:
            self._stream = Markdown.get_stream(self)
        await self._stream.write(markup.strip_marks(clean(text)))

    async def withdraw(self) -> None:
        """Take back what was shown of an answer that does not count."""
        await self.finish("", ())

    async def finish(self, text: str, sentences: Sequence[Sentence]) -> None:
        """Show the whole answer as it was checked; repaint only where that differs."""
        if self._stream is not None:
            await self._stream.stop()
            self._stream = None
        marked = markup.mark(clean(text), sentences)
        if marked != self.source:
            await self.update(marked)

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        """Jump to a citation, explain a mark; copy other addresses instead of opening them."""
        event.stop()
        event.prevent_default()
        if event.href.startswith(markup.CITATION):
            number = int(event.href.removeprefix(markup.CITATION))
            self.post_message(CitationClicked(self, number))
        elif event.href.startswith(markup.CONTRADICTED):
            self.notify(say("tui_chat.contradicted_means"), markup=False)
        elif event.href.startswith(markup.UNSUPPORTED):
            self.notify(say("tui_chat.unsupported_means"), markup=False)
        else:
            copy(self.app, event.href)
            self.notify(say("tui_chat.link_copied", address=event.href), markup=False)
