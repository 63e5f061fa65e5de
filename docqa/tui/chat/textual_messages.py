"""What exchanges report; apart from them, because they and Markdown load after the first paint."""

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from docqa.tui.chat.answer import AnswerBody
    from docqa.tui.chat.exchange import Exchange


class ExchangeClicked(Message):
    """An exchange was clicked."""

    def __init__(self, exchange: "Exchange") -> None:
        """Keep which one."""
        super().__init__()
        self.exchange = exchange


class ExchangeSelected(Message):
    """Another exchange was selected, whose sources are to be shown."""

    def __init__(self, exchange: "Exchange") -> None:
        """Keep which one."""
        super().__init__()
        self.exchange = exchange


class SourcesChanged(Message):
    """What an answer rests on became known, or was checked."""

    def __init__(self, exchange: "Exchange") -> None:
        """Keep whose sources they are."""
        super().__init__()
        self.exchange = exchange


class AnswerEnded(Message):
    """An answer is over: done, cancelled or failed."""

    def __init__(self, exchange: "Exchange", error: Exception | None) -> None:
        """Keep whose it was, and what went wrong."""
        super().__init__()
        self.exchange, self.error = exchange, error


class CitationClicked(Message):
    """A citation number in an answer was clicked."""

    def __init__(self, body: "AnswerBody", number: int) -> None:
        """Keep where it was and which number it is."""
        super().__init__()
        self.body, self.number = body, number
