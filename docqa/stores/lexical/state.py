"""What the lexical index says of itself, in a file of its own with a checksum."""

import json
from pathlib import Path
from zlib import crc32

from msgspec import Struct
from msgspec.structs import asdict, replace

from docqa.terms import Words


class IndexState(Struct, frozen=True):
    """What the index in `folder` holds of the records."""

    folder: str
    catalogue: str
    """The mark of the records; the field is named as released indexes have it."""
    scheme: int
    words: str
    last: int = 0
    generation: int = 0
    meta: int = 0
    """Checksum of the file that names all others, as it was when this was written."""
    seal: int = 0
    """Checksum of what stands above."""


def read_state(root: Path) -> IndexState | None:
    """What the file says; None where it is missing or not as it was written."""
    try:
        state = IndexState(**json.loads((root / "state.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return replace(state, seal=0) if state.seal == _seal(state) else None


def write_state(root: Path, state: IndexState) -> None:
    """Write the file aside and put it in its place."""
    aside = root / "state.json.new"
    sealed = replace(state, seal=_seal(state))
    aside.write_text(json.dumps(asdict(sealed)), encoding="utf-8")
    aside.replace(root / "state.json")


def _seal(state: IndexState) -> int:
    return crc32(repr(replace(state, seal=0)).encode())


def words_mark(words: Words) -> str:
    """Tells whether the user's words are still those the index was built with."""
    return format(crc32("\n".join(words.words).encode()), "x") if words.words else ""
