"""`docqa task` end to end: documents of a library, files, standard input; kept and written."""

import csv
import io
import json
import zipfile

import pytest

from docqa.cli import run
from docqa.stores.records.library import Library
from tests.support.small_library import fill

DOCUMENTS = {
    "收件/一.txt": "采购合同\n甲方：青石科技有限公司\n双方签订本合同。",
    "收件/二.txt": "电子发票\n购买方：=1+1\n发票金额300元。",
}


@pytest.fixture(autouse=True)
def library(home):
    with Library.open(home / "libraries" / "default", create=True) as opened:
        fill(opened, DOCUMENTS)


def test_documents_get_the_users_labels(capsys):
    assert run(["task", "classify", "--labels", "合同，发票", "收件/*", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    found = {row["document"]: row["findings"][0] for row in rows}
    assert found["收件/一.txt"]["value"] == "合同" and found["收件/二.txt"]["value"] == "发票"
    for name, one in found.items():
        citation = one["citation"]
        assert DOCUMENTS[name][citation["start"] : citation["end"]] == citation["quote"]


def test_lines_are_written_as_text(capsys, tmp_path):
    assert run(["task", "entities", "--csv"]) == 0
    lines = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert [*lines[-1][:4]] == ["收件/二.txt", "300元", "sum", "300 元"]
    assert run(["task", "keywords", "-o", str(tmp_path / "词.xlsx")]) == 0
    with zipfile.ZipFile(tmp_path / "词.xlsx") as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_a_file_is_worked_through_for_this_once(capsys, tmp_path, home):
    file = tmp_path / "信.txt"
    file.write_text("联系人：李明，电话13800138000。", encoding="utf-8")
    assert run(["task", "entities", "--file", str(file), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert [one["value"] for one in row["findings"]] == ["李明", "13800138000"]
    with Library.open(home / "libraries" / "default") as opened:
        assert len(opened.documents()) == 2


def test_finished_documents_are_kept_and_found_again(capsys, home):
    arguments = ["task", "keywords", "--json"]
    assert run(arguments) == 0
    first = capsys.readouterr().out
    (kept,) = (home / "libraries" / "default" / "rows").iterdir()
    state = kept.stat().st_mtime_ns
    assert run(arguments) == 0
    assert capsys.readouterr().out == first and kept.stat().st_mtime_ns == state


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        ["classify"],
        ["classify", "--labels", "合同"],
        ["classify", "--labels", "合同,合同"],
        ["similar"],
        ["follows", "--text", " "],
        ["follows", "--text", "@没有.txt"],
        ["keywords", "没有*"],
        ["keywords", "--xlsx"],
        ["keywords", "--file", "没有.txt"],
    ],
)
def test_bad_calls_say_why_in_one_line(arguments, capsys):
    assert run(["task", *arguments]) in (1, 2)
    assert capsys.readouterr().err.strip()
