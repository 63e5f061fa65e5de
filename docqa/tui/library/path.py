"""Paths of files and folders as people type, paste and drop them."""

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from textual.suggester import Suggester

# A word in quotes, or one whose blanks stand behind a backslash.
_WORD = re.compile(r"""'([^']*)'|"((?:\\.|[^"\\])*)"|((?:\\.|[^\s\\'"])+)""")


class PathSuggester(Suggester):
    """Suggests the first name of a folder that goes on as typed."""

    def __init__(self) -> None:
        """Look at the disk each time: folders change."""
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The typed path, completed."""
        found = complete_path(value)
        return found if found != value else None


def typed_path(typed: str) -> Path:
    """What was typed as a path; the home of nobody known stays as it is written."""
    try:
        return Path(typed).expanduser()
    except RuntimeError:
        return Path(typed)


def typed_paths(typed: str) -> list[Path]:
    """Every path in what was typed, pasted or dropped: quoted, escaped, as `file:` addresses."""
    typed = typed.strip()
    # A name with blanks, typed without quotes.
    if exists(whole := typed_path(typed)):
        return [whole]
    lines = typed.splitlines()
    if len(lines) > 1 and all(exists(typed_path(line.strip())) for line in lines if line.strip()):
        return [typed_path(line.strip()) for line in lines if line.strip()]
    if os.name == "nt":
        return [typed_path(word.strip("'\"")) for word in re.findall(r"\"[^\"]*\"|\S+", typed)]
    return [_path_of(match) for match in _WORD.finditer(typed)]


def _path_of(match: re.Match[str]) -> Path:
    literal, quoted, bare = match.groups()
    if literal is not None:
        return typed_path(literal)
    word = re.sub(r"\\(.)", r"\1", quoted if quoted is not None else bare)
    if word.startswith("file:"):
        word = unquote(urlsplit(word).path)
    return typed_path(word)


def exists(path: Path) -> bool:
    """Whether there is such a file or folder; there is none of a name that no file could have."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def complete_path(typed: str) -> str:
    """A typed path with its last part completed, a slash behind folders."""
    folder, _, beginning = typed.rpartition("/")
    place = typed_path(folder + "/" if folder or typed.startswith("/") else ".")
    try:
        names = sorted(
            one.name + ("/" if one.is_dir() else "")
            for one in place.iterdir()
            if one.name.startswith(beginning) and beginning + one.name[:1] != "."
        )
    except (OSError, ValueError):
        return typed
    return typed[: len(typed) - len(beginning)] + names[0] if names and typed else typed
