"""A flipped bit in what is shown or decided by is noticed; emptied records are damage."""

import random
import sqlite3

import pytest

from docqa.errors import DocqaError, LibraryDamaged
from docqa.stores.lexical.index import LexicalIndex
from docqa.stores.records.integrity import faults
from docqa.stores.records.library import RECORDS, Library
from docqa.stores.records.seals import SEALED
from docqa.stores.sessions import Sessions
from docqa.types import Answer, AnswerStatus, EngineInfo, EngineKind
from ingest.splitting.split import split
from ingest.types import Extract

SHOWN = {
    "documents": "SELECT id, sha256, title, status, characters, passages, facts FROM documents",
    "paths": "SELECT id, folder, name, shown, document_id FROM paths ORDER BY id",
    "texts": "SELECT * FROM texts ORDER BY document_id, piece",
    "headings": "SELECT * FROM headings ORDER BY document_id, number",
    "passages": 'SELECT id, document_id, ordinal, start, "end", page FROM passages ORDER BY id',
    "sessions": "SELECT id, title FROM sessions ORDER BY id",
    "turns": "SELECT session, number, question, answer FROM turns ORDER BY number",
}


@pytest.fixture
def library(tmp_path):
    """The folder of a closed library with two documents and a session."""
    folder = tmp_path / "库"
    with Library.open(folder, create=True) as opened:
        for name, text in (("租约.txt", "租金每月三千元。"), ("差旅.txt", "住宿每晚五百元。")):
            extract = Extract(text * 90, ())
            opened.add_document(name, extract, split(extract, 300))
        sessions = Sessions(opened.connection)
        sessions.add_turn(sessions.begin("租金多少？"), answer("租金每月三千元。"))
    return folder


def answer(text):
    info = EngineInfo(EngineKind.QUOTES)
    return Answer(question="租金多少？", text=text, status=AnswerStatus.ANSWERED, engine=info)


def shown(folder):
    """Everything a reader could see, in bytes; None where it cannot be read at all."""
    try:
        with sqlite3.connect(folder / RECORDS) as connection:
            connection.text_factory = bytes
            return {name: connection.execute(query).fetchall() for name, query in SHOWN.items()}
    except sqlite3.DatabaseError:
        return None
    finally:
        connection.close()


def found_faults(folder):
    try:
        with Library.open(folder) as opened:
            return faults(opened)
    except DocqaError as error:
        return [str(error)]


def test_a_sound_library_has_no_faults(library):
    assert found_faults(library) == []


def test_every_table_that_is_shown_is_sealed(library):
    with Library.open(library) as opened:
        tables = {
            name
            for (name,) in opened.connection.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            )
        }
    # Counters, steps taken, and what is made anew or thrown away when it is wrong.
    others = {"state", "migrations", "seals", "removals", "spare_vectors"}
    others |= {"readings", "reading_documents"}
    assert tables - others == {sealed.table for sealed in SEALED}


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("texts", "text = replace(text, '三千', '五千')"),
        ("passages", "start = start + 1"),
        ("documents", "title = 'x'"),
        ("paths", "shown = shown || 'x'"),
        ("sessions", "title = 'x'"),
        ("turns", "answer = CAST(replace(CAST(answer AS TEXT), '三千', '五千') AS BLOB)"),
        ("turns", "number = number + 1"),
    ],
)
def test_a_changed_row_is_named(library, table, change):
    with Library.open(library) as opened:
        for trigger in ("insert", "update", "delete"):
            opened.connection.execute(f"DROP TRIGGER IF EXISTS seal_{table}_{trigger}")
        opened.connection.execute(f"UPDATE {table} SET {change}")
    (fault, *_) = found_faults(library)
    assert fault[0] == "library.fault_seal"
    assert fault[1].startswith(table)


def test_a_lost_row_is_named(library):
    with Library.open(library) as opened:
        opened.connection.execute("DROP TRIGGER seal_turns_delete")
        opened.connection.execute("DELETE FROM turns")
    assert found_faults(library)[0][0] == "library.fault_seal"


def test_what_is_removed_or_changed_as_intended_is_no_fault(library):
    with Library.open(library) as opened:
        opened.remove(["租约.txt"])
        sessions = Sessions(opened.connection)
        sessions.rename(sessions.last().id, "别的标题")
        extract = Extract("新的内容。", ())
        opened.add_document("差旅.txt", extract, split(extract, 300))
        assert faults(opened) == []


@pytest.mark.parametrize("seed", range(24))
def test_a_flipped_bit_is_noticed_or_changes_nothing(library, seed):
    file = library / RECORDS
    before, content = shown(library), bytearray(file.read_bytes())
    chance = random.Random(seed)
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    file.write_bytes(content)
    assert found_faults(library) or shown(library) == before


def test_emptied_records_beside_their_index_are_damage(library):
    with Library.open(library) as opened:
        LexicalIndex.open(opened).close()
    (library / RECORDS).write_bytes(b"")
    for create in (False, True):
        with pytest.raises(LibraryDamaged):
            Library.open(library, create=create)


def test_a_turn_that_cannot_be_read_costs_itself_alone(library):
    with Library.open(library) as opened:
        sessions = Sessions(opened.connection)
        session = sessions.last().id
        sessions.add_turn(session, answer("第二次回答。"))
        opened.connection.execute("UPDATE turns SET answer = x'7b22' WHERE number = 1")
        assert [turn.number for turn in sessions.turns(session)] == [2]
        assert sessions.unreadable(session) == [1]
        assert sessions.list_all()[0].turns == 2


def test_a_vector_is_sealed(library):
    with Library.open(library) as opened:
        connection = opened.connection
        connection.execute(
            "INSERT INTO embedders (key, identity, settings, serving) VALUES ('k', 'i', 's', 1)"
        )
        connection.execute(
            "INSERT INTO vectors (embedder_id, passage_id, document_id, hash, vector)"
            " VALUES (1, 1, 1, x'00', x'0102')"
        )
        assert faults(opened) == []
        connection.execute("DROP TRIGGER seal_vectors_update")
        connection.execute("UPDATE vectors SET vector = x'0103'")
        assert faults(opened) == [("library.fault_seal", "vectors 1")]
