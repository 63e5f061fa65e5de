"""Where the question is typed: grows with it, remembers earlier ones, completes `@` names."""

import re
from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Key, Paste
from textual.message import Message
from textual.widgets import TextArea

from docqa.clean import clean
from docqa.messages import say
from docqa.tui.error_guard import ErrorGuard
from docqa.tui.keymap import bind

# A mail address is no mention: what stands before the sign must not be a Latin letter or digit.
_MENTION = re.compile(r"(?<![A-Za-z0-9._-])[@＠]([^\s@＠]{0,60})$")
_LONG_PASTE = 10_000
_OWN = ("send", "newline", "accept")


class History:
    """A place in the list of earlier questions; the draft waits at its end."""

    def __init__(self, questions: Sequence[str]) -> None:
        """Begin at the end, with these questions behind."""
        self._questions = list(questions)
        self._place = len(self._questions)
        self._draft = ""

    def move(self, step: int, current: str) -> str | None:
        """The question before (-1) or after (1), or None where there is no further one."""
        place = self._place + step
        if not 0 <= place <= len(self._questions):
            return None
        if self._place == len(self._questions):
            self._draft = current
        self._place = place
        return self._draft if place == len(self._questions) else self._questions[place]


class Prompt(ErrorGuard, TextArea):
    """A text area that sends."""

    ABOUT = "tui_help.prompt"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("send", "send", show=True),
        bind("newline", "newline"),
        Binding("tab", "accept", show=False),
    ]

    class Sent(Message):
        """The question is to be asked."""

        def __init__(self, text: str) -> None:
            """Keep the question."""
            super().__init__()
            self.text = text

    class Mentioning(Message):
        """The caret is behind `@` and the beginning of a document's name, or no longer so."""

        def __init__(self, beginning: str | None) -> None:
            """Keep what was typed behind the sign."""
            super().__init__()
            self.beginning = beginning

    class PastedMuch(Message):
        """More was pasted than belongs in a question."""

        def __init__(self, text: str) -> None:
            """Keep the text."""
            super().__init__()
            self.text = text

    class Moving(Message):
        """An arrow key left the prompt upwards (-1) or downwards (1)."""

        def __init__(self, step: int) -> None:
            """Keep the direction."""
            super().__init__()
            self.step = step

    class ErasedAtStart(Message):
        """Backspace was pressed in an empty prompt."""

    def __init__(self) -> None:
        """Begin empty, ready to type."""
        super().__init__(
            id="prompt",
            soft_wrap=True,
            show_line_numbers=False,
            highlight_cursor_line=False,
            placeholder=say("tui_chat.placeholder"),
        )
        self.completing = False
        """Whether a list of documents is open above: it then takes Enter and the arrows."""

    @property
    def mention(self) -> str | None:
        """What stands between `@` and the caret."""
        row, column = self.cursor_location
        found = _MENTION.search(self.document[row][:column])
        return found[1] if found else None

    def drop_mention(self) -> None:
        """Take the mention before the caret out of the text."""
        row, column = self.cursor_location
        if found := _MENTION.search(self.document[row][:column]):
            self.delete((row, found.start()), (row, column))

    def replace_all(self, text: str) -> None:
        """Put another text in place, the caret at its end."""
        self.text = text
        self.move_cursor(self.document.end)

    def on_text_area_selection_changed(self) -> None:
        """Tell whether a document is being named."""
        self.post_message(self.Mentioning(self.mention))

    async def _on_key(self, event: Key) -> None:
        """Carry out the prompt's own keys here, in the order they were typed in.

        A priority binding would overtake letters that still wait to be inserted.
        """
        active = None if event.is_printable else self.screen.active_bindings.get(event.key)
        if active and active.node is self and active.binding.action in _OWN:
            event.stop()
            event.prevent_default()
            await self.run_action(active.binding.action)

    async def _on_paste(self, event: Paste) -> None:
        """Insert what was pasted, without control codes; long texts go along as material."""
        event.prevent_default()
        event.stop()
        # Terminals send each end of a line as a carriage return.
        text = clean(event.text.replace("\r\n", "\n").replace("\r", "\n"))
        if len(text) > _LONG_PASTE:
            self.post_message(self.PastedMuch(text))
        else:
            start, end = sorted(self.selection)
            self.move_cursor(self.replace(text, start, end).end_location)

    def action_send(self) -> None:
        """Send the question."""
        self.post_message(self.Sent(self.text))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Tab takes a document only while there is a list of them."""
        return self.completing if action == "accept" else True

    def action_accept(self) -> None:
        """Take the document that is picked in the list."""
        self.post_message(self.Sent(self.text))

    def action_newline(self) -> None:
        """Begin a new line."""
        self.insert("\n")

    def action_cursor_up(self, select: bool = False) -> None:
        """Move up; from the first line, leave."""
        first = self.navigator.is_first_wrapped_line(self.cursor_location)
        if not select and (self.completing or first):
            self.post_message(self.Moving(-1))
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Move down; from the last line, leave."""
        last = self.navigator.is_last_wrapped_line(self.cursor_location)
        if not select and (self.completing or last):
            self.post_message(self.Moving(1))
        else:
            super().action_cursor_down(select)

    def action_delete_left(self) -> None:
        """Erase; in an empty prompt, tell."""
        if self.text:
            super().action_delete_left()
        else:
            self.post_message(self.ErasedAtStart())
