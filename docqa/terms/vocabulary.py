"""Words and synonyms: docqa's own, and the user's from the files the settings name."""

from collections.abc import Iterator
from pathlib import Path

from docqa.errors import SettingError
from docqa.terms.cutting import Words
from docqa.terms.question import Synonyms

# Words of every day and those of rules, contracts and manuals.
_EVERYDAY = Path(__file__).with_name("everyday.txt")


def read_words(file: str) -> Words:
    """The words of a user dictionary, one a line; lines that begin with # are ignored."""
    return Words(_lines("search.user_dictionary", file))


def read_synonyms(file: str) -> Synonyms:
    """The groups of a synonyms file (one a line, its words separated by commas), and docqa's."""
    lines = (line.replace("，", ",").replace("、", ",") for line in _lines("search.synonyms", file))
    everyday = _read_lines(_EVERYDAY.read_text(encoding="utf-8"))
    return Synonyms([*(line.split(",") for line in lines), *map(str.split, everyday)])


def _lines(setting: str, file: str) -> tuple[str, ...]:
    if not file:
        return ()
    try:
        text = Path(file).expanduser().read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise SettingError("search.file_unreadable", setting=setting, path=file) from error
    return tuple(_read_lines(text))


def _read_lines(text: str) -> Iterator[str]:
    lines = (line.strip() for line in text.splitlines())
    return (line for line in lines if line and not line.startswith("#"))
