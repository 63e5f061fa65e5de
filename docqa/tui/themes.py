"""Themes: docqa's own, Textual's, and the user's as `themes/<name>.toml` beside the settings."""

import tomllib
from collections.abc import Callable
from pathlib import Path

from rich.terminal_theme import TerminalTheme
from textual.app import App
from textual.color import Color
from textual.theme import Theme

from docqa import paths
from docqa.errors import DocqaError, SettingError
from docqa.tui.saved_state import SavedState

DEFAULT = "docqa-dark"
# What each colour means: primary is the pane in hand, accent a citation, success a quote,
# warning what nothing supports, error what failed.
OWN = (
    Theme(
        name="docqa-dark",
        dark=True,
        primary="#5fa8d3",
        secondary="#9d8fc7",
        accent="#e8a04c",
        success="#86c08a",
        warning="#e3c25c",
        error="#e26d6d",
        foreground="#d9dce1",
        background="#14171b",
        surface="#1b1f25",
        panel="#2b323b",
    ),
    Theme(
        name="docqa-light",
        dark=False,
        primary="#1f6c9c",
        secondary="#6a5aa3",
        accent="#a6580c",
        success="#2f7338",
        warning="#8a6400",
        error="#b02a30",
        foreground="#23272d",
        background="#fbfaf7",
        surface="#f2f0ea",
        panel="#dcd8cd",
    ),
)


def terminal_colours(theme: Theme) -> TerminalTheme:
    """What green, red and their like are in a theme: a terminal's own may be unreadable on it."""
    names = ("panel", "error", "success", "warning", "primary", "secondary", "accent", "foreground")
    known = theme.to_color_system().generate()
    colours = [Color.parse(known[name]).rgb for name in names]
    return TerminalTheme(Color.parse(known["background"]).rgb, colours[-1], colours)


def begin(app: App[None], name: str) -> None:
    """Have the style sheet read in this theme's colours, rather than all of it read twice."""
    for own in OWN:
        app.register_theme(own)
    if (theme := app.get_theme(name)) is not None:
        app.set_reactive(App.theme, name)
        classes = {"-dark-mode": theme.dark, "-light-mode": not theme.dark}
        app.update_classes(classes, update=False)
        app.stylesheet.set_variables(app.get_css_variables())
    dark, light = map(terminal_colours, OWN)
    app.set_reactive(App.ansi_theme_dark, dark)
    app.set_reactive(App.ansi_theme_light, light)
    # What setting them would do, without reading the style sheet again.
    app._refresh_truecolor_filter(app.ansi_theme)


def register_users(app: App[None], report: Callable[[Exception], object]) -> None:
    """Offer the user's own themes; report those that cannot be read."""
    for file in sorted(folder().glob("*.toml")):
        try:
            app.register_theme(read(file))
        except DocqaError as error:
            report(error)


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


def pick_theme(remembered: SavedState, setting: str) -> str:
    """The theme picked in the chat, unless the setting was changed since."""
    picked = remembered.theme and remembered.theme_setting == setting
    return remembered.theme if picked else setting
