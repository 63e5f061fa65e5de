"""Rows that were finished before, one a document, so that long work can be continued."""

import json
import logging
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from docqa.closing import Closing

log = logging.getLogger(__name__)

_FOLDER = "rows"


class KeptRows(Closing):
    """The finished rows of one piece of work: appended as they come, read at the start.

    A row is found again by what its document holds, not by its name or when it was read.
    """

    def __init__(self, library: Path, description: Mapping[str, Any]) -> None:
        """The rows that depend on this: what is asked, of whom, with which settings and code."""
        # Sorted: the same work is the same file.
        whole = json.dumps(description, sort_keys=True, ensure_ascii=False, default=str)
        name = sha256(whole.encode()).hexdigest()[:16]
        self._path = library / _FOLDER / f"{name}.jsonl"
        self._rows = self._read()
        self._file: Any = None
        self._keeps = True

    def get(self, content: str) -> Any:
        """The row of a document that holds this; None where it changed since or is new."""
        return self._rows.get(content)

    def put(self, content: str, row: Any) -> None:
        """Keep a finished row; a medium that takes none costs only the going on."""
        if not self._keeps:
            return
        try:
            if self._file is None:
                self._path.parent.mkdir(mode=0o700, exist_ok=True)
                self._file = self._path.open("ab")
                # An empty line after one that a crash cut short: this row must not join it.
                self._file.write(b"\n" if self._file.tell() else b"")
            self._file.write(msgspec.json.encode({"content": content, "row": row}) + b"\n")
            self._file.flush()
        except OSError as error:
            log.warning("rows are not kept: %s", error)
            self._keeps = False

    def drop(self) -> None:
        """Forget all rows, so that they are made again."""
        self._rows = {}
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _read(self) -> dict[str, Any]:
        rows: dict[str, Any] = {}
        if not self._path.is_file():
            return rows
        for line in self._path.read_bytes().splitlines():
            try:
                kept = msgspec.json.decode(line)
                rows[kept["content"]] = kept["row"]
            except (msgspec.DecodeError, KeyError, TypeError):
                continue  # a line that a crash cut short is asked again
        return rows
