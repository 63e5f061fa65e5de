"""A file that only takes up room: given up on a full disk, so that something can be removed."""

from contextlib import suppress
from pathlib import Path

from docqa.paths import private_file

_NAME = "reserve"
# Removing everything from a library of 12 MB writes 1 to 2 MB into SQLite's log first; set by hand.
_BYTES = 4 << 20


def keep_reserve(library: Path) -> None:
    """Have the reserve lie there, if there is room for it."""
    file = library / _NAME
    with suppress(OSError):
        if private_file(file).stat().st_size < _BYTES:
            file.write_bytes(bytes(_BYTES))


def give_up_reserve(library: Path) -> None:
    """Make that much room."""
    (library / _NAME).unlink(missing_ok=True)
