"""`docqa read`: what is read once is asked for often, and goes when its document goes."""

import json
import re

import pytest

from docqa import paths
from docqa.cli import run
from tests.support.tiny_gguf import Shape, write_gguf

LONG = "".join(
    f"第{n}条 员工连续工作满{n}年的，享受带薪年休假{n}天，须提前{n}日向主管提出申请。\n"
    for n in range(1, 40)
)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return str(write_gguf(tmp_path_factory.mktemp("model") / "tiny-4k.gguf", Shape()))


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A library of one long and one short document; one thread, a window of 4096 tokens."""
    monkeypatch.setenv("DOCQA_MODEL_THREADS", "1")
    monkeypatch.setenv("DOCQA_MODEL_MAX_TOKENS", "16")
    (tmp_path / "休假制度.txt").write_text(LONG, encoding="utf-8")
    (tmp_path / "合同.txt").write_text("租金每月三千元，押金为两个月租金。", encoding="gb18030")
    assert run(["ingest", str(tmp_path)]) == 0
    return tmp_path


def listed(capsys):
    capsys.readouterr()
    assert run(["read", "--list", "--json"]) == 0
    return [r for r in json.loads(capsys.readouterr().out)["readings"] if r["label"]]


def ask(capsys, model, *arguments):
    capsys.readouterr()
    question = "员工工作满十年有几天年休假？"
    assert run(["ask", question, "-m", model, "--no-save", "--json", *arguments]) in (0, 3)
    printed = capsys.readouterr()
    return json.loads(printed.out), printed.err


def test_a_question_about_what_was_read_computes_next_to_nothing(library, model, capsys):
    assert run(["read", "休假制度.txt", "-m", model]) == 0
    assert "read and kept" in capsys.readouterr().err
    (reading,) = listed(capsys)
    reply, notes = ask(capsys, model, "--in", "休假制度.txt")
    assert reply["usage"]["reused_tokens"] >= reading["tokens"]
    assert "reading: kept (" in notes


def test_without_a_reading_nothing_is_reused(library, model, capsys):
    reply, notes = ask(capsys, model, "--in", "休假制度.txt")
    assert "reading: kept" not in notes
    # A model of random weights is asked twice: the second prompt goes on from the first.
    assert reply["usage"]["reused_tokens"] < reply["usage"]["prompt_tokens"] * 2 / 3


def test_a_document_longer_than_the_window_is_read_in_parts(library, model, capsys, monkeypatch):
    monkeypatch.setenv("DOCQA_MODEL_CONTEXT", "768")
    assert run(["read", "休假制度.txt", "-m", model, "--json"]) == 0
    plans = json.loads(capsys.readouterr().out)["planned"]
    assert len(plans) > 1
    assert all(plan["tokens"] < 768 for plan in plans)
    monkeypatch.setenv("DOCQA_ANSWER_PATIENCE", "0")
    reply, notes = ask(capsys, model, "--in", "休假制度.txt")
    assert "reading: kept (" in notes
    assert reply["usage"]["reused_tokens"] > reply["usage"]["prompt_tokens"] / 2


def test_documents_are_read_together_or_each_alone(library, model, capsys):
    run(["read", "*", "-m", model, "--dry-run", "--json"])
    (together,) = json.loads(capsys.readouterr().out)["planned"]
    assert len(together["documents"]) == 2
    run(["read", "*", "-m", model, "--dry-run", "--each", "--json"])
    assert len(json.loads(capsys.readouterr().out)["planned"]) == 2
    assert listed(capsys) == []


def test_the_cost_is_said_before_it_is_paid(library, model, capsys, monkeypatch):
    run(["read", "休假制度.txt", "-m", model, "--dry-run"])
    assert re.search(r"\d tokens at f16: \d+ KiB; the time", capsys.readouterr().err)
    monkeypatch.setenv("DOCQA_MODEL_KV_TYPE", "q8_0")
    run(["models", "test", model, "--tokens", "512"])
    capsys.readouterr()
    run(["read", "休假制度.txt", "-m", model, "--dry-run"])
    said = capsys.readouterr().err
    assert re.search(r"\d tokens at q8_0: \d+ KiB, about \d+ seconds on this machine", said)


@pytest.mark.parametrize("change", ["edit", "prune", "rm"])
def test_a_changed_or_removed_document_takes_its_reading_along(library, model, capsys, change):
    run(["read", "休假制度.txt", "-m", model])
    document = library / "休假制度.txt"
    if change == "edit":
        document.write_text(LONG.replace("主管", "经理"), encoding="utf-8")
        run(["ingest", str(library)])
    elif change == "prune":
        document.unlink()
        run(["ingest", "--prune", str(library)])
    else:
        run(["rm", "休假制度.txt"])
    assert listed(capsys) == []
    (head,) = (paths.library_dir("default") / "readings").iterdir()
    assert head.stat().st_size < 1 << 20, "what is left is of no document"


def test_dropping_all_leaves_no_file(library, model):
    run(["read", "休假制度.txt", "-m", model])
    run(["read", "--drop", "all"])
    assert list((paths.library_dir("default") / "readings").iterdir()) == []


def test_a_stop_before_anything_was_read_is_an_interruption(library, model, capsys, monkeypatch):
    monkeypatch.setattr("docqa.cli.stopping.Stop.__call__", lambda stop: True)
    assert run(["read", "休假制度.txt", "-m", model]) == 130
    assert "Stopped after 0 of" in capsys.readouterr().err
    assert listed(capsys) == []


def test_readings_are_dropped_by_number_or_all(library, model, capsys):
    run(["read", "*", "-m", model, "--each"])
    first, second = listed(capsys)
    assert run(["read", "--drop", str(first["id"])]) == 0
    assert [r["id"] for r in listed(capsys)] == [second["id"]]
    assert run(["read", "--drop", "all"]) == 0
    assert listed(capsys) == []
    for unknown in ("第一份", "999", "-1"):
        assert run(["read", f"--drop={unknown}"]) == 2
        assert unknown in capsys.readouterr().err


def test_they_are_named_where_disk_use_is(library, model, capsys):
    run(["read", "合同.txt", "-m", model])
    capsys.readouterr()
    run(["ls", "--disk"])
    assert "readings" in capsys.readouterr().out


def test_an_engine_that_keeps_nothing_says_so(library, capsys):
    assert run(["read", "合同.txt"]) == 1
    assert "docqa models" in capsys.readouterr().err


def test_a_document_that_is_not_there_is_named(library, model, capsys):
    assert run(["read", "没有.txt", "-m", model]) == 2
    assert "没有.txt" in capsys.readouterr().err


def test_a_summary_uses_the_reading_too(library, model, capsys):
    run(["read", "休假制度.txt", "-m", model])
    (reading,) = listed(capsys)
    assert run(["sum", "休假制度.txt", "-m", model, "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["usage"]["reused_tokens"] >= reading["tokens"]
    assert "reading: kept (" in printed.err


def test_a_window_too_small_for_one_passage_is_a_clear_error(library, model, capsys, monkeypatch):
    monkeypatch.setenv("DOCQA_MODEL_CONTEXT", "256")
    assert run(["read", "休假制度.txt", "-m", model]) == 1
    assert "the window holds 256" in capsys.readouterr().err


def test_a_session_opened_again_goes_on_from_what_was_computed(library, model, capsys, monkeypatch):
    monkeypatch.setattr("docqa.llm.llama.prompt_cache._WORTH_SECONDS", 0.0)
    monkeypatch.setenv("DOCQA_ANSWER_PATIENCE", "0")
    assert run(["ask", "员工工作满十年有几天年休假？", "-m", model, "--json"]) in (0, 3)
    first = json.loads(capsys.readouterr().out)["usage"]
    assert first["reused_tokens"] < first["prompt_tokens"] / 2
    assert run(["ask", "那满二十年的呢？", "-c", "-m", model, "--json"]) in (0, 3)
    printed = capsys.readouterr()
    second = json.loads(printed.out)["usage"]
    assert second["reused_tokens"] > second["prompt_tokens"] / 2
    assert "reading: kept (" in printed.err


def test_questions_in_a_row_share_what_they_have_in_common(library, model, capsys, monkeypatch):
    monkeypatch.setattr("docqa.llm.llama.prompt_cache._WORTH_SECONDS", 0.0)
    ask(capsys, model, "--in", "休假制度.txt")
    reply, notes = ask(capsys, model, "--in", "休假制度.txt")
    assert reply["usage"]["reused_tokens"] > reply["usage"]["prompt_tokens"] / 2
    assert "reading: kept (" in notes


def test_nothing_is_kept_where_the_setting_is_off(library, model, capsys, monkeypatch):
    monkeypatch.setattr("docqa.llm.llama.prompt_cache._WORTH_SECONDS", 0.0)
    monkeypatch.setenv("DOCQA_READINGS_KEEP", "false")
    ask(capsys, model, "--in", "休假制度.txt")
    assert listed(capsys) == []
