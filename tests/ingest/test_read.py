import os
import sys
from pathlib import Path

import pytest

from ingest import ocr
from ingest.errors import FileUnreadable, TooLarge
from ingest.formats import reason_to_skip
from ingest.read import read_file
from ingest.types import ReadOptions
from tests.support.reading import read


def test_a_file_is_read_from_disk(tmp_path):
    path = tmp_path / "说明.txt"
    path.write_text("第一章 总则\n正文。", encoding="gb18030")
    extract = read_file(path, ReadOptions())
    assert extract.text == "第一章 总则\n\n正文。"
    assert extract.encoding is not None and extract.encoding.name == "gb18030"


@pytest.mark.parametrize("name", ["a.txt", "a.pdf", "a.docx", "a.html", "a.unknown"])
def test_an_empty_file_is_an_error(tmp_path, name):
    path = tmp_path / name
    path.touch()
    with pytest.raises(FileUnreadable, match="empty"):
        read_file(path, ReadOptions())


@pytest.mark.parametrize(
    "name", ["a.txt", "a.md", "a.html", "a.csv", "a.json", "a.srt", "a.xml", "a.py"]
)
def test_white_space_is_no_text(name):
    with pytest.raises(FileUnreadable, match="no_text"):
        read(name, " \n\t\u3000\n ")


def test_a_pipe_is_refused_without_waiting(tmp_path):
    path = tmp_path / "pipe.txt"
    os.mkfifo(path)
    with pytest.raises(FileUnreadable, match="not_a_file"):
        read_file(path, ReadOptions())
    assert reason_to_skip(tmp_path / "pipe.unknown")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(FileUnreadable, match="not_a_file"):
        read_file(tmp_path, ReadOptions())


def test_a_file_that_vanished_says_so(tmp_path):
    with pytest.raises(FileUnreadable, match="vanished"):
        read_file(tmp_path / "gone.txt", ReadOptions())


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_says_so(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("甲", encoding="utf-8")
    path.chmod(0)
    with pytest.raises(FileUnreadable, match="no_permission"):
        read_file(path, ReadOptions())


def test_a_link_that_leads_to_itself_is_an_error(tmp_path):
    path = tmp_path / "loop.txt"
    path.symlink_to(path)
    with pytest.raises(FileUnreadable, match="link_loop"):
        read_file(path, ReadOptions())


def test_a_file_above_the_limit_is_not_read(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 2000)
    with pytest.raises(TooLarge, match="too_large") as refused:
        read_file(path, ReadOptions(max_bytes=1000))
    assert refused.value.facts == {"size": 2000, "limit": 1000}


def test_too_much_text_is_refused():
    with pytest.raises(TooLarge, match="too_much_text"):
        read("a.txt", "甲" * 200, max_characters=100)


def test_unknown_suffixes_are_read_where_they_hold_text():
    assert read("README", "说明文字").text == "说明文字"
    with pytest.raises(FileUnreadable, match="unsupported"):
        read("a.blob", b"\0\1\2\3" * 100)


@pytest.mark.parametrize("name", ["a.xls", "a.doc", "a.ppt", "a.docx"])
def test_an_office_file_cut_before_its_list_of_streams_is_damaged(name):
    with pytest.raises(FileUnreadable, match="damaged"):
        read(name, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
    with pytest.raises(FileUnreadable, match="unsupported"):
        read("a.msi2", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))


def test_text_named_as_pdf_is_read_and_noted():
    extract = read("a.pdf", "其实只是文本。")
    assert (extract.text, extract.notes) == ("其实只是文本。", ("wrong_suffix",))


def test_what_a_folder_scan_takes(tmp_path):
    for name, data in {
        "a.docx": b"", "b.图纸": b"\0\1\2", "c.说明": "文字".encode("gbk"),
        "d.doc": b"", "e.bin": b"PK\3\4aaaa", "f.附件": b"%PDF-1.7\n\0\1",
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(data)
    taken = {path.name for path in tmp_path.iterdir() if not reason_to_skip(path)}
    assert taken == {"a.docx", "c.说明", "d.doc", "f.附件"}


def test_images_are_left_out_by_name_where_nothing_can_read_them(monkeypatch):
    monkeypatch.setattr(ocr, "engine", lambda: None)
    assert reason_to_skip(Path("扫描.PNG")) == "skipped_image"
    monkeypatch.setattr(ocr, "engine", lambda: "tesseract")
    assert reason_to_skip(Path("扫描.PNG")) is None
