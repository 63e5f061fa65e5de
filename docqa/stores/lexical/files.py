"""The files of a tantivy index: whether they are as they were written, and what errors mean.

tantivy writes a checksum into each file but compares it with nothing.
"""

import errno
import json
import shutil
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

from docqa.errors import StorageError

FOLDER = "lexical"
"""Where the index lies in a library."""

# What the schema in `fields` makes of every segment.
_ENDINGS = (".fast", ".fieldnorm", ".idx", ".pos", ".store", ".term")
_TAIL = struct.Struct("<II")  # length of the footer, mark
_MARK = 1337
_BLOCK = 1 << 20
_LACKS = {
    errno.ENOSPC: "error.disk_full",
    errno.EROFS: "error.read_only",
    errno.EACCES: "error.read_only",
}
_TOO_LITTLE = 1 << 20


def discard_index(library: Path) -> None:
    """Delete the index of a library to make room; the next search rebuilds it."""
    shutil.rmtree(library / FOLDER, ignore_errors=True)


def damaged_files(folder: Path, limit: int | None = None) -> list[str]:
    """Names of index files that are missing, cut, or not as they were written.

    With a `limit` in bytes the smallest files are looked at, as far as it reaches.
    """
    try:
        names = list(_name(json.loads((folder / "meta.json").read_bytes())))
    except (OSError, ValueError, KeyError, TypeError):
        return ["meta.json"]
    found = [name for name in names if not (folder / name).is_file()]
    left = limit
    for size, name in sorted((_size(folder / n), n) for n in names if n not in found):
        if left is not None:
            left -= size
            if left < 0:
                break
        if not _is_sound(folder / name, size):
            found.append(name)
    return found


def meta_checksum(folder: Path) -> int:
    """A checksum of the file that names all others and has none of its own."""
    try:
        return crc32((folder / "meta.json").read_bytes())
    except OSError:
        return 0


def removed_passages(folder: Path) -> tuple[int, int]:
    """How many passages the index counts that were removed, and how many in all."""
    try:
        segments = json.loads((folder / "meta.json").read_bytes())["segments"]
        removed = sum((s["deletes"] or {}).get("num_deleted_docs", 0) for s in segments)
        return removed, sum(s["max_doc"] for s in segments)
    except (OSError, ValueError, KeyError, TypeError):
        return 0, 0


def is_damage(error: BaseException) -> bool:
    """Whether tantivy says by this that bytes in its files are wrong."""
    # Its panics are no Exception.
    return isinstance(error, ValueError | OSError) or type(error).__name__ == "PanicException"


def is_unwritable(error: StorageError) -> bool:
    """Whether a folder on a full disk or a read-only medium is what stopped the work."""
    return error.code in ("error.read_only", "error.not_writable", "error.disk_full")


@contextmanager
def naming_lack_of_room(folder: Path) -> Iterator[None]:
    """Report a full disk or a read-only medium as such, whatever tantivy says."""
    try:
        yield
    except (OSError, ValueError) as error:
        if (code := _lack(error, folder)) is None:
            raise
        raise StorageError(code, path=folder) from error


def _lack(error: OSError | ValueError, folder: Path) -> str | None:
    for number, code in _LACKS.items():
        # tantivy says by its words alone what the system said.
        said = (f"os error {number})", f"code: {number},")
        if getattr(error, "errno", None) == number or any(word in str(error) for word in said):
            return code
    # The end of a writing thread is all that tantivy tells where it met the full disk.
    if "index writer was killed" in str(error) and shutil.disk_usage(folder).free < _TOO_LITTLE:
        return "error.disk_full"
    return None


def _name(meta: dict[str, list[dict[str, object]]]) -> Iterator[str]:
    for segment in meta["segments"]:
        name = str(segment["segment_id"]).replace("-", "")
        yield from (name + ending for ending in _ENDINGS)
        deletes = segment.get("deletes")
        if isinstance(deletes, dict):
            yield f"{name}.{deletes['opstamp']}.del"


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _is_sound(file: Path, size: int) -> bool:
    try:
        with file.open("rb") as opened:
            opened.seek(max(size - _TAIL.size, 0))
            length, mark = _TAIL.unpack(opened.read())
            end = size - _TAIL.size - length
            opened.seek(max(end, 0))
            written = json.loads(opened.read(length))["crc"]
            opened.seek(0)
            found, left = 0, end
            while left > 0 and (block := opened.read(min(_BLOCK, left))):
                found = crc32(block, found)
                left -= len(block)
    except FileNotFoundError:
        # A merge by another process took it away meanwhile.
        return True
    except (OSError, ValueError, KeyError, TypeError, struct.error):
        return False
    return bool(mark == _MARK and found == written)
