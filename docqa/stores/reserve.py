"""A file that only takes up room: given up on a full disk, so that something can be removed."""

from contextlib import suppress
from pathlib import Path

from docqa.paths import private_file

_NAME = "reserve"
# Removing writes into SQLite's log before anything is given back, most where the disk filled before
# the log was taken over. Set by hand: with 4 MB nothing could be removed where 13 MB stood in the
# log, with 8 MB everything where 22 MB did.
_BYTES = 8 << 20


def keep_reserve(library: Path) -> None:
    """Have the reserve lie there, if there is room for it."""
    file = library / _NAME
    with suppress(OSError):
        if private_file(file).stat().st_size < _BYTES:
            file.write_bytes(bytes(_BYTES))


def give_up_reserve(library: Path) -> None:
    """Make that much room."""
    (library / _NAME).unlink(missing_ok=True)
