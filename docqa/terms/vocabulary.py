"""The user's own words and synonyms, read from the files the settings name."""

from pathlib import Path

from docqa.errors import SettingError
from docqa.terms.cutting import Words
from docqa.terms.question import Synonyms


def read_words(file: str) -> Words:
    """The words of a user dictionary, one a line; lines that begin with # are ignored."""
    return Words(_lines("search.user_dictionary", file))


def read_synonyms(file: str) -> Synonyms:
    """The groups of a synonyms file: one a line, its words separated by commas."""
    lines = _lines("search.synonyms", file)
    return Synonyms([line.replace("，", ",").replace("、", ",").split(",") for line in lines])


def _lines(setting: str, file: str) -> tuple[str, ...]:
    if not file:
        return ()
    try:
        text = Path(file).expanduser().read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise SettingError("search.file_unreadable", setting=setting, path=file) from error
    lines = (line.strip() for line in text.splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))
