"""Completes paths of files and folders while they are typed."""

from pathlib import Path

from textual.suggester import Suggester


class PathSuggester(Suggester):
    """Suggests the first name of a folder that goes on as typed."""

    def __init__(self) -> None:
        """Look at the disk each time: folders change."""
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The typed path, completed."""
        found = completed(value)
        return found if found != value else None


def typed_path(typed: str) -> Path:
    """What was typed as a path; the home of nobody known stays as it is written."""
    try:
        return Path(typed).expanduser()
    except RuntimeError:
        return Path(typed)


def exists(path: Path) -> bool:
    """Whether there is such a file or folder; there is none of a name that no file could have."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def completed(typed: str) -> str:
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
