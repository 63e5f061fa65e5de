"""Cached prompts on disk: what is kept, what is matched, what goes, and what damage does."""

import os
import stat
import threading
from pathlib import Path

import pytest

from docqa import paths
from docqa.stores import prompt_cache as module
from docqa.stores.prompt_cache import CachedPrompts, CachedSpan
from docqa.stores.records.library import Library
from ingest.assemble import assemble
from ingest.splitting.split import split
from ingest.types import Block, Parsed

MODEL = "alpaca|16384|q8_0"
PROMPT = tuple(range(100, 200))


def add(library: Library, path: str, text: str) -> int:
    extract = assemble(Parsed(blocks=(Block(text=text),)))
    return library.add_document(path, extract, split(extract, 300, 0))


@pytest.fixture
def library():
    with Library.open(paths.library_dir("合同库"), create=True) as opened:
        yield opened


@pytest.fixture
def readings(library):
    with CachedPrompts(library.path, limit_gigabytes=1) as opened:
        yield opened


def writes(content: bytes):
    def save(path: Path) -> int:
        return path.write_bytes(content)

    return save


def test_the_reading_that_spares_most_is_matched(readings):
    readings.keep(MODEL, PROMPT[:10], "头", (), writes(b"head"))
    readings.keep(MODEL, (*PROMPT[:40], 7, 8), "甲", (), writes(b"forty"))
    readings.keep("other model", PROMPT, "乙", (), writes(b"all"))
    match = readings.match(MODEL, PROMPT)
    assert (match.reading.label, match.shared) == ("甲", 40)
    assert match.tokens == (*PROMPT[:40], 7, 8)
    assert readings.match("third model", PROMPT) is None
    assert readings.match(MODEL, (1, 2)) is None


def test_of_equal_readings_the_smaller_is_loaded(readings):
    readings.keep(MODEL, (*PROMPT[:10], 1), "大", (), writes(b"x" * 1000))
    readings.keep(MODEL, (*PROMPT[:10], 2), "小", (), writes(b"x"))
    assert readings.match(MODEL, PROMPT[:20]).reading.label == "小"


def test_a_longer_reading_takes_the_place_of_the_one_it_goes_on_from(readings, library):
    readings.keep(MODEL, PROMPT[:5], "头", (), writes(b"h"))
    readings.keep(MODEL, PROMPT[:60], "前半", (), writes(b"half"))
    readings.keep(MODEL, PROMPT, "全部", (), writes(b"whole"))
    assert {r.label for r in readings.list_all()} == {"头", "全部"}
    assert len(list((library.path / "readings").iterdir())) == 2


def test_a_removed_document_takes_its_readings_along(readings, library):
    first, second = add(library, "甲.txt", "租金每月三千元。"), add(library, "乙.txt", "押金两月。")
    readings.keep(MODEL, PROMPT, "甲", (CachedSpan(first, 0, 8),), writes(b"1"))
    kept = readings.keep(
        MODEL,
        PROMPT[:50] * 2,
        "甲乙",
        (CachedSpan(first, 0, 8), CachedSpan(second, 0, 3)),
        writes(b"2"),
    )
    alone = readings.keep(MODEL, PROMPT[::-1], "乙", (CachedSpan(second, 0, 3),), writes(b"3"))
    assert kept.spans == (CachedSpan(first, 0, 8), CachedSpan(second, 0, 3))
    library.connection.execute("DELETE FROM documents WHERE id = ?", (first,))
    readings.sweep()
    assert [r.label for r in readings.list_all()] == ["乙"]
    assert [f.name for f in (library.path / "readings").iterdir()] == [alone.file.name]


def test_a_reading_of_a_document_that_went_meanwhile_is_not_kept(readings, library):
    gone = add(library, "甲.txt", "租金每月三千元。")
    library.connection.execute("DELETE FROM documents WHERE id = ?", (gone,))
    assert readings.keep(MODEL, PROMPT, "甲", (CachedSpan(gone, 0, 1),), writes(b"1")) is None
    assert list((library.path / "readings").iterdir()) == []


def test_the_least_recently_used_go_first_in_all_libraries(readings):
    with Library.open(paths.library_dir("另一库"), create=True) as other:
        with CachedPrompts(other.path, limit_gigabytes=1) as elsewhere:
            oldest = elsewhere.keep(MODEL, PROMPT, "最旧", (), writes(b"x" * 600))
        old = readings.keep(MODEL, PROMPT, "旧", (), writes(b"x" * 600))
        new = readings.keep(MODEL, PROMPT[::-1], "新", (), writes(b"x" * 600))
        readings.mark_used(old)
        with CachedPrompts(other.path, limit_gigabytes=2e-6) as tight:
            tight.keep(MODEL, PROMPT[:7], "最新", (), writes(b"x" * 700))
            assert [r.label for r in tight.list_all()] == ["最新"]
    assert not oldest.file.exists()
    assert [r.label for r in readings.list_all()] == ["旧", "新"]
    assert new.file.exists()


def test_what_is_larger_than_the_limit_is_not_kept(library):
    with CachedPrompts(library.path, limit_gigabytes=1e-9) as readings:
        assert readings.keep(MODEL, PROMPT, "甲", (), writes(b"x" * 100)) is None
        assert list((library.path / "readings").iterdir()) == []


def test_a_full_disk_leaves_nothing_half_written(readings, library):
    def full(path: Path) -> int:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    assert readings.keep(MODEL, PROMPT, "甲", (), full) is None
    assert readings.keep(MODEL, PROMPT, "甲", (), lambda path: 0) is None
    assert list((library.path / "readings").iterdir()) == []
    assert readings.list_all() == []


def test_only_the_owner_can_read_them(readings, library):
    kept = readings.keep(MODEL, PROMPT, "甲", (), writes(b"1"))
    assert stat.S_IMODE(kept.file.stat().st_mode) == 0o600
    assert stat.S_IMODE((library.path / "readings").stat().st_mode) == 0o700


def test_dropping_frees_the_disk(readings, library):
    one = readings.keep(MODEL, PROMPT, "甲", (), writes(b"12345"))
    readings.keep(MODEL, PROMPT[::-1], "乙", (), writes(b"678"))
    assert readings.drop([one.id]) == 5
    assert readings.drop() == 3
    assert list((library.path / "readings").iterdir()) == []


def test_a_sweep_takes_orphans_and_dead_writers_parts_but_no_living_ones(readings, library):
    kept = readings.keep(MODEL, PROMPT, "甲", (), writes(b"1"))
    folder = library.path / "readings"
    (folder / "orphan.reading").write_bytes(b"1")
    (folder / "dead.part").write_bytes(b"1")
    (folder / "alive.part").write_bytes(b"1")
    os.utime(folder / "dead.part", (0, 0))
    readings.sweep()
    assert {f.name for f in folder.iterdir()} == {kept.file.name, "alive.part"}


def test_several_may_write_at_once(library):
    def work(number: int) -> None:
        with CachedPrompts(library.path, limit_gigabytes=1) as own:
            for i in range(10):
                own.keep(MODEL, (number, i, 1, 2, 3), f"{number}", (), writes(bytes([number])))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with CachedPrompts(library.path, limit_gigabytes=1) as readings:
        assert len(readings.list_all()) == 40
        assert all(r.file.stat().st_size == r.bytes for r in readings.list_all())


def test_the_disk_is_never_filled_beyond_a_tenth(library, monkeypatch):
    usage = module.shutil.disk_usage(library.path)
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _: usage._replace(free=1000))
    with CachedPrompts(library.path, limit_gigabytes=10) as readings:
        assert readings.room() == 100
        assert readings.keep(MODEL, PROMPT, "甲", (), writes(b"x" * 101)) is None
