"""Rows of tables that were finished before, so that a table can be gone on with."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from docqa.closing import Closing

_FOLDER = "tables"


class KeptRows(Closing):
    """The finished rows of one table in a library: appended as they come, read at the start."""

    def __init__(self, library: Path, description: Mapping[str, Any]) -> None:
        """The rows of the table of this description: columns, engine, version of the code."""
        # Sorted: the same table is the same file.
        whole = json.dumps(description, sort_keys=True, ensure_ascii=False, default=str)
        name = sha256(whole.encode()).hexdigest()[:16]
        self._path = library / _FOLDER / f"{name}.jsonl"
        self._rows = self._read()
        self._file: Any = None

    def get(self, document: int, updated: float) -> Any:
        """The row of a document as it was kept; None where it changed since or is new."""
        return self._rows.get((document, updated))

    def put(self, document: int, updated: float, row: Any) -> None:
        """Keep a finished row."""
        if self._file is None:
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
            self._file = self._path.open("ab")
        line = msgspec.json.encode({"document": document, "updated": updated, "row": row})
        self._file.write(line + b"\n")
        self._file.flush()

    def drop(self) -> None:
        """Forget all rows: the table is to be made anew."""
        self._rows = {}
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _read(self) -> dict[tuple[int, float], Any]:
        rows: dict[tuple[int, float], Any] = {}
        if not self._path.is_file():
            return rows
        for line in self._path.read_bytes().splitlines():
            try:
                kept = msgspec.json.decode(line)
                rows[kept["document"], kept["updated"]] = kept["row"]
            except (msgspec.DecodeError, KeyError, TypeError):
                continue  # a line that a crash cut short is asked again
        return rows
