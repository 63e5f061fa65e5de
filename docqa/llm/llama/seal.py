"""Seals a file with its own hash: llama.cpp ends the whole process over a damaged one."""

from pathlib import Path

import xxhash

_LENGTH = xxhash.xxh3_128().digest_size
_BLOCK = 1 << 20


def seal(path: Path) -> int:
    """Put the hash of a file at its end; returns its bytes."""
    digest = _digest(path, path.stat().st_size)
    with path.open("ab") as file:
        file.write(digest)
    return path.stat().st_size


def is_whole(path: Path) -> bool:
    """Whether a sealed file is as it was sealed."""
    try:
        body = path.stat().st_size - _LENGTH
        with path.open("rb") as file:
            file.seek(max(body, 0))
            return body > 0 and file.read() == _digest(path, body)
    except OSError:
        return False


def _digest(path: Path, length: int) -> bytes:
    hashed = xxhash.xxh3_128()
    # One buffer for all: fresh memory for each block costs more than hashing it.
    block = memoryview(bytearray(_BLOCK))
    with path.open("rb", buffering=0) as file:
        while length > 0 and (count := file.readinto(block[: min(_BLOCK, length)])):
            hashed.update(block[:count])
            length -= count
    return hashed.digest()
