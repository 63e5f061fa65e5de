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


def completed(typed: str) -> str:
    """A typed path with its last part completed, a slash behind folders."""
    folder, _, beginning = typed.rpartition("/")
    place = Path(folder + "/" if folder or typed.startswith("/") else ".").expanduser()
    try:
        names = sorted(
            one.name + ("/" if one.is_dir() else "")
            for one in place.iterdir()
            if one.name.startswith(beginning) and beginning + one.name[:1] != "."
        )
    except OSError:
        return typed
    return typed[: len(typed) - len(beginning)] + names[0] if names and typed else typed
