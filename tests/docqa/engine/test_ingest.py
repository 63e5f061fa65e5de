"""Ingest as people know it: again and again over files that come, change, move and go."""

import os
import shutil
import sqlite3
import threading

import pytest

from docqa.errors import LibraryLocked, UsageError
from docqa.stores.records.integrity import faults
from docqa.stores.records.library import Library
from ingest.types import FileStatus
from tests.support.ingesting import content, indexed, ingest


@pytest.fixture
def docs(tmp_path):
    folder = tmp_path / "文档"
    for name, text in {
        "请假.md": "# 请假制度\n\n员工请年假须提前三天申请。\n",
        "报销/差旅.txt": "出差住宿标准为每晚四百元。",
        "報銷/交通.txt": "乘坐地鐵憑票報銷。",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def library(tmp_path):
    return tmp_path / "库"


def edit(path, text):
    """Write a file anew, later than it was, however coarse the clock of the file system is."""
    path.write_text(text, encoding="utf-8")
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 10_000_000))


def test_files_become_documents_and_are_found(docs, library):
    reports, tally = ingest(library, docs)
    assert {name: report.status for name, report in reports.items()} == {
        "请假.md": FileStatus.ADDED,
        "差旅.txt": FileStatus.ADDED,
        "交通.txt": FileStatus.ADDED,
    }
    assert (tally.added, tally.passages) == (3, 3)
    assert indexed(library, "住宿标准") == {f"{docs.name}/报销/差旅.txt"}
    documents, _ = content(library)
    assert documents[f"{docs.name}/请假.md"][4] == "请假制度\n\n员工请年假须提前三天申请。"


def test_unchanged_files_are_not_opened(docs, library, monkeypatch):
    ingest(library, docs)
    from ingest.running.pool import Pool

    monkeypatch.setattr(Pool, "give", lambda *_: pytest.fail("a worker was asked"))
    reports, tally = ingest(library, docs)
    assert (tally.unchanged, tally.added, tally.updated) == (3, 0, 0)
    assert reports["请假.md"].encoding == "utf-8"
    assert reports["请假.md"].passages == 1


def test_an_unchanged_run_changes_nothing(docs, library):
    ingest(library, docs)
    with Library.open(library) as kept:
        before = kept.generation
        ingest(library, docs)
        assert kept.generation == before


def test_an_edited_file_replaces_its_passages(docs, library):
    ingest(library, docs)
    edit(docs / "报销/差旅.txt", "出差住宿标准改为每晚五百元。")
    reports, tally = ingest(library, docs)
    assert reports["差旅.txt"].status is FileStatus.UPDATED
    assert (tally.updated, tally.unchanged) == (1, 2)
    assert indexed(library, "四百") == set()
    assert indexed(library, "五百元") == {f"{docs.name}/报销/差旅.txt"}


def test_a_touched_file_is_unchanged(docs, library):
    ingest(library, docs)
    os.utime(docs / "请假.md", (1, 1))
    reports, _ = ingest(library, docs)
    assert reports["请假.md"].status is FileStatus.UNCHANGED


def test_the_same_content_twice_is_kept_once(docs, library):
    (docs / "副本.txt").write_bytes((docs / "报销/差旅.txt").read_bytes())
    _, tally = ingest(library, docs)
    assert tally.added == 4
    with Library.open(library) as kept:
        assert kept.counts().documents == 3
        assert len(kept.documents(["副本.txt"])) == len(kept.documents(["差旅.txt"])) == 1


def test_a_moved_file_is_known_by_its_content(docs, library, monkeypatch):
    ingest(library, docs)
    (docs / "报销/差旅.txt").rename(docs / "报销/出差.txt")
    from docqa.stores.records.writer import Writer

    monkeypatch.setattr(Writer, "put", lambda *_: pytest.fail("it was read anew"))
    reports, _ = ingest(library, docs, prune=True)
    assert reports["出差.txt"].status is FileStatus.ADDED
    assert reports["差旅.txt"].status is FileStatus.REMOVED
    assert indexed(library, "住宿标准") == {f"{docs.name}/报销/出差.txt"}


@pytest.mark.parametrize("whole_folder", [False, True])
def test_what_is_removed_is_called_as_it_was_when_added(docs, library, whole_folder):
    added, _ = ingest(library, docs)
    (docs / "报销/差旅.txt").unlink()
    if whole_folder:
        shutil.rmtree(docs / "报销")
    removed = ingest(library, docs, prune=True)[0]["差旅.txt"]
    assert removed.status is FileStatus.REMOVED
    assert (removed.shown, removed.path) == (added["差旅.txt"].shown, docs / "报销/差旅.txt")


def test_what_is_gone_stays_until_it_is_pruned(docs, library):
    ingest(library, docs)
    (docs / "报销/差旅.txt").unlink()
    _, tally = ingest(library, docs)
    assert (tally.gone, tally.removed) == (1, 0)
    assert indexed(library, "住宿标准") == {f"{docs.name}/报销/差旅.txt"}
    _, tally = ingest(library, docs, prune=True)
    assert tally.removed == 1
    assert indexed(library, "住宿标准") == set()


def test_a_whole_folder_that_is_gone_is_pruned(docs, library):
    ingest(library, docs)
    (docs / "报销/差旅.txt").unlink()
    (docs / "报销").rmdir()
    _, tally = ingest(library, docs, prune=True)
    assert tally.removed == 1


def test_pruning_one_folder_leaves_others_alone(docs, library):
    ingest(library, docs)
    (docs / "请假.md").unlink()
    (docs / "报销/差旅.txt").unlink()
    _, tally = ingest(library, docs / "报销", prune=True)
    assert tally.removed == 1
    assert f"{docs.name}/请假.md" in content(library)[0]


def test_pruning_by_a_file_name_leaves_its_neighbours_alone(docs, library):
    ingest(library, docs)
    _, tally = ingest(library, docs / "请假.md", prune=True)
    assert (tally.unchanged, tally.removed) == (1, 0)


def test_removed_documents_are_in_no_index(docs, library):
    ingest(library, docs)
    with Library.open(library) as kept:
        kept.remove(["差旅.txt"])
        assert [p.text for p in kept.passages_after(0, 10) if "住宿" in p.text] == []
    assert indexed(library, "住宿标准") == set()


def test_a_file_that_becomes_unreadable_no_longer_answers(docs, library):
    ingest(library, docs)
    edit(docs / "报销/差旅.txt", "")
    reports, tally = ingest(library, docs)
    assert (reports["差旅.txt"].status, reports["差旅.txt"].reason) == (FileStatus.FAILED, "empty")
    assert tally.failed == 1
    assert indexed(library, "住宿标准") == set()


def test_a_failed_file_is_reported_again_without_being_read(docs, library, monkeypatch):
    (docs / "空.txt").touch()
    ingest(library, docs)
    from ingest.running.pool import Pool

    monkeypatch.setattr(Pool, "give", lambda *_: pytest.fail("a worker was asked"))
    reports, tally = ingest(library, docs)
    assert (tally.failed, reports["空.txt"].reason) == (1, "empty")


def test_a_failed_file_is_read_again_when_asked_or_changed(docs, library):
    (docs / "空.txt").touch()
    ingest(library, docs)
    assert ingest(library, docs, retry=True)[0]["空.txt"].status is FileStatus.FAILED
    edit(docs / "空.txt", "不空了。")
    assert ingest(library, docs)[0]["空.txt"].status is FileStatus.ADDED
    assert content(library)[1] == {}


def test_another_encoding_or_size_reads_anew(docs, library):
    (docs / "旧.txt").write_bytes("繁體中文的舊檔案，內容是關於請假的規定。".encode("big5"))
    ingest(library, docs / "旧.txt", encoding="gb18030")
    assert indexed(library, "请假的规定") == set()
    ingest(library, docs / "旧.txt", encoding="big5")
    assert indexed(library, "请假的规定") == {"旧.txt"}
    # What was asked for once holds until something else is.
    assert ingest(library, docs / "旧.txt")[1].unchanged == 1
    _, tally = ingest(library, docs / "旧.txt", encoding="big5", passage_characters=100)
    assert tally.updated == 1


def test_relative_and_absolute_paths_are_the_same_file(docs, library, monkeypatch):
    monkeypatch.chdir(docs.parent)
    ingest(library, "文档")
    _, tally = ingest(library, docs)
    assert tally.unchanged == 3
    assert "文档/请假.md" in content(library)[0]


def test_no_path_that_exists_is_a_wrong_use(library, tmp_path):
    with pytest.raises(UsageError, match="没有这个"):
        ingest(library, tmp_path / "没有这个")
    assert not library.exists()


def test_one_path_that_does_not_exist_fails_alone(docs, library):
    reports, tally = ingest(library, docs / "没有.txt", docs)
    assert (reports["没有.txt"].reason, tally.added, tally.failed) == ("vanished", 3, 1)


def test_two_ingests_at_once_the_second_is_told(docs, library):
    with (
        Library.open(library, create=True) as kept,
        kept.write_lock(),
        pytest.raises(LibraryLocked),
    ):
        ingest(library, docs)
    assert ingest(library, docs)[1].added == 3


def test_reading_goes_on_while_an_ingest_writes(docs, library):
    ingest(library, docs)
    for number in range(200):
        (docs / f"{number}.txt").write_text(f"第{number}号通知。" * 50, encoding="utf-8")
    counts, done = [], threading.Event()

    def ask():
        with Library.open(library) as kept:
            while not done.is_set():
                counts.append(kept.counts().documents)
                assert len(kept.passages_of(1)) == 1

    reader = threading.Thread(target=ask)
    reader.start()
    try:
        ingest(library, docs)
    finally:
        done.set()
        reader.join()
    assert counts == sorted(counts)
    assert content(library)[0].keys() >= {f"{docs.name}/{n}.txt" for n in range(200)}


def test_a_stopped_ingest_keeps_what_is_finished_and_goes_on_later(docs, library, monkeypatch):
    for number in range(300):
        (docs / f"{number}.txt").write_text(f"第{number}号通知。" * 50, encoding="utf-8")
    from docqa.stores.records.ingest_sink import Intake

    puts, put = [], Intake.put
    monkeypatch.setattr(Intake, "put", lambda *given: (puts.append(1), put(*given)))
    ingest(library, docs, cancelled=lambda: len(puts) >= 50)
    with Library.open(library) as kept:
        assert 0 < kept.counts().documents < 303
        assert faults(kept) == []
        kept_already = kept.counts().documents
    _, tally = ingest(library, docs)
    assert (tally.unchanged, tally.added) == (kept_already, 303 - kept_already)


def test_failing_records_lose_only_what_was_not_committed(docs, library):
    ingest(library, docs)
    (docs / "新.txt").write_text("新的通知。", encoding="utf-8")
    with Library.open(library) as kept:
        kept.connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON documents BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
        with pytest.raises(sqlite3.IntegrityError, match="full"):
            ingest(library, docs)
        kept.connection.execute("DROP TRIGGER full")
        assert faults(kept) == []
    assert ingest(library, docs)[1].added == 1
