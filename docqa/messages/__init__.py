"""Everything docqa says, in Chinese and English: `<area>.toml` beside this file holds each area."""

import locale
import os
import tomllib
from functools import cache
from pathlib import Path

from docqa.clean import clean

LANGUAGES = ("zh", "en")
FOLDER = Path(__file__).parent

_chosen: str | None = None


def use_language(language: str | None) -> None:
    """Speak this language from now on; None follows the locale again."""
    global _chosen
    _chosen = language


def language() -> str:
    """The language in use: chosen, else DOCQA_LANG, else the locale's, else English."""
    return _chosen or _from_environment()


def say(message_key: str, /, **facts: object) -> str:
    """The message `area.name` in the language in use, filled with facts made safe to print."""
    area, _, name = message_key.partition(".")
    template = messages(area)[name][language()]
    return template.format_map({key: _printable(value) for key, value in facts.items()})


@cache
def messages(area: str) -> dict[str, dict[str, str]]:
    """All messages of one area: name -> language -> text."""
    return tomllib.loads((FOLDER / f"{area}.toml").read_text(encoding="utf-8"))


def _printable(value: object) -> object:
    return value if isinstance(value, int | float) else clean(str(value))


def _from_environment() -> str:
    asked = os.environ.get("DOCQA_LANG", "")
    if asked in LANGUAGES:
        return asked
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.startswith("zh") else "en"
    return "zh" if (locale.getlocale()[0] or "").startswith(("zh", "Chinese")) else "en"
