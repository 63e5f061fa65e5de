"""What the chat remembers from one start to the next."""

import logging
import os
from pathlib import Path

import msgspec

from docqa import paths

_HISTORY = 500
_LONGEST = 10_000

log = logging.getLogger(__name__)


class Remembered(msgspec.Struct):
    """Theme, last session by library, unsent draft, and the questions asked."""

    theme: str = ""
    theme_setting: str = ""
    """The setting in force when the theme was picked; a changed setting wins over the pick."""
    sessions: dict[str, str] = msgspec.field(default_factory=dict)
    draft: str = ""
    history: list[str] = msgspec.field(default_factory=list)

    def add_question(self, question: str) -> None:
        """Put a question at the end of the history, once."""
        if len(question) <= _LONGEST:
            self.history = [*(old for old in self.history if old != question), question][-_HISTORY:]

    def save(self) -> None:
        """Write to the data folder, for its owner only; what cannot be written is only logged."""
        file = _file()
        try:
            paths.private_dir(file.parent)
            aside = file.with_suffix(f".{os.getpid()}")
            aside.touch(mode=0o600)
            aside.write_bytes(msgspec.json.encode(self))
            aside.replace(file)
        except OSError as error:
            log.warning("cannot keep the state of the chat: %s", error)


def load() -> Remembered:
    """What was remembered, or nothing where the file is missing or damaged."""
    try:
        return msgspec.json.decode(_file().read_bytes(), type=Remembered)
    except (OSError, msgspec.DecodeError) as error:
        log.debug("nothing remembered: %s", error)
        return Remembered()


def _file() -> Path:
    return paths.data_dir() / "chat.json"
