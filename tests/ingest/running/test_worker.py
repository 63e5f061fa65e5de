"""One file in a worker: read and cut, or its reason; never an exception."""

import pytest

from ingest.running import worker
from ingest.running.worker_protocol import WorkOptions, work_file
from ingest.splitting.packed import unpack_pages
from ingest.types import ReadOptions

OPTIONS = WorkOptions(ReadOptions(), 300, 0)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "办法.md"
    path.write_text("# 总则\n\n本办法适用于全体员工。\n", encoding="utf-8")
    return path


def read(path, known=()):
    return worker.read(work_file(7, str(path), known), OPTIONS)


def test_a_file_is_read_and_cut(file):
    outcome = read(file)
    assert (outcome.number, outcome.reason) == (7, None)
    assert "全体员工" in outcome.document.text and outcome.document.passages
    assert unpack_pages(outcome.document.pages) is not None


def test_a_file_whose_content_is_known_is_not_read_again(file):
    digest = read(file).sha256
    again = read(file, [digest])
    assert again.document is None and again.sha256 == digest and not again.reason


@pytest.mark.parametrize(
    ("error", "reason"),
    [(MemoryError(), "memory_limit"), (ZeroDivisionError("坏"), "parser_failed")],
)
def test_whatever_goes_wrong_becomes_a_reason(file, monkeypatch, error, reason):
    def fail(_source):
        raise error

    monkeypatch.setattr(worker, "read_source", fail)
    assert read(file).reason == reason


def test_a_file_that_is_gone_has_a_reason(tmp_path):
    assert read(tmp_path / "fort.txt").reason


def test_outcomes_are_sent_together_until_they_are_large(file, monkeypatch):
    files = tuple(work_file(n, str(file), ()) for n in range(3))
    assert [len(ready) for ready in worker._together(files, OPTIONS)] == [3]
    monkeypatch.setattr(worker, "_TOGETHER_BYTES", 1)
    assert [len(ready) for ready in worker._together(files, OPTIONS)] == [1, 1, 1, 0]
