"""Files that break other programs: none stops a run or hangs it, each gets one clear line."""

import io
import os
import sys
import zipfile

import pytest

from docqa.reasons import words
from docqa.stores.records.library import Library
from ingest.types import FileStatus
from tests.support.ingesting import content, ingest

GOOD = "员工请年假须提前三天申请。"


@pytest.fixture
def docs(tmp_path):
    folder = tmp_path / "文档"
    folder.mkdir()
    (folder / "好.txt").write_text(GOOD, encoding="utf-8")
    return folder


@pytest.fixture
def library(tmp_path):
    return tmp_path / "库"


def zipped(**parts):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return packed.getvalue()


DECLARED_BOMB = zipped(word__document_xml=b"<a>" + b" " * 400_000_000)
LYING = zipped(word__document_xml=b"<a>" + b" " * 5_000_000)
# The archive's directory says that the part is small; its data unpack to something else.
ACTUAL_BOMB = LYING.replace((5_000_003).to_bytes(4, "little"), (9).to_bytes(4, "little"))
ENTITY = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10 if n else "哈" * 1000}">' for n in range(9))
XML_BOMB = f'<?xml version="1.0"?><!DOCTYPE a [{ENTITY}]><a>&x8;</a>'.encode()

BAD = {
    "空.txt": b"",
    "空.pdf": b"",
    "断.pdf": b"%PDF-1.7\n1 0 obj\n<<",
    "断.docx": zipped(word__document_xml=b"<a/>")[:60],
    "假.docx": b"\0\1\2\3" * 1000,
    "声明炸弹.docx": DECLARED_BOMB,
    "实际炸弹.docx": ACTUAL_BOMB,
    "实体炸弹.docx": zipped(word__document_xml=XML_BOMB, **{"[Content_Types]_xml": b"<a/>"}),
    "炸弹.epub": zipped(META_INF__container_xml=b"<a/>", big_xhtml=b" " * 400_000_000),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_fails_alone_with_a_reason(docs, library, name):
    (docs / name).write_bytes(BAD[name])
    reports, tally = ingest(library, docs)
    report = reports[name]
    assert report.status is FileStatus.FAILED
    reason = words(report.reason, report.facts)
    assert reason.endswith((".", ")", "?")) and "\n" not in reason
    assert report.reason not in ("parser_failed", "worker_crashed", "time_limit")
    assert (tally.added, tally.failed) == (1, 1)
    assert [info.reason for info in opened_failed(library)] == [report.reason]


def opened_failed(library):
    with Library.open(library) as kept:
        return kept.list_failed()


def test_a_huge_single_line_is_read_whole(docs, library):
    size = 3_000_000
    (docs / "一行.txt").write_text("甲" * size, encoding="utf-8")
    reports, _ = ingest(library, docs)
    assert reports["一行.txt"].status is FileStatus.ADDED
    with Library.open(library) as kept:
        (info,) = kept.documents(["一行.txt"])
        assert info.characters == size
        last = kept.passages_of(info.id, info.passages - 1)[0]
        assert last.end == size and set(last.text) == {"甲"}


def test_a_text_beyond_the_limit_is_refused(docs, library):
    (docs / "大.txt").write_bytes(b"a" * (2 << 20))
    reports, _ = ingest(library, docs, file_megabytes=1)
    assert reports["大.txt"].reason == "too_large"


def test_a_wrong_suffix_is_read_by_its_content(docs, library):
    (docs / "其实是文本.pdf").write_text(GOOD * 3, encoding="utf-8")
    (docs / "其实是网页.txt").write_text(
        f"<!DOCTYPE html><html><body><p>{GOOD}你好</p></body></html>", encoding="utf-8"
    )
    reports, tally = ingest(library, docs)
    assert tally.failed == 0
    assert "wrong_suffix" in reports["其实是文本.pdf"].facts["notes"]
    assert content(library)[0][f"{docs.name}/其实是网页.txt"][4] == f"{GOOD}你好"


def test_names_with_newlines_and_invalid_bytes_are_files_like_others(docs, library):
    names = [b"line\nbreak.txt", b"escape\x1b[31m.txt", b"\xff\xfe\xe4.txt"]
    paths = [docs / os.fsdecode(name) for name in names]
    for number, path in enumerate(paths):
        path.write_text(f"第{number}份说明，内容各不相同。", encoding="utf-8")
    _, tally = ingest(library, docs)
    assert tally.added == 4
    assert ingest(library, docs)[1].unchanged == 4
    with Library.open(library) as kept:
        (info,) = kept.documents([r"\xff\xfe\xe4.txt"])
        assert kept.places(info.id) == [str(paths[2])]
    for path in paths:
        path.unlink()
    assert ingest(library, docs, prune=True)[1].removed == 3


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read all")
def test_a_file_without_permission_keeps_what_was_known(docs, library):
    ingest(library, docs)
    (docs / "好.txt").chmod(0)
    os.utime(docs / "好.txt", (1, 1))
    reports, _ = ingest(library, docs)
    assert reports["好.txt"].reason == "no_permission"
    assert f"{docs.name}/好.txt" in content(library)[0]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_neither_hangs_nor_fails_a_run_but_fails_when_it_is_asked_for(docs, library):
    os.mkfifo(docs / "管道.txt")
    assert ingest(library, docs)[1].skipped["skipped_special"] == 1
    assert ingest(library, docs / "管道.txt")[0]["管道.txt"].reason == "not_a_file"


def test_a_file_that_vanishes_while_read_is_reported(docs, library, monkeypatch):
    (docs / "走.txt").write_text("马上就没有了。", encoding="utf-8")
    from ingest.running.pool import Pool

    give = Pool.give

    def give_late(pool, batch):
        (docs / "走.txt").unlink(missing_ok=True)
        give(pool, batch)

    monkeypatch.setattr(Pool, "give", give_late)
    reports, tally = ingest(library, docs)
    assert (reports["走.txt"].reason, tally.added, tally.failed) == ("vanished", 1, 1)


def test_files_that_are_no_documents_are_left_out(docs, library):
    (docs / "数据.xyz").write_bytes(bytes(range(256)) * 20)
    _, tally = ingest(library, docs)
    assert (tally.skipped["skipped_binary"], tally.failed) == (1, 0)
    assert ingest(library, docs / "数据.xyz")[1].failed == 1
