"""Themes: those of Textual, and the user's own as `themes/<name>.toml` beside the settings."""

import tomllib
from pathlib import Path

from textual.theme import Theme

from docqa import paths
from docqa.errors import SettingError
from docqa.tui.saved_state import Remembered

DEFAULT = "textual-dark"


def folder() -> Path:
    """Where the user's themes are."""
    return paths.config_dir() / "themes"


def read(file: Path) -> Theme:
    """A user's theme; its name is the file's."""
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8-sig"))
        theme = Theme(**{"name": file.stem, **values})
        theme.to_color_system().generate()
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise SettingError("tui.theme_broken", path=file, reason=error) from error
    return theme


def chosen(remembered: Remembered, setting: str) -> str:
    """The theme picked in the chat, unless the setting was changed since."""
    picked = remembered.theme and remembered.theme_setting == setting
    return remembered.theme if picked else setting
