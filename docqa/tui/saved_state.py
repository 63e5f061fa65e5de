"""What the chat remembers from one start to the next."""

import logging
import os
from contextlib import suppress
from pathlib import Path

import msgspec

from docqa import paths
from docqa.errors import StorageError

_HISTORY = 500
_LONGEST = 10_000

log = logging.getLogger(__name__)


class SavedState(msgspec.Struct):
    """Theme, last session by library, unsent draft, and the questions asked."""

    theme: str = ""
    theme_setting: str = ""
    """The setting in force when the theme was picked; a changed setting wins over the pick."""
    sessions: dict[str, str] = msgspec.field(default_factory=dict)
    draft: str = ""
    history: list[str] = msgspec.field(default_factory=list)

    def add_question(self, question: str) -> None:
        """Put a question at the end of the history, once; nothing of it is a draft any more."""
        self._take_up()
        if len(question) <= _LONGEST:
            self.history = [*(old for old in self.history if old != question), question][-_HISTORY:]
        self.draft = ""
        self._save()

    def keep_session(self, library: str, session: str) -> None:
        """Open this session of the library next time."""
        self._take_up()
        self.sessions[library] = session
        self._save()

    def keep_draft(self, draft: str) -> None:
        """Put this into the prompt next time."""
        self._take_up()
        self.draft = draft
        self._save()

    def keep_theme(self, theme: str, setting: str) -> None:
        """Use this theme as long as the setting stays as it is."""
        self._take_up()
        self.theme, self.theme_setting = theme, setting
        self._save()

    def _take_up(self) -> None:
        """What another chat has kept since is not to be overwritten."""
        if (kept := _read()) is not None:
            for name, value in msgspec.structs.asdict(kept).items():
                setattr(self, name, value)

    def _save(self) -> None:
        """Write to the data folder, for its owner only; what cannot be written is only logged."""
        file = _file()
        aside = file.with_suffix(f".{os.getpid()}")
        try:
            paths.private_dir(file.parent)
            aside.touch(mode=0o600)
            aside.write_bytes(msgspec.json.encode(self))
            aside.replace(file)
        except (OSError, StorageError) as error:
            log.warning("cannot keep the state of the chat: %s", error)
            with suppress(OSError):
                aside.unlink()


def load() -> SavedState:
    """What was remembered, or nothing where the file is missing or damaged."""
    return _read() or SavedState()


def _read() -> SavedState | None:
    try:
        return msgspec.json.decode(_file().read_bytes(), type=SavedState)
    except (OSError, msgspec.DecodeError) as error:
        log.debug("nothing remembered: %s", error)
        return None


def _file() -> Path:
    return paths.data_dir() / "chat.json"
