"""The tables of the records, as numbered steps; each library remembers by name which it has had.

To add tables: write the next function here and put it last in MIGRATIONS. Never change one that
was released.
"""

from collections.abc import Callable
from sqlite3 import Connection

from docqa.errors import StorageError
from docqa.stores.records.connection import changing
from docqa.stores.records.seals import SEALED


def m001_catalogue(connection: Connection) -> None:
    """Documents, the paths they were found at, their text, headings and passages."""
    connection.execute("CREATE TABLE state (name TEXT PRIMARY KEY, value ANY) WITHOUT ROWID")
    connection.execute("INSERT INTO state VALUES ('generation', 0)")
    connection.execute(
        """CREATE TABLE documents (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            sha256 TEXT NOT NULL,
            recipe TEXT NOT NULL,      -- how it was read and cut; another recipe, another document
            title TEXT,
            status TEXT NOT NULL,
            characters INTEGER NOT NULL,
            passages INTEGER NOT NULL,
            pages INTEGER NOT NULL,
            unreadable_pages TEXT NOT NULL,  -- JSON
            encoding TEXT,
            facts TEXT NOT NULL,             -- JSON
            updated REAL NOT NULL,
            UNIQUE (sha256, recipe)
        )"""
    )
    # A row without a document is a file that could not be read, with the reason.
    connection.execute(
        """CREATE TABLE paths (
            id INTEGER PRIMARY KEY,
            folder ANY NOT NULL,       -- absolute; a blob where the bytes are no UTF-8
            name ANY NOT NULL,
            shown TEXT NOT NULL UNIQUE,      -- the path as ingested
            document_id INTEGER REFERENCES documents (id) ON DELETE CASCADE,
            size INTEGER NOT NULL,
            mtime INTEGER NOT NULL,          -- nanoseconds
            recipe TEXT NOT NULL,            -- how it was tried, where it could not be read
            reason TEXT,
            facts TEXT NOT NULL,             -- JSON
            updated REAL NOT NULL,
            UNIQUE (folder, name)
        )"""
    )
    connection.execute("CREATE INDEX paths_of_document ON paths (document_id, shown)")
    connection.execute("CREATE INDEX paths_by_size ON paths (size)")
    # Text in pieces, so that a passage far into a book is read without the book before it.
    connection.execute(
        """CREATE TABLE texts (
            document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
            piece INTEGER NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (document_id, piece)
        ) WITHOUT ROWID"""
    )
    connection.execute(
        """CREATE TABLE outlines (
            document_id INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
            sections BLOB NOT NULL,
            pages BLOB NOT NULL
        )"""
    )
    connection.execute(
        """CREATE TABLE headings (
            document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            path TEXT NOT NULL,              -- JSON
            PRIMARY KEY (document_id, number)
        ) WITHOUT ROWID"""
    )
    connection.execute(
        """CREATE TABLE passages (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL,
            start INTEGER NOT NULL,
            "end" INTEGER NOT NULL,
            page INTEGER,
            heading INTEGER NOT NULL
        )"""
    )
    connection.execute("CREATE UNIQUE INDEX passages_in_order ON passages (document_id, ordinal)")
    # What derived indexes must forget; a document's passages have consecutive ids.
    connection.execute(
        """CREATE TABLE removals (
            generation INTEGER NOT NULL,
            document_id INTEGER NOT NULL,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL,
            PRIMARY KEY (generation, document_id)
        ) WITHOUT ROWID"""
    )


def m002_vectors(connection: Connection) -> None:
    """Vectors of passages, by the embedder that made them."""
    connection.execute(
        """CREATE TABLE embedders (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            key TEXT NOT NULL UNIQUE,        -- JSON; the part of the identity that shapes vectors
            identity TEXT NOT NULL,          -- JSON
            settings TEXT NOT NULL,          -- JSON; how to open it again
            serving INTEGER NOT NULL,        -- 1 for the one that searches use
            weight REAL                      -- of the dense leg, where it was measured
        )"""
    )
    # Tells these records from all others in a vector server that several share.
    connection.execute("INSERT INTO state VALUES ('vectors', lower(hex(randomblob(16))))")
    # The id orders rows by arrival, so that a derived index asks for what came after its last.
    connection.execute(
        """CREATE TABLE vectors (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            embedder_id INTEGER NOT NULL REFERENCES embedders (id),
            passage_id INTEGER NOT NULL,
            document_id INTEGER NOT NULL,
            hash BLOB NOT NULL,              -- of the passage's text
            vector BLOB NOT NULL             -- float16, little-endian
        )"""
    )
    connection.execute(
        "CREATE UNIQUE INDEX vectors_of_passage ON vectors (passage_id, embedder_id)"
    )
    connection.execute("CREATE INDEX vectors_by_text ON vectors (hash, embedder_id)")
    # Vectors of removed passages wait here for the next embedding: an edited document keeps most.
    connection.execute(
        """CREATE TABLE spare_vectors (
            hash BLOB NOT NULL,
            embedder_id INTEGER NOT NULL,
            vector BLOB NOT NULL,
            PRIMARY KEY (hash, embedder_id)
        ) WITHOUT ROWID"""
    )
    connection.execute(
        """CREATE TRIGGER vectors_put_aside BEFORE DELETE ON passages BEGIN
            INSERT OR IGNORE INTO spare_vectors
                SELECT hash, embedder_id, vector FROM vectors WHERE passage_id = old.id;
            DELETE FROM vectors WHERE passage_id = old.id;
        END"""
    )


def m003_sessions(connection: Connection) -> None:
    """Kept conversations, and summaries that need not be made again."""
    connection.execute(
        """CREATE TABLE sessions (
            id TEXT PRIMARY KEY,
            title TEXT NOT NULL,
            created REAL NOT NULL,
            updated REAL NOT NULL,
            deleted REAL                     -- restorable until another is deleted
        ) WITHOUT ROWID"""
    )
    connection.execute(
        """CREATE TABLE turns (
            session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            question TEXT NOT NULL,
            answer BLOB NOT NULL,            -- JSON of docqa.types.Answer
            sources TEXT NOT NULL,           -- JSON: document -> SHA-256 when it was cited
            folded TEXT NOT NULL,            -- question and answer as searches see them
            asked REAL NOT NULL,
            PRIMARY KEY (session, number)
        )"""
    )
    connection.execute(
        "CREATE TABLE summaries (key BLOB PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID"
    )


def m004_readings(connection: Connection) -> None:
    """Computed prompts that are kept as files, and the documents they hold."""
    connection.execute(
        """CREATE TABLE readings (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            identity TEXT NOT NULL,          -- of the model and all that shapes its state
            label TEXT NOT NULL,
            count INTEGER NOT NULL,          -- of tokens
            tokens BLOB NOT NULL,            -- 32 bits each, little-endian
            file TEXT NOT NULL UNIQUE,
            bytes INTEGER NOT NULL,
            made REAL NOT NULL,
            used REAL NOT NULL
        )"""
    )
    connection.execute("CREATE INDEX readings_of_model ON readings (identity)")
    connection.execute(
        """CREATE TABLE reading_documents (
            reading_id INTEGER NOT NULL REFERENCES readings (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,         -- of the stretch in the prompt
            document_id INTEGER NOT NULL REFERENCES documents (id),
            start INTEGER NOT NULL,
            "end" INTEGER NOT NULL,
            PRIMARY KEY (reading_id, number)
        ) WITHOUT ROWID"""
    )
    # A document that goes takes its readings along; their files are swept up afterwards.
    connection.execute(
        """CREATE TRIGGER readings_of_gone_documents BEFORE DELETE ON documents BEGIN
            DELETE FROM readings WHERE id IN
                (SELECT reading_id FROM reading_documents WHERE document_id = old.id);
        END"""
    )


def m005_seals(connection: Connection) -> None:
    """A checksum of every row that is shown or decided by, written along with it."""
    connection.execute(
        """CREATE TABLE seals (
            kind TEXT NOT NULL,              -- the table
            key ANY NOT NULL,                -- what its row is known by
            seal INTEGER NOT NULL,
            PRIMARY KEY (kind, key)
        ) WITHOUT ROWID"""
    )
    for sealed in SEALED:
        sealed.begin(connection)


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (
    m001_catalogue,
    m002_vectors,
    m003_sessions,
    m004_readings,
    m005_seals,
)


def is_current(connection: Connection) -> bool:
    """Whether every step was taken."""
    return _apply_all(connection) >= {migration.__name__ for migration in MIGRATIONS}


def migrate(connection: Connection, library: str) -> None:
    """Bring the tables up to date; each step is taken whole or not at all."""
    applied = _apply_all(connection)
    names = [migration.__name__ for migration in MIGRATIONS]
    if unknown := applied.difference(names):
        raise StorageError("library.newer", name=library, step=min(unknown))
    for migration in MIGRATIONS:
        if migration.__name__ not in applied:
            _apply(connection, migration)


def _apply_all(connection: Connection) -> set[str]:
    exists = "SELECT 1 FROM sqlite_schema WHERE name = 'migrations'"
    if connection.execute(exists).fetchone() is None:
        return set()
    return {name for (name,) in connection.execute("SELECT name FROM migrations")}


def _apply(connection: Connection, migration: Callable[[Connection], None]) -> None:
    with changing(connection):
        # Looked at again: another process may have taken the step while we waited for the lock.
        if migration.__name__ in _apply_all(connection):
            return
        connection.execute(
            "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY) WITHOUT ROWID"
        )
        migration(connection)
        connection.execute("INSERT INTO migrations VALUES (?)", (migration.__name__,))
