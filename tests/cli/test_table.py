"""`docqa table` end to end: values with their sources, kept rows, forms that run nothing."""

import csv
import io
import json
import signal
import zipfile
from urllib.parse import quote

import pytest

from docqa.cli import run
from docqa.engine.rows.tables import TableEngine
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


def test_a_document_whose_name_ends_another_s_path_is_asked_alone(home, capsys):
    with Library.open(home / "libraries" / "default") as opened:
        fill(opened, {"租约.txt": "本约自即日起生效。", "旧/租约.txt": "本约月租金为三千元。"})
    assert run(["table", "*租约.txt", "-f", "租金=月租金多少元？", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    values = {row["document"]: row["cells"]["租金"]["normal"] for row in rows}
    assert values == {"旧/租约.txt": "3000 元", "租约.txt": ""}


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
        ["--examples", "没有.csv", "-f", "甲方"],
        ["-f", "甲方", "-o", "没有/表.csv"],
        ["-f", "甲方", "--file", "没有.txt"],
        ["-f", "="],
    ],
)
def test_bad_calls_say_why(arguments, capsys):
    assert run(["table", *arguments]) in (1, 2)
    assert capsys.readouterr().err.strip()


@pytest.mark.parametrize(
    "schema",
    [
        '[columns.到期]\ntype = "date"\nchoices = ["甲", "乙"]',
        '[columns.到期]\ntype = "date"\n[columns.到期]\ntype = "text"',
        '[columns.级别]\ntype = "choice"\nchoices = ["甲"]',
        '[columns.数量]\ntype = "number"\nminimum = 3\nmaximum = 1',
        '[columns.数量]\ntype = ["number", "text"]',
        "[columns]",
        "甲方",
        "\x00",
    ],
)
def test_a_schema_that_contradicts_itself_is_refused_in_a_line(schema, tmp_path, capsys):
    (tmp_path / "表.toml").write_text(schema, encoding="utf-8")
    assert run(["table", "--schema", str(tmp_path / "表.toml")]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") <= 2 and "Traceback" not in said and "TypeError" not in said


def test_types_of_json_schema_may_be_missing(tmp_path, capsys):
    schema = {"properties": {"甲方": {"type": ["string", "null"], "description": "甲方"}}}
    (tmp_path / "表.json").write_text(json.dumps(schema), encoding="utf-8")
    assert run(["table", "--schema", str(tmp_path / "表.json"), "--json"]) == 0
    assert "青石科技有限公司" in capsys.readouterr().out


def test_what_stands_under_a_heading_of_the_column_s_name_is_its_value(capsys, tmp_path):
    (tmp_path / "纪要.md").write_text(
        "# 周会\n\n时间：2025年5月6日\n\n## 三、下次会议\n\n2025年5月13日，地点不变。\n", "utf-8"
    )
    fields = ["-f", "时间=会议哪天开？", "-f", "下次会议=下次会议是哪天？", "-f", "决定"]
    assert run(["table", "--file", str(tmp_path), *fields, "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert row["cells"]["下次会议"]["normal"] == "2025-05-13"
    assert row["cells"]["下次会议"]["citation"]["quote"] == "2025年5月13日，地点不变。"
    assert row["cells"]["时间"]["normal"] == "2025-05-06"
    assert row["cells"]["决定"]["status"] == "not_found"


def test_nothing_of_a_cell_of_a_thousand_items_is_lost(home, capsys, tmp_path):
    items = "、".join(f"第{number}项物品" for number in range(1000))
    with Library.open(home / "libraries" / "default") as opened:
        fill(opened, {"清单.txt": f"清单：{items}"}, size=20_000)
    asked = ["table", "清单.txt", "-f", "清单=清单有哪些？"]
    assert run([*asked, "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert row["cells"]["清单"]["value"].count("物品") == 1000
    assert run([*asked, "-o", str(tmp_path / "表.xlsx")]) == 0


def test_ctrl_c_writes_what_is_done_and_the_same_command_goes_on(monkeypatch, capsys):
    make, asked = TableEngine._row, []

    def interrupted(self, columns, info, cancelled):
        asked.append(info.path)
        row = make(self, columns, info, cancelled)
        if len(asked) == 2:
            signal.raise_signal(signal.SIGINT)
        return row

    monkeypatch.setattr(TableEngine, "_row", interrupted)
    assert run(["table", *FIELDS, "--csv"]) == 130
    out = capsys.readouterr()
    assert out.out.count("\n") == 2 and "1 documents" in out.err
    assert run(["table", *FIELDS, "--csv"]) == 0
    assert capsys.readouterr().out.count("\n") == 3 and len(asked) == 3


def test_a_model_that_crashes_costs_one_row(monkeypatch, capsys):
    make = TableEngine._row

    def crash(self, columns, info, cancelled):
        if "云岭" in info.path:
            raise RuntimeError("llama_decode returned -1")
        return make(self, columns, info, cancelled)

    monkeypatch.setattr(TableEngine, "_row", crash)
    assert run(["table", *FIELDS, "--json"]) == 4
    out = capsys.readouterr()
    rows = {row["document"]: row for row in json.loads(out.out)["rows"]}
    assert "llama_decode" in rows["合同/云岭.txt"]["error"] and "llama_decode" in out.err
    assert rows["合同/青石.txt"]["cells"]["甲方"]["value"] == "青石科技有限公司"
    monkeypatch.undo()


def test_a_reason_that_many_documents_share_is_told_once(monkeypatch, capsys, home):
    def crash(self, columns, info, cancelled):
        raise RuntimeError("the endpoint went away")

    with Library.open(home / "libraries" / "default") as opened:
        fill(opened, {f"{n}.txt": f"甲方：第{n}公司" for n in range(9)})
    monkeypatch.setattr(TableEngine, "_row", crash)
    assert run(["table", "?.txt", *FIELDS, "--csv"]) == 4
    told = capsys.readouterr().err
    assert told.count("the endpoint went away") == 1
    assert "0.txt, 1.txt, 2.txt …" in told and "9 documents" in told


def test_a_corrected_row_teaches_what_documents_call_a_column(home, capsys, tmp_path):
    with Library.open(home / "libraries" / "default") as opened:
        fill(
            opened,
            {
                "订单一.txt": "订单\n收货单位：东篱公司\n发货单位：白鹭公司",
                "订单二.txt": "订单\n收货单位：松江公司\n发货单位：望山公司",
            },
        )
    asked = ["table", "订单*", "-f", "买家", "--csv"]
    assert run(asked) == 0
    assert "松江公司" not in capsys.readouterr().out
    corrected = tmp_path / "改正.csv"
    corrected.write_text("文档,买家\n订单一.txt,东篱公司\n", encoding="utf-8-sig")
    assert run([*asked, "--examples", str(corrected)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:] == ["订单一.txt,东篱公司", "订单二.txt,松江公司"]


def test_kept_rows_follow_a_document_that_is_renamed_but_not_other_settings(home, capsys):
    asked = ["table", *FIELDS, "--json"]
    assert run(asked) == 0
    folder = home / "libraries" / "default" / "rows"
    (kept,) = folder.iterdir()
    before = kept.read_bytes()
    with Library.open(home / "libraries" / "default") as opened, opened.write_lock():
        opened.connection.execute("UPDATE documents SET updated = updated + 1")
        opened.connection.execute("UPDATE paths SET shown = '改名.txt' WHERE shown LIKE '%青石%'")
    capsys.readouterr()
    assert run(asked) == 0
    rows = {row["document"]: row for row in json.loads(capsys.readouterr().out)["rows"]}
    assert rows["改名.txt"]["cells"]["甲方"]["citation"]["document"] == "改名.txt"
    assert kept.read_bytes() == before
    (home / "config.toml").write_text("[search]\nk = 3\n", encoding="utf-8")
    assert run(asked) == 0
    assert len(list(folder.iterdir())) == 2


def test_html_escapes_what_documents_say(capsys, home):
    with Library.open(home / "libraries" / "default") as opened:
        fill(opened, {"坏.txt": "甲方：<script>alert(1)</script>"})
    assert run(["table", "坏.txt", "-f", "甲方", "--html"]) == 0
    assert "<script>" not in capsys.readouterr().out


def test_a_value_in_html_links_to_where_it_stands(capsys, tmp_path):
    file = tmp_path / "信.txt"
    file.write_text("甲方：青石 公司\n", encoding="utf-8")
    assert run(["table", "-f", "甲方", "--file", str(file), "--html"]) == 0
    assert f'href="file://{quote(file.as_posix())}#:~:text=' in capsys.readouterr().out
