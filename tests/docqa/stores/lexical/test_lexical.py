import contextlib
import json
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from docqa.stores.lexical.index import LexicalIndex
from docqa.stores.records.library import Library
from docqa.terms import NO_WORDS, Words, cut
from ingest.splitting.split import split
from ingest.types import Extract


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "库", create=True) as opened:
        yield opened


def add(library: Library, name: str, text: str) -> int:
    extract = Extract(text, ())
    return library.add_document(name, extract, split(extract, 300))


def found(index: LexicalIndex, query: str, allowed=None) -> list[int]:
    hits = index.search(dict.fromkeys(cut(query), 1.0), 10, allowed)
    return [number for number, _ in hits]


def documents(library: Library, numbers: list[int]) -> list[str]:
    return [passage.document for passage in library.passages(numbers)]


def test_finds_across_scripts_and_writings(library):
    add(library, "a.txt", "臺灣的第三條規定，二〇二四年施行。")
    add(library, "b.txt", "香港的天气。")
    with LexicalIndex.open(library) as index:
        for query in ("台湾规定", "第3条", "2024年"):
            assert documents(library, found(index, query)) == ["a.txt"]


def test_sees_what_is_added_and_removed_afterwards(library):
    first = add(library, "a.txt", "报销制度。")
    with LexicalIndex.open(library) as index:
        add(library, "b.txt", "报销流程。")
        index.refresh()
        assert sorted(documents(library, found(index, "报销"))) == ["a.txt", "b.txt"]
        place = library.places(first)[0]
        folder, _, name = place.rpartition("/")
        library.writer.forget(folder, name)
        index.refresh()
        assert documents(library, found(index, "报销")) == ["b.txt"]
        assert index.document_frequency("报销") <= 2


def test_only_allowed_documents_are_ranked(library):
    numbers = [add(library, f"{n}.txt", f"报销规定第{n}号。") for n in range(20)]
    with LexicalIndex.open(library) as index:
        assert documents(library, found(index, "报销", frozenset(numbers[7:8]))) == ["7.txt"]
        assert found(index, "报销", frozenset()) == []


@pytest.mark.parametrize("damage", ["state", "folder", "meta", "segment", "garbage"])
def test_a_missing_or_damaged_index_is_built_anew(library, damage):
    add(library, "a.txt", "报销制度。")
    LexicalIndex.open(library).close()
    root = library.path / "lexical"
    folder = root / json.loads((root / "state.json").read_text())["folder"]
    if damage == "state":
        (root / "state.json").write_text("{")
    elif damage == "folder":
        shutil.rmtree(folder)
    elif damage == "meta":
        (folder / "meta.json").write_text("no")
    else:
        for part in folder.iterdir():
            if part.suffix in (".term", ".idx", ".store", ".fast"):
                # A new file: the old one may be mapped still, and cutting it would end us.
                part.unlink()
                if damage == "garbage":
                    part.write_bytes(b"\0" * 10)
    told = []
    with LexicalIndex.open(library, report=told.append) as index:
        assert documents(library, found(index, "报销")) == ["a.txt"]
    if damage != "state":
        assert [progress.message for progress in told] == ["search.index_damaged"]


def test_other_words_of_the_user_build_it_anew(library):
    add(library, "a.txt", "他研究知识图谱。")
    with LexicalIndex.open(library) as index:
        assert not index.document_frequency("知识图谱")
    with LexicalIndex.open(library, Words(["知识图谱"])) as index:
        assert index.document_frequency("知识图谱") == 1


def test_passages_of_a_killed_run_are_not_doubled(library):
    add(library, "a.txt", "报销制度。")
    LexicalIndex.open(library).close()
    state = library.path / "lexical" / "state.json"
    old = state.read_text()
    add(library, "b.txt", "报销流程。")
    LexicalIndex.open(library).close()
    state.write_text(old)  # as if killed between the index's commit and the note of it
    with LexicalIndex.open(library) as index:
        assert index.size == 2
        assert len(found(index, "报销")) == 2


def test_a_stopped_run_keeps_what_it_had_indexed(library):
    extract = Extract("".join(f"第{number}条规定如下。" for number in range(1, 6001)), ())
    passages = split(extract, 10)
    library.add_document("条例.txt", extract, passages)

    class Stopped(Exception):
        pass

    looks = []

    def stopping():
        looks.append(1)
        if len(looks) > 28:
            raise Stopped
        return True

    with contextlib.suppress(Stopped):
        LexicalIndex(library, Words(), None).catch_up(stopping)
    added = LexicalIndex(library, Words(), None).catch_up()
    assert 0 < added <= len(passages) - 5000
    with LexicalIndex.open(library) as index:
        assert index.size == len(passages)
        assert len(found(index, "第1条")) == len(found(index, "第6000条")) == 10
        assert index.document_frequency("6000") == index.document_frequency("17") == 1


def in_another_process(library, program):
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), str(library.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def assert_the_rest_is_found_once_it_goes_on(library, other):
    """What was indexed before serves meanwhile, what came since is found afterwards."""
    add(library, "b.txt", "报销流程。")
    with LexicalIndex.open(library) as index:
        assert documents(library, found(index, "报销")) == ["a.txt"]
        other.communicate("\n")
        index.refresh()
        assert len(found(index, "报销")) == 2


def test_a_reader_serves_while_another_process_writes(library):
    add(library, "a.txt", "报销制度。")
    LexicalIndex.open(library).close()
    program = """
        import sys
        from pathlib import Path
        from docqa.stores.records.library import Library
        from docqa.stores.lexical.index import LexicalIndex
        from docqa.stores.records.lock import write_lock
        with Library.open(Path(sys.argv[1])) as library:
            with write_lock(library.path / "lexical"):
                print("held", flush=True)
                sys.stdin.readline()
    """
    with in_another_process(library, program) as other:
        assert other.stdout.readline() == "held\n"
        assert_the_rest_is_found_once_it_goes_on(library, other)


def test_a_first_index_that_another_process_makes_is_waited_for(library):
    for number in range(2000):
        add(library, f"{number}.txt", f"报销制度第{number}条。")
    # It stands still in the middle until it is told to go on.
    program = """
        import sys
        from pathlib import Path
        from docqa.stores.lexical import index, update
        from docqa.stores.records.library import Library
        make, count = update.index_documents, 0
        def slowly(passages, words):
            global count
            count += 1
            if count == 3:
                print("in the middle", flush=True)
                sys.stdin.readline()
            yield from make(passages, words)
        update.index_documents = slowly
        with Library.open(Path(sys.argv[1])) as library:
            index.LexicalIndex.open(library).close()
    """
    told = []
    with in_another_process(library, program) as other:
        assert other.stdout.readline() == "in the middle\n"

        def let_go(progress):
            told.append(progress.message)
            other.stdin.write("\n")
            other.stdin.flush()

        with LexicalIndex.open(library, report=let_go) as index:
            assert index.size == 2000 and len(found(index, "1999")) == 1
        assert other.wait() == 0
    assert told == ["search.indexing"]


def test_what_an_ingest_has_read_so_far_is_found_while_it_goes_on(library):
    program = """
        import sys
        from pathlib import Path
        from docqa.stores.lexical.index import LexicalIndex
        from docqa.stores.records.library import Library
        from docqa.terms import NO_WORDS
        with Library.open(Path(sys.argv[1])) as library:
            looked = 0
            def going_on():
                global looked
                looked += 1
                if looked == 20:
                    print("waits for more", flush=True)
                    sys.stdin.readline()
                return looked < 20
            LexicalIndex(library, NO_WORDS, None).catch_up(going_on)
    """
    add(library, "a.txt", "报销制度。")
    with in_another_process(library, program) as other:
        assert other.stdout.readline() == "waits for more\n"
        assert_the_rest_is_found_once_it_goes_on(library, other)


@pytest.mark.parametrize("how", ["made anew", "put back from a copy"])
def test_an_index_of_other_records_is_not_used(tmp_path, how):
    folder = tmp_path / "库"
    with Library.open(folder, create=True) as library:
        add(library, "a.txt", "报销制度。")
    copy = (folder / "library.sqlite").read_bytes()
    with Library.open(folder) as library:
        add(library, "b.txt", "报销流程。")
        LexicalIndex.open(library).close()
    (folder / "library.sqlite").unlink()
    if how == "put back from a copy":
        (folder / "library.sqlite").write_bytes(copy)
    with Library.open(folder, create=True) as library:
        if how == "made anew":
            add(library, "c.txt", "请假制度。")
            add(library, "d.txt", "请假流程。")
        with LexicalIndex.open(library) as index:
            expected = ["a.txt"] if how == "put back from a copy" else []
            assert documents(library, found(index, "报销")) == expected


def index_folder(library):
    root = library.path / "lexical"
    return root / json.loads((root / "state.json").read_text())["folder"]


@pytest.fixture
def indexed(library):
    """A library whose index is there, with what it finds."""
    for number in range(30):
        add(library, f"{number}.txt", f"报销制度第{number}条，" + "须附发票。" * (number % 7))
    with LexicalIndex.open(library) as index:
        return library, index.search(dict.fromkeys(cut("报销发票"), 1.0), 10)


@pytest.mark.parametrize("ending", [".pos", ".fast", ".fieldnorm", ".idx", ".term", ".store"])
@pytest.mark.parametrize("damage", ["delete", "cut", "flip", "zero"])
def test_a_damaged_file_is_noticed_told_and_mended(indexed, ending, damage):
    library, before = indexed
    for file in index_folder(library).glob(f"*{ending}"):
        content = bytearray(file.read_bytes())
        if damage == "flip":
            content[0] ^= 4
        elif damage == "zero":
            content[: len(content) // 2] = bytes(len(content) // 2)
            content[0] ^= 1
        # A new file: tantivy's threads may still read the old one, and cutting it would end us.
        file.unlink()
        if damage != "delete":
            file.write_bytes(content[:7] if damage == "cut" else content)
    assert LexicalIndex(library, NO_WORDS, None).faults()
    told = []
    with LexicalIndex.open(library, report=told.append) as index:
        assert index.search(dict.fromkeys(cut("报销发票"), 1.0), 10) == before
        assert index.faults() == []
    assert "search.index_damaged" in [progress.message for progress in told]


@pytest.mark.parametrize("name", ["state.json", "meta.json"])
def test_every_flip_in_the_small_files_is_harmless_or_mended(indexed, name):
    library, before = indexed
    file = library.path / "lexical" / name
    file = file if file.exists() else index_folder(library) / name
    content = file.read_bytes()
    for at in range(0, len(content), 29):
        file = library.path / "lexical" / name
        file = file if file.exists() else index_folder(library) / name
        flipped = bytearray(file.read_bytes())
        flipped[at % len(flipped)] ^= 2
        file.unlink()
        file.write_bytes(flipped)
        with LexicalIndex.open(library) as index:
            assert index.search(dict.fromkeys(cut("报销发票"), 1.0), 10) == before


def test_after_removals_scores_are_those_of_a_fresh_index(indexed):
    library, _ = indexed
    library.remove(["1*.txt"])
    weights = dict.fromkeys(cut("报销发票"), 1.0)
    with LexicalIndex.open(library) as index:
        found = index.search(weights, 30)
        index.rebuild()
        assert index.search(weights, 30) == found


def test_a_read_only_index_is_searched_where_links_are_refused(library, monkeypatch):
    number = add(library, "一.txt", "报销须附发票。")
    LexicalIndex.open(library).close()

    def refuse(*_):
        raise OSError("a privilege is missing")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    monkeypatch.setattr(Library, "read_only", True)
    with LexicalIndex.open(library) as index:
        hits = found(index, "发票")
    assert [passage.document_id for passage in library.passages(hits)] == [number]
