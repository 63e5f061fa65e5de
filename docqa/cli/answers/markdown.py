"""Shows an answer as Markdown while it is written."""

from rich.console import Console
from rich.live import Live
from rich.markdown import Markdown


class LiveMarkdown:
    """Renders the growing answer in place, and leaves the finished one on the screen."""

    def __init__(self) -> None:
        """Nothing is shown before the first piece."""
        self._text = ""
        self._live: Live | None = None

    def add(self, text: str) -> None:
        """Show the next piece."""
        self._text += text
        if self._live is None:
            # Only the end of a long answer is shown while it grows; all of it stays at the end.
            # Wrapped, unlike our other consoles: Markdown that does not wrap is cut off.
            wrapping = Console(highlight=False, emoji=False, markup=False)
            self._live = Live(console=wrapping, refresh_per_second=12, vertical_overflow="crop")
            self._live.start()
        self._live.update(Markdown(_breaks_kept(self._text)))

    def withdraw(self) -> None:
        """Take back what was shown."""
        self._text = ""
        if self._live:
            self._live.update("")

    def close(self, whole: str = "") -> None:
        """Leave the finished answer."""
        if self._live:
            if whole:
                self._live.update(Markdown(_breaks_kept(whole)))
            self._live.stop()
            self._live = None


def _breaks_kept(text: str) -> str:
    """Single line breaks as Markdown's hard breaks: models write lines, not paragraphs."""
    return text.replace("\n", "  \n")
