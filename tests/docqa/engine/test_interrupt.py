"""A run that is stopped keeps what is finished, at whatever it was, and the next one goes on."""

import shutil
import time

import pytest

from docqa.engine.ingest import Ingestion, IngestRequest
from docqa.settings import Settings
from docqa.stores.records.library import Library
from tests.support.ingesting import indexed, ingest

COUNT = 300


@pytest.fixture
def docs(tmp_path):
    folder = tmp_path / "文档"
    folder.mkdir()
    for number in range(COUNT):
        (folder / f"{number}.txt").write_text(f"第{number}号通知。" * 200, encoding="utf-8")
    return folder


@pytest.fixture
def library(tmp_path):
    return tmp_path / "库"


def test_stopped_while_an_index_catches_up(docs, library):
    # So much that nobody could index it while the run takes its one look at whether to stop.
    (docs / "长.txt").write_text("长篇的通知共有好多句。" * 200_000, encoding="utf-8")
    ingest(library, docs)
    shutil.rmtree(library / "lexical")
    stopped = []
    work = Ingestion(library, Settings(), IngestRequest((docs,)), lambda: bool(stopped))
    for step in work:
        stopped += [step] * (step.message == "ingest.indexing")
    assert work.interrupted
    assert work.tally.unchanged == COUNT + 1
    state = library / "lexical" / "state.json"
    assert not state.exists()
    # It goes on beside whatever comes next, and is whole again once it was given the time.
    while not state.exists():
        time.sleep(0.05)
    for number in (0, COUNT - 1):
        assert indexed(library, str(number)) == {f"{docs.name}/{number}.txt"}


def test_stopped_while_files_are_counted(docs, library):
    request = IngestRequest((docs,), count=True)
    work = Ingestion(library, Settings(), request, lambda: True)
    assert (list(work), work.interrupted, work.total) == ([], True, None)


def test_stopped_while_files_that_are_gone_are_dropped(docs, library):
    ingest(library, docs)
    for path in docs.iterdir():
        path.unlink()
    asked = []

    def after_ten():
        asked.append(1)
        return len(asked) > 10

    _, tally = ingest(library, docs, prune=True, cancelled=after_ten)
    assert 0 < tally.removed <= 10
    with Library.open(library) as kept:
        assert COUNT - 11 <= kept.counts().documents < COUNT
    assert ingest(library, docs, prune=True)[1].removed == COUNT - tally.removed - 1
