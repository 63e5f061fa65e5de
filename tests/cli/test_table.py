"""`docqa table` end to end: values with their sources, kept rows, forms that run nothing."""

import csv
import io
import json
import zipfile

import pytest

from docqa.cli import run
from docqa.stores.records.library import Library
from tests.support.small_library import fill

CONTRACTS = {
    "合同/青石.txt": (
        "采购合同\n甲方：青石科技有限公司\n合同总价为人民币37,800元。\n本合同于2026年3月1日签订。"
    ),
    "合同/云岭.txt": (
        '采购合同\n甲方（采购方）：=HYPERLINK("http://x")\n双方商定总价为五万元。\n乙方不得转包。'
    ),
}
FIELDS = ("-f", "甲方", "-f", "总价=合同总价是多少元？", "-f", "签订=本合同哪天签订？")


@pytest.fixture(autouse=True)
def library(home):
    with Library.open(home / "libraries" / "default", create=True) as opened:
        fill(opened, CONTRACTS)


def test_every_value_has_its_source(capsys):
    assert run(["table", "合同/*", *FIELDS, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    cloud, stone = (row["cells"] for row in sorted(rows, key=lambda row: row["document"]))
    assert stone["总价"]["normal"] == "37800 元" and cloud["总价"]["normal"] == "50000 元"
    assert stone["签订"]["normal"] == "2026-03-01"
    assert cloud["签订"]["status"] == "not_found"
    text = CONTRACTS["合同/青石.txt"]
    for cell in stone.values():
        citation = cell["citation"]
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        assert cell["value"] in citation["quote"]


def test_only_documents_of_a_date_and_kind_get_a_row(home, capsys):
    with Library.open(home / "libraries" / "default") as opened:
        fill(opened, {"2023年租约.txt": "甲方：松月公司", "2024年租约.txt": "甲方：竹影公司"})
    limits = ["--since", "2024", "--until", "2024", "--kind", "txt"]
    assert run(["table", "*租约*", "-f", "甲方", "--json", *limits]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert row["document"] == "2024年租约.txt" and "竹影" in row["cells"]["甲方"]["value"]
    assert run(["table", "-f", "甲方", "--kind", "pdf"]) == 2
    assert run(["table", "*2023*", "-f", "甲方", "--since", "2024", "--until", "2024"]) == 2


def test_nothing_in_a_table_is_run_as_a_formula(capsys, tmp_path):
    assert run(["table", *FIELDS, "--csv"]) == 0
    cells = [cell for row in csv.reader(io.StringIO(capsys.readouterr().out)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    sheet = tmp_path / "表.xlsx"
    assert run(["table", *FIELDS, "-o", str(sheet)]) == 0
    with zipfile.ZipFile(sheet) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
        assert "青石科技有限公司" in book.read("xl/sharedStrings.xml").decode()
        assert "37,800" in book.read("xl/comments1.xml").decode()


def test_finished_rows_are_kept_until_the_document_changes(capsys, home):
    assert run(["table", *FIELDS, "--csv"]) == 0
    first = capsys.readouterr().out
    (kept,) = (home / "libraries" / "default" / "rows").iterdir()
    lines = kept.read_text(encoding="utf-8").splitlines()
    kept.write_text(f"{lines[0]}\n{lines[1][:20]}", encoding="utf-8")
    assert run(["table", *FIELDS, "--csv"]) == 0
    assert capsys.readouterr().out == first
    with Library.open(home / "libraries" / "default") as opened:
        changed = CONTRACTS["合同/青石.txt"].replace("37,800", "40,000")
        fill(opened, {"合同/青石.txt": changed})
    assert run(["table", *FIELDS, "--csv"]) == 0
    assert "40000 元" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["-f", "甲方", "-f", "甲方"],
        ["-f", "？"],
        ["没有*", "-f", "甲方"],
        ["-f", "甲方", "--xlsx"],
        ["-f", "甲方", "--csv", "--html"],
        ["--schema", "没有.toml"],
    ],
)
def test_bad_calls_say_why(arguments, capsys):
    assert run(["table", *arguments]) == 2
    assert capsys.readouterr().err.strip()


def test_html_escapes_what_documents_say(capsys, home):
    with Library.open(home / "libraries" / "default") as opened:
        fill(opened, {"坏.txt": "甲方：<script>alert(1)</script>"})
    assert run(["table", "坏.txt", "-f", "甲方", "--html"]) == 0
    assert "<script>" not in capsys.readouterr().out
