"""Errors in the words of the chat."""

from docqa.errors import DocqaError, UnknownLibrary
from docqa.messages import say


def words(error: Exception) -> str:
    """What went wrong and the next step, one below the other."""
    if isinstance(error, UnknownLibrary) and "name" in error.facts:
        return say("tui.no_library", name=error.facts["name"])
    if isinstance(error, DocqaError):
        return "\n".join(filter(None, (str(error), error.hint)))
    if isinstance(error, OSError) and error.strerror:
        return say("error.storage", path=error.filename or "-", reason=error.strerror)
    reason = f"{type(error).__name__}: {error}"
    return f"{say('tui.unexpected', reason=reason)}\n{say('tui.unexpected_hint')}"
