"""Errors: parts of the chat that outlive them, and how they are said."""

from textual.message import Message
from textual.message_pump import MessagePump

from docqa.errors import DocqaError, UnknownLibrary
from docqa.messages import say


class ErrorGuard(MessagePump):
    """Goes on with the next message; Textual would stop listening, and the app would close."""

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except Exception as error:
            self.app._handle_exception(error)


def error_words(error: Exception) -> str:
    """What went wrong and the next step, one below the other."""
    if isinstance(error, UnknownLibrary) and "name" in error.facts:
        return say("tui.no_library", name=error.facts["name"])
    if isinstance(error, DocqaError):
        return "\n".join(filter(None, (str(error), error.hint)))
    if isinstance(error, OSError) and error.strerror:
        return say("error.storage", path=error.filename or "-", reason=error.strerror)
    reason = f"{type(error).__name__}: {error}"
    return f"{say('tui.unexpected', reason=reason)}\n{say('tui.unexpected_hint')}"
