"""`docqa check`: a text of one's own against the library."""

import io
import json
import sys

import pytest

from docqa.cli import run
from docqa.stores.records.library import Library
from tests.support.small_library import fill

DRAFT = """# 出差须知

上海的住宿费每晚不超过六百元。年休假为十天。公司食堂每周五供应龙虾。
"""


@pytest.fixture
def library(home):
    texts = {
        "差旅.txt": "出差住宿费凭发票报销。上海每晚不超过六百元。",
        "假期.txt": "员工累计工作满一年不满十年的，年休假为八天。病假须在上午十点前通知主管。",
    }
    with Library.open(home / "libraries" / "default", create=True) as opened:
        fill(opened, texts)


def test_each_sentence_gets_its_verdict_and_contradiction_exits_1(library, tmp_path, capsys):
    file = tmp_path / "draft.md"
    file.write_text(DRAFT, encoding="gb18030")
    assert run(["check", str(file), "--json"]) == 1
    out = json.loads(capsys.readouterr().out)
    verdicts = [one["verdict"] for one in out["sentences"]]
    assert verdicts == [None, "supported", "contradicted", "unsupported"]
    assert (out["supported"], out["contradicted"], out["unsupported"]) == (1, 1, 1)
    assert "八天" in out["sentences"][2]["why"]
    for one in out["sentences"]:
        assert DRAFT[one["start"] : one["end"]] == one["text"]


def test_people_see_what_is_wrong_and_what_the_documents_say(library, tmp_path, capsys):
    file = tmp_path / "draft.md"
    file.write_text(DRAFT, encoding="utf-8")
    assert run(["--lang", "zh", "check", str(file)]) == 1
    out = capsys.readouterr()
    assert "✗" in out.out and "年休假为八天" in out.out and "假期.txt" in out.out
    assert "六百元" not in out.out and "无依据 1 句" in out.err
    assert run(["check", str(file), "--all"]) == 1
    assert "六百元" in capsys.readouterr().out


def test_standard_input_is_checked_and_nothing_is_a_clear_error(library, monkeypatch, tmp_path):
    assert run(["check", str(tmp_path / "none.md")]) == 1
    (tmp_path / "empty.md").write_text(" \n", encoding="utf-8")
    assert run(["check", str(tmp_path / "empty.md")]) == 2
    (tmp_path / "true.md").write_text("年休假为八天。", encoding="utf-8")
    with (tmp_path / "true.md").open("rb") as piped:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(piped, encoding="utf-8"))
        assert run(["check"]) == 0
