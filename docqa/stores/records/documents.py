"""Reads the list of documents: what each was read as, where it lies, and which a scope means."""

import json
import os
from collections.abc import Sequence
from pathlib import PurePath
from sqlite3 import Connection
from typing import Any

from msgspec.structs import replace

from docqa.errors import QueryError
from docqa.paths import printable
from docqa.stores.records.paths import Stored, decode_path, encode_path
from docqa.stores.records.scope import select, select_part
from docqa.types import DocumentInfo

FAILED = "failed"
_NEAREST = 5
_LISTED = 10
_COLUMNS = (
    "id, title, status, characters, passages, pages, unreadable_pages, encoding, facts, updated"
)


class Documents:
    """The documents of one library."""

    def __init__(self, connection: Connection) -> None:
        """Read through this connection."""
        self._connection = connection

    def list_documents(self, scope: Sequence[str] = ()) -> list[DocumentInfo]:
        """Documents by path; one found at several paths is listed once, the others in its facts."""
        wanted = self.ids(scope)
        paths: dict[int, list[tuple[str, str]]] = {}
        for document_id, shown, location in self._places():
            paths.setdefault(document_id, []).append((shown, location))
        sizes = dict(
            self._connection.execute("SELECT document_id, max(size) FROM paths GROUP BY 1")
        )
        rows = self._connection.execute(f"SELECT {_COLUMNS} FROM documents")
        infos = [
            replace(_info(row, paths[row[0]]), bytes=sizes[row[0]])
            for row in rows
            if row[0] in paths and (wanted is None or row[0] in wanted)
        ]
        return sorted(infos, key=lambda info: info.path)

    def by_number(self, document_id: int) -> DocumentInfo | None:
        """The document with this id, if there is one."""
        row = self._connection.execute(
            f"SELECT {_COLUMNS} FROM documents WHERE id = ?", (document_id,)
        ).fetchone()
        paths = self._connection.execute(
            "SELECT shown FROM paths WHERE document_id = ? ORDER BY shown", (document_id,)
        ).fetchall()
        return _info(row, [shown for (shown,) in paths]) if row and paths else None

    def content(self, document_id: int) -> str:
        """What a document holds and how it was read, as a key that only another content changes."""
        row = self._connection.execute(
            "SELECT sha256, recipe FROM documents WHERE id = ?", (document_id,)
        ).fetchone()
        return "/".join(row) if row else ""

    def list_failed(self) -> list[DocumentInfo]:
        """Files that could not be read at all, with the reason; their id is 0."""
        rows = self._connection.execute(
            "SELECT shown, folder, name, reason, facts, updated FROM paths"
            " WHERE document_id IS NULL ORDER BY shown"
        )
        return [
            DocumentInfo(
                id=0,
                path=shown,
                location=printable(os.path.join(decode_path(folder), decode_path(name))),  # noqa: PTH118
                title=None,
                status=FAILED,
                characters=0,
                passages=0,
                pages=0,
                reason=reason,
                facts=json.loads(facts),
                updated=updated,
            )
            for shown, folder, name, reason, facts, updated in rows
        ]

    def one(self, path: str) -> DocumentInfo:
        """The one document that a path, or the end of one, means."""
        found = self.list_documents([path])
        if len(found) > 1:
            # A name that is one document's whole path means that one, though it ends others too.
            exact = [info for info in found if path in (info.path, *also(info))]
            if len(exact) != 1:
                some = ", ".join(info.path for info in found[:_NEAREST])
                raise QueryError("library.ambiguous", path=path, found=some)
            return exact[0]
        return found[0]

    def ids(self, scope: Sequence[str]) -> frozenset[int] | None:
        """Ids of the documents in a scope; None where there is no limit."""
        if not scope:
            return None
        # A document's own name means it alone, and needs no look at the names of all others.
        named = [self._find_shown(name) for name in scope]
        if None not in named:
            return frozenset(filter(None, named))
        return frozenset(_select(scope, self._places()))

    def _find_shown(self, name: str) -> int | None:
        row = self._connection.execute(
            "SELECT document_id FROM paths WHERE shown = ?", (name,)
        ).fetchone()
        return None if row is None or row[0] is None else int(row[0])

    def files(self) -> list[tuple[int, str, str | None, int]]:
        """Id, name, date by metadata and time in nanoseconds of every document's newest file."""
        return self._connection.execute(
            "SELECT d.id, min(p.shown), json_extract(d.facts, '$.dated'), max(p.mtime)"
            " FROM paths p JOIN documents d ON d.id = p.document_id GROUP BY d.id"
        ).fetchall()

    def places(self, document_id: int) -> list[str]:
        """Where a document lies on disk."""
        rows = self._connection.execute(
            "SELECT folder, name FROM paths WHERE document_id = ? ORDER BY shown", (document_id,)
        )
        return [os.path.join(decode_path(folder), decode_path(name)) for folder, name in rows]  # noqa: PTH118

    def location_of(self, path: str) -> str | None:
        """The absolute path of the file that is shown by exactly this name."""
        row = self._connection.execute(
            "SELECT folder, name FROM paths WHERE shown = ?", (path,)
        ).fetchone()
        return row and printable(os.path.join(decode_path(row[0]), decode_path(row[1])))  # noqa: PTH118

    def state_of(self, path: str) -> str | None:
        """`changed` or `gone` where no file of a document is as it was when it was read."""
        rows = self._connection.execute(
            "SELECT folder, name, size, mtime FROM paths WHERE mtime > 0 AND document_id ="
            " (SELECT document_id FROM paths WHERE shown = ?)",
            (path,),
        )
        return _join({_compare(*row) for row in rows})

    def states(self, most: int) -> dict[str, str]:
        """Where documents lie that are `changed` or `gone`; only so many files are looked at."""
        rows = self._connection.execute(
            "SELECT document_id, folder, name, size, mtime FROM paths"
            " WHERE mtime > 0 AND document_id IS NOT NULL ORDER BY document_id, shown LIMIT ?",
            (most,),
        )
        states: dict[int, set[str]] = {}
        first: dict[int, str] = {}
        for number, folder, name, size, at in rows:
            states.setdefault(number, set()).add(_compare(folder, name, size, at))
            place = os.path.join(decode_path(folder), decode_path(name))  # noqa: PTH118
            first.setdefault(number, place)
        joined = {first[number]: _join(found) for number, found in states.items()}
        return {place: state for place, state in joined.items() if state}

    def in_scope(self, scope: Sequence[str]) -> list[tuple[str, str, str]]:
        """Folder, name and shown path of every known file that a scope means, failed ones too."""
        rows = self._connection.execute(
            "SELECT id, shown, folder, name FROM paths ORDER BY shown"
        ).fetchall()
        places = [(n, shown, f"{decode_path(f)}/{decode_path(name)}") for n, shown, f, name in rows]
        wanted = _select(scope, places)
        return [(decode_path(f), decode_path(name), s) for n, s, f, name in rows if n in wanted]

    def holds(self, location: str) -> bool:
        """Whether a file, or any below a folder, at this place on disk is known."""
        folder, name = os.path.split(location)
        row = self._connection.execute(
            "SELECT 1 FROM paths WHERE (folder = ?1 AND name = ?2) OR folder = ?3"
            " OR (folder > ?3 || '/' AND folder < ?3 || '0') LIMIT 1",
            (encode_path(folder), encode_path(name), encode_path(location)),
        ).fetchone()
        return row is not None

    def _places(self) -> list[tuple[int, str, str]]:
        rows = self._connection.execute(
            "SELECT document_id, shown, folder, name FROM paths"
            " WHERE document_id IS NOT NULL ORDER BY shown"
        )
        return [
            (number, shown, f"{decode_path(folder)}/{decode_path(name)}")
            for number, shown, folder, name in rows
        ]


def also(info: DocumentInfo) -> tuple[str, ...]:
    """Further paths that hold the same content."""
    paths = info.facts.get("also", ())
    return tuple(paths) if isinstance(paths, list | tuple) else ()


def _join(states: set[str]) -> str | None:
    """One state for a document of several files: as read while any of them is."""
    if not states or "same" in states:
        return None
    return "changed" if "changed" in states else "gone"


def _compare(folder: Stored, name: Stored, size: int, mtime: int) -> str:
    try:
        now = os.stat(os.path.join(decode_path(folder), decode_path(name)))  # noqa: PTH116, PTH118
    except OSError:
        return "gone"
    return "same" if (now.st_size, now.st_mtime_ns) == (size, mtime) else "changed"


def _select(scope: Sequence[str], places: Sequence[tuple[int, str, str]]) -> set[int]:
    """Ids of the places that a scope means; QueryError for a pattern that means none."""
    found: set[int] = set()
    for pattern in scope:
        matched = select(pattern, places) or _only_part(pattern, places)
        if not matched:
            known = ", ".join(_find_alike(pattern, [shown for _, shown, _ in places]))
            code = "library.nothing_in_scope" if places else "library.empty"
            raise QueryError(code, pattern=pattern, known=known)
        found |= matched
    return found


def _only_part(pattern: str, places: Sequence[tuple[int, str, str]]) -> set[int]:
    """The one document whose name holds the pattern; QueryError where several do."""
    matched = select_part(pattern, places)
    if len(matched) > 1:
        names = [shown for number, shown, _ in places if number in matched]
        some = ", ".join(names[:_LISTED]) + (" …" if len(names) > _LISTED else "")
        raise QueryError("library.several_match", pattern=pattern, count=len(names), found=some)
    return matched


def _info(row: tuple[Any, ...], paths: list[tuple[str, str]]) -> DocumentInfo:
    number, title, status, characters, passages, pages, unreadable, encoding, facts, updated = row
    known: dict[str, object] = json.loads(facts)
    if len(paths) > 1:
        known["also"] = tuple(shown for shown, _ in paths[1:])
    return DocumentInfo(
        id=number,
        path=paths[0][0],
        location=printable(paths[0][1]),
        title=title,
        status=status,
        characters=characters,
        passages=passages,
        pages=pages,
        unreadable_pages=tuple(json.loads(unreadable)),
        encoding=encoding,
        facts=known,
        updated=updated,
    )


def _find_alike(pattern: str, names: Sequence[str]) -> list[str]:
    """Some names, those first that share most characters with what was asked for."""
    wanted = set(pattern.casefold())

    def count_shared(name: str) -> int:
        return len(wanted & set(PurePath(name).stem.casefold()))

    return sorted(names, key=count_shared, reverse=True)[:_NEAREST]
