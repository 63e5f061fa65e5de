"""Checks a library: that SQLite finds its file sound, and that what it holds hangs together."""

from sqlite3 import DatabaseError

from docqa.errors import LibraryDamaged
from docqa.stores.records.library import Library
from docqa.stores.records.seals import SEALED
from docqa.stores.records.texts import PIECE

# Each finds rows that should not be; the names are those of messages.
_FAULTS = {
    "library.fault_orphan": (
        "SELECT id FROM documents WHERE id NOT IN"
        " (SELECT document_id FROM paths WHERE document_id IS NOT NULL)"
    ),
    "library.fault_passages": (
        "SELECT d.id FROM documents AS d LEFT JOIN passages AS p ON p.document_id = d.id"
        " GROUP BY d.id HAVING count(p.id) <> d.passages"
        " OR coalesce(max(p.ordinal) + 1, 0) <> d.passages"
    ),
    "library.fault_positions": (
        "SELECT p.document_id FROM passages AS p JOIN documents AS d ON d.id = p.document_id"
        ' WHERE p.start < 0 OR p."end" <= p.start OR p."end" > d.characters'
    ),
    "library.fault_text": (
        "SELECT d.id FROM documents AS d LEFT JOIN texts AS t ON t.document_id = d.id"
        " GROUP BY d.id, d.characters"
        f" HAVING count(t.piece) <> (d.characters + {PIECE - 1}) / {PIECE}"
    ),
    "library.fault_headings": (
        "SELECT p.document_id FROM passages AS p LEFT JOIN headings AS h"
        " ON h.document_id = p.document_id AND h.number = p.heading WHERE h.path IS NULL"
    ),
    "library.fault_outline": (
        "SELECT id FROM documents WHERE id NOT IN (SELECT document_id FROM outlines)"
    ),
}
_SHOWN = 5


def faults(library: Library) -> list[tuple[str, str]]:
    """What is wrong: (message key, fact), nothing for a sound library."""
    try:
        found = [("library.fault_sqlite", line) for line in _sqlite_says(library)]
        for sealed in SEALED:
            if keys := list(sealed.faults(library.connection)):
                fact = f"{sealed.table} {', '.join(keys[:_SHOWN])}"
                found.append(("library.fault_seal", fact))
        for message, query in _FAULTS.items():
            ids = [str(row[0]) for row in library.connection.execute(f"{query} LIMIT {_SHOWN}")]
            if ids:
                found.append((message, ", ".join(ids)))
    except (DatabaseError, LibraryDamaged) as error:
        return [("library.fault_sqlite", str(error))]
    return found


def _sqlite_says(library: Library) -> list[str]:
    rows = library.connection.execute("PRAGMA integrity_check(5)").fetchall()
    broken = library.connection.execute("PRAGMA foreign_key_check").fetchmany(_SHOWN)
    return [line for (line,) in rows if line != "ok"] + [str(row) for row in broken]
