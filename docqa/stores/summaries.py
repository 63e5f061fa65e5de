"""Summaries of stretches of text, kept so that they need not be made again."""

import hashlib
import sqlite3


class Summaries:
    """Kept summaries, by everything that shaped them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Read and write through a library's connection."""
        self._connection = connection

    def get(self, *made_from: str) -> str | None:
        """The summary made from exactly these: model, prompt, text."""
        row = self._connection.execute(
            "SELECT text FROM summaries WHERE key = ?", (_key(made_from),)
        ).fetchone()
        return str(row[0]) if row else None

    def put(self, text: str, *made_from: str) -> None:
        """Keep a summary."""
        self._connection.execute(
            "INSERT OR REPLACE INTO summaries (key, text) VALUES (?, ?)", (_key(made_from), text)
        )


def _key(made_from: tuple[str, ...]) -> bytes:
    return hashlib.sha256("\x00".join(made_from).encode("utf-8", "surrogatepass")).digest()
