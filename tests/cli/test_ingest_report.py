"""What an ingest says while it runs: names, pages, and a time left only where it can be told."""

import pytest

from docqa.cli.documents import ingest_report
from docqa.cli.documents.ingest_report import TextReport
from docqa.types import IngestStep, Progress
from ingest.running.pipeline import Tally
from ingest.types import FileReport, FileStatus


class Bar:
    """Stands where Rich's progress stands and keeps what it is given."""

    def update(self, _task, **given):
        self.given = given


def report_after(monkeypatch, files, seconds, left):
    monkeypatch.setattr(ingest_report.time, "monotonic", lambda: 100.0)
    report = TextReport()
    report._progress, report._bar = Bar(), 0
    tally = Tally(added=files, passages=9, at_work="文档/归档/手册.pdf")
    file = FileReport("文档/手册.pdf", FileStatus.ADDED, pages=251)
    report.step(IngestStep(files, 40, file, seconds_left=left), tally)
    monkeypatch.setattr(ingest_report.time, "monotonic", lambda: 100.0 + seconds)
    report.tick(tally)
    return report._progress.given["facts"]


@pytest.mark.parametrize(
    ("left", "told"), [(3, "5 s"), (47, "45 s"), (200, "3 min"), (7000, "1.9 h")]
)
def test_the_time_left_is_told_no_more_precisely_than_it_is_known(monkeypatch, left, told):
    facts = report_after(monkeypatch, 10, 20, left)
    assert facts.startswith("手册.pdf") and f"about {told} left" in facts
    assert "251 pages" in facts


@pytest.mark.parametrize(("files", "seconds"), [(1, 60), (10, 2)])
def test_a_guess_that_would_be_nonsense_is_not_made(monkeypatch, files, seconds):
    assert "left" not in report_after(monkeypatch, files, seconds, 2342)


def test_the_bar_says_how_much_is_embedded_and_how_long_it_will_take(monkeypatch):
    report = TextReport()
    report._progress, report._bar = Bar(), 0
    report.progress(Progress("dense.embedding_left", 128, 5115, {"minutes": 9}))
    given = report._progress.given
    assert (given["completed"], given["total"]) == (128, 5115)
    assert "about 9 min left" in given["facts"]


def test_files_that_are_passed_over_are_named_up_to_ten_of_a_kind(capsys):
    report = TextReport()
    for number in range(12):
        file = FileReport(f"文档/{number}.heic", FileStatus.SKIPPED, "skipped_binary")
        report.step(IngestStep(number, 12, file), Tally())
    report.step(
        IngestStep(12, 12, FileReport("a.zip", FileStatus.SKIPPED, "skipped_archive")), Tally()
    )
    report.end(Tally(), 1.0)
    told = capsys.readouterr().err
    assert "文档/9.heic" in told and "文档/10.heic" not in told
    assert "a.zip" in told and "2 more files" in told


def test_a_watch_names_what_changed(capsys):
    report = TextReport(watching=True)
    for name, status in (("新.md", FileStatus.ADDED), ("旧.md", FileStatus.REMOVED)):
        report.step(IngestStep(1, 2, FileReport(name, status)), Tally())
    assert capsys.readouterr().err.splitlines() == ["新.md: Added", "旧.md: Removed"]
