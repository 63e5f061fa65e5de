"""Kept conversations, in the library's own database."""

import json
import os
import sqlite3
import time
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from docqa.errors import QueryError
from docqa.stores.records.connection import changing
from docqa.terms import fold
from docqa.types import Answer, SessionInfo, Turn

_TITLE_CHARACTERS = 40
_ID_CHARACTERS = 8
_INFO = (
    "SELECT s.id, s.title, s.created, s.updated, (SELECT count(*) FROM turns WHERE session = s.id)"
    " FROM sessions AS s"
)


# Rises when an answer is stored in another shape than the last version can read; a field that is
# added with a default is no such change. Of 0.1.0 answers stand alone, with no version beside them.
_VERSION = 1


class _Stored(Struct, frozen=True):
    """An answer as it is stored."""

    version: int
    answer: Answer


class Sessions:
    """The sessions of one library; a deleted one stays restorable until another is deleted."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Read and write through a library's connection."""
        self._connection = connection

    def begin(self, question: str) -> str:
        """Start a session titled by its first question; return its id."""
        session = os.urandom(16).hex()[:_ID_CHARACTERS]
        title = " ".join(question.split())
        if len(title) > _TITLE_CHARACTERS:
            title = f"{title[: _TITLE_CHARACTERS - 1]}…"
        now = time.time()
        with changing(self._connection):
            self._connection.execute(
                "INSERT INTO sessions (id, title, created, updated) VALUES (?, ?, ?, ?)",
                (session, title, now, now),
            )
        return session

    def list_all(self, matching: str = "", limit: int = 200) -> list[SessionInfo]:
        """Sessions, newest first; each word of `matching` must occur in a session's text."""
        where, words = ["s.deleted IS NULL"], fold(matching).split()
        for _ in words:
            where.append(
                "(instr(s.title, ?) OR EXISTS"
                " (SELECT 1 FROM turns WHERE session = s.id AND instr(folded, ?)))"
            )
        query = f"{_INFO} WHERE {' AND '.join(where)} ORDER BY s.updated DESC LIMIT ?"
        facts: list[object] = [word for word in words for _ in range(2)]
        return [SessionInfo(*row) for row in self._connection.execute(query, (*facts, limit))]

    def get(self, session: str) -> SessionInfo:
        """A session by its id or the beginning of it; raises QueryError where that names none."""
        rows = self._connection.execute(
            f"{_INFO} WHERE s.deleted IS NULL AND substr(s.id, 1, length(?1)) = ?1"
            " AND ?1 <> '' LIMIT 2",
            (session,),
        ).fetchall()
        if len(rows) != 1:
            code = "sessions.ambiguous" if rows else "sessions.unknown"
            raise QueryError(code, session=session)
        return SessionInfo(*rows[0])

    def last(self) -> SessionInfo | None:
        """The session that was used last."""
        return next(iter(self.list_all(limit=1)), None)

    def turns(self, session: str, last: int | None = None, before: int | None = None) -> list[Turn]:
        """The turns of a session in order, or only its last ones, or the last before one."""
        rows = self._connection.execute(
            "SELECT number, question, answer, asked FROM turns WHERE session = ?1"
            " AND (?2 IS NULL OR number < ?2) ORDER BY number DESC LIMIT ?3",
            (session, before, -1 if last is None else last),
        ).fetchall()
        turns = []
        for number, question, packed, asked in reversed(rows):
            answer = unpack_answer(packed)
            # A turn that cannot be read costs itself, not its session; `docqa doctor` names it.
            if answer is not None:
                turns.append(Turn(number, question, answer, asked))
        return turns

    def unreadable(self, session: str) -> list[int]:
        """Numbers of the turns that cannot be read: damaged, or written by a later version."""
        rows = self._connection.execute(
            "SELECT number, answer FROM turns WHERE session = ? ORDER BY number", (session,)
        )
        return [number for number, packed in rows if unpack_answer(packed) is None]

    def add_turn(self, session: str, answer: Answer, instead: int | None = None) -> int:
        """Keep an answer as the session's next turn, maybe for another; return its number."""
        now = time.time()
        folded = fold(f"{answer.question}\n{answer.rewritten or ''}\n{answer.text}")
        with changing(self._connection):
            self._connection.execute(
                "DELETE FROM turns WHERE session = ? AND number = ?", (session, instead)
            )
            (number,) = self._connection.execute(
                "SELECT 1 + coalesce(max(number), 0) FROM turns WHERE session = ?", (session,)
            ).fetchone()
            self._connection.execute(
                "INSERT INTO turns (session, number, question, answer, sources, folded, asked)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    session,
                    number,
                    answer.question,
                    pack_answer(answer),
                    json.dumps(self._hashes(answer), ensure_ascii=False),
                    folded,
                    now,
                ),
            )
            self._connection.execute("UPDATE sessions SET updated = ? WHERE id = ?", (now, session))
        return int(number)

    def sources(self, session: str) -> dict[int, dict[str, str]]:
        """SHA-256 of each cited document as it was then, by turn number."""
        rows = self._connection.execute(
            "SELECT number, sources FROM turns WHERE session = ?", (session,)
        )
        return {number: json.loads(sources) for number, sources in rows}

    def rename(self, session: str, title: str) -> None:
        """Give a session another title."""
        with changing(self._connection):
            self._connection.execute(
                "UPDATE sessions SET title = ? WHERE id = ?", (title.strip(), session)
            )

    def delete(self, sessions: Sequence[str]) -> None:
        """Delete sessions; those deleted before can no longer be restored."""
        with changing(self._connection):
            self._connection.execute("DELETE FROM sessions WHERE deleted IS NOT NULL")
            self._connection.executemany(
                "UPDATE sessions SET deleted = ? WHERE id = ?",
                [(time.time(), session) for session in sessions],
            )

    def restore(self) -> int:
        """Bring back what was deleted last; return how many sessions that were."""
        with changing(self._connection):
            return self._connection.execute(
                "UPDATE sessions SET deleted = NULL WHERE deleted IS NOT NULL"
            ).rowcount

    def _hashes(self, answer: Answer) -> dict[str, str]:
        cited = sorted({citation.document for citation in answer.citations})
        places = ", ".join("?" * len(cited))
        return dict(
            self._connection.execute(
                "SELECT shown, sha256 FROM paths JOIN documents ON documents.id = document_id"
                f" WHERE shown IN ({places})",
                cited,
            )
        )


def pack_answer(answer: Answer) -> bytes:
    """An answer as it is stored."""
    return msgspec.json.encode(_Stored(_VERSION, answer))


def unpack_answer(packed: object) -> Answer | None:
    """A stored answer of this or an earlier version; None where it cannot be read."""
    if not isinstance(packed, bytes):
        return None
    try:
        if not packed.startswith(b'{"version"'):
            return msgspec.json.decode(packed, type=Answer)
        stored = msgspec.json.decode(packed, type=_Stored)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return stored.answer if stored.version <= _VERSION else None
