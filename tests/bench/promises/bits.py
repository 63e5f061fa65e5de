"""Flips single bits in a library's files, one at a time, and looks whether it is noticed.

    python -m tests.bench.promises.bits --flips 400 [--seed 1]

A flip counts as passed when the check notices it, or when nothing that a reader sees has changed:
every row as stored, and every score of a search.
"""

import argparse
import random
import shutil
import sqlite3
import tempfile
from pathlib import Path

from docqa.errors import DocqaError
from docqa.stores.lexical.index import LexicalIndex
from docqa.stores.records.integrity import faults
from docqa.stores.records.library import RECORDS, Library
from docqa.stores.sessions import Sessions
from docqa.terms import NO_WORDS, cut
from docqa.types import Answer, AnswerStatus, EngineInfo, EngineKind
from ingest.splitting.split import split
from ingest.types import Extract

_DOCUMENTS = 40
_WEIGHTS = dict.fromkeys(cut("合同租金押金验收"), 1.0)
_ROWS = (
    "SELECT id, sha256, title, status, characters, passages, pages, facts FROM documents",
    "SELECT id, folder, name, shown, document_id FROM paths ORDER BY id",
    "SELECT * FROM texts ORDER BY document_id, piece",
    "SELECT * FROM headings ORDER BY document_id, number",
    "SELECT * FROM passages ORDER BY id",
    "SELECT id, title FROM sessions ORDER BY id",
    "SELECT session, number, question, answer, sources FROM turns ORDER BY session, number",
)


def make(folder: Path) -> None:
    """A library of documents, a session and an index."""
    with Library.open(folder, create=True) as library:
        for number in range(_DOCUMENTS):
            lines = (f"第{number}号合同第{n}条，租金{n}元，押金{number}元。\n" for n in range(60))
            extract = Extract("".join(lines), ())
            library.add_document(f"{number}.txt", extract, split(extract, 300))
        sessions = Sessions(library.connection)
        session = sessions.begin("租金多少？")
        for number in range(20):
            info = EngineInfo(EngineKind.QUOTES)
            text = f"第{number}次回答：租金三千元。"
            sessions.add_turn(session, Answer("租金多少？", text, AnswerStatus.ANSWERED, info))
        LexicalIndex.open(library).close()


def rows(folder: Path) -> object:
    """Every row that is shown, as bytes; None where SQLite cannot read them."""
    connection = sqlite3.connect(folder / RECORDS)
    connection.text_factory = bytes
    try:
        return [connection.execute(query).fetchall() for query in _ROWS]
    except sqlite3.DatabaseError:
        return None
    finally:
        connection.close()


def scores(library: Library) -> list[tuple[int, float]]:
    """What a search finds."""
    with LexicalIndex.open(library) as index:
        return index.search(_WEIGHTS, 50)


def is_passed(folder: Path, file: Path, expected: tuple[object, object]) -> tuple[bool, str]:
    """Whether the damage to a file is noticed or harmless, and which."""
    try:
        with Library.open(folder) as library:
            if faults(library) or LexicalIndex(library, NO_WORDS, None).faults():
                noticed = True
            else:
                noticed = False
            found = scores(library)
    except DocqaError:
        return True, "noticed"
    if file.name != RECORDS:
        # An index is mended by the search itself: what counts is what it finds.
        return found == expected[1], "noticed" if noticed else "harmless"
    return noticed or rows(folder) == expected[0], "noticed" if noticed else "harmless"


def main() -> None:
    """Print a line for each kind of file, then the sum."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flips", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    counts: dict[str, dict[str, int]] = {}
    with tempfile.TemporaryDirectory(prefix="docqa-bits-") as name:
        base, folder = Path(name) / "base", Path(name) / "library"
        make(base)
        shutil.copytree(base, folder)
        with Library.open(folder) as library:
            expected = rows(folder), scores(library)
        for flip in range(options.flips):
            shutil.rmtree(folder)
            shutil.copytree(base, folder)
            files = [f for f in folder.rglob("*") if f.is_file() and f.stat().st_size]
            files = [f for f in files if f.suffix != ".lock" and f.name != "reserve"]
            records = folder / RECORDS
            # Half of the flips in the records, the others all over the index.
            file = records if flip % 2 else chance.choice([f for f in files if f != records])
            content = bytearray(file.read_bytes())
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            file.write_bytes(content)
            passed, how = is_passed(folder, file, expected)
            kind = file.name if file.suffix in (".json", ".sqlite") else file.suffix
            row = counts.setdefault(kind, {})
            how = how if passed else "MISSED"
            row[how] = row.get(how, 0) + 1
    for kind, row in sorted(counts.items()):
        print(kind, *(f"{how} {count}" for how, count in sorted(row.items())))
    missed = sum(row.get("MISSED", 0) for row in counts.values())
    print(f"in all: {options.flips} flips, {options.flips - missed} noticed or harmless")
    raise SystemExit(bool(missed))


if __name__ == "__main__":
    main()
