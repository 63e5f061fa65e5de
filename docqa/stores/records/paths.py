"""Places on disk as the records keep them; a name may be bytes that are no UTF-8."""

import os

Stored = str | bytes


def encode_path(part: str) -> Stored:
    """A folder or name for a column: text, or the bytes where they are no text."""
    try:
        part.encode()
    except UnicodeEncodeError:
        return os.fsencode(part)
    return part


def decode_path(part: Stored) -> str:
    """The folder or name as Python's file functions take it."""
    return os.fsdecode(part) if isinstance(part, bytes) else part
