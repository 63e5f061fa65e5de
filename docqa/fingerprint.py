"""Tells files apart without reading gigabytes: small ones whole, large ones by samples."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

_SAMPLE = 1 << 16
_SAMPLES = 16


def fingerprint(root: Path, files: Iterable[Path]) -> str:
    """A digest of the files' names below `root`, their sizes and what they hold."""
    digest = hashlib.sha256()
    for path in sorted(files):
        size = path.stat().st_size
        digest.update(f"{path.relative_to(root).as_posix()}\0{size}\0".encode())
        with path.open("rb") as file:
            if size <= _SAMPLE * _SAMPLES:
                digest.update(file.read())
                continue
            for number in range(_SAMPLES):
                file.seek((size - _SAMPLE) * number // (_SAMPLES - 1))
                digest.update(file.read(_SAMPLE))
    return digest.hexdigest()[:32]
