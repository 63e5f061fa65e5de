"""Whole libraries: listed, made, renamed, removed, packed; documents removed and brought back."""

import json
import zipfile

import pytest

from docqa import paths
from docqa.cli import run

RULE = "出差住宿标准为每晚六百元。"


@pytest.fixture
def docs(home, tmp_path):
    folder = tmp_path / "制度"
    for part in ("s1", "s2"):
        (folder / part).mkdir(parents=True)
        (folder / part / "报价.txt").write_text(f"{part}的报价为三百元。", encoding="utf-8")
    (folder / "差旅.txt").write_text(RULE, encoding="utf-8")
    assert run(["ingest", str(folder), "-L", "work"]) == 0
    return folder


def listed(capsys, *arguments):
    capsys.readouterr()
    assert run([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def names(capsys, library="work"):
    return {entry["name"] for entry in listed(capsys, "ls", "-L", library)["documents"]}


def test_libraries_are_made_listed_and_renamed(docs, capsys):
    assert run(["library", "new", "空"]) == 0
    found = {one["name"]: one for one in listed(capsys, "library", "list")["libraries"]}
    assert (found["work"]["documents"], found["空"]["documents"]) == (3, 0)
    assert run(["library", "rename", "work", "archive"]) == 0
    assert listed(capsys, "library", "info", "archive")["documents"] == 3
    assert run(["search", "住宿标准", "-L", "archive"]) == 0
    assert run(["library", "rename", "archive", "空"]) == 2
    assert run(["library", "new", "空"]) == 2


def test_a_library_is_removed_only_when_that_is_said(docs, capsys):
    assert run(["library", "remove", "work"]) == 2
    assert "--yes" in capsys.readouterr().err
    assert run(["library", "remove", "work", "--yes"]) == 0
    assert "work" not in paths.libraries()
    assert (docs / "差旅.txt").is_file()


def test_a_packed_library_answers_elsewhere(docs, capsys, tmp_path, monkeypatch):
    file = tmp_path / "work.docqa"
    run(["ask", "住宿标准是多少？", "-L", "work"])
    assert run(["library", "pack", "work", "-o", str(file)]) == 0
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path / "另一台"))
    assert run(["library", "unpack", str(file)]) == 0
    assert listed(capsys, "library", "info", "work")["sessions"] == 1
    capsys.readouterr()
    assert run(["ask", "住宿标准是多少？", "-L", "work"]) == 0
    assert "六百元" in capsys.readouterr().out
    assert run(["library", "unpack", str(file)]) == 2, "the name is taken"
    assert run(["library", "unpack", str(file), "--name", "二"]) == 0


def test_a_pack_without_sessions_holds_none(docs, capsys, tmp_path):
    run(["ask", "住宿标准是多少？", "-L", "work"])
    file = tmp_path / "work.docqa"
    assert run(["library", "pack", "work", "-o", str(file), "--no-sessions"]) == 0
    assert run(["library", "unpack", str(file), "--name", "二"]) == 0
    assert listed(capsys, "library", "info", "二")["sessions"] == 0
    with zipfile.ZipFile(file) as archive:
        assert "住宿标准是多少".encode() not in archive.read("library.sqlite")


def test_a_changed_or_foreign_file_is_refused(docs, capsys, tmp_path):
    file, changed = tmp_path / "work.docqa", tmp_path / "changed.docqa"
    run(["library", "pack", "work", "-o", str(file)])
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
        new.writestr("docqa.json", old.read("docqa.json"))
        data = bytearray(old.read("library.sqlite"))
        data[-1] ^= 1
        new.writestr("library.sqlite", bytes(data))
    capsys.readouterr()
    assert run(["library", "unpack", str(changed), "--name", "二"]) == 1
    assert "hash" in capsys.readouterr().err
    (tmp_path / "x.docqa").write_bytes(b"no zip")
    assert run(["library", "unpack", str(tmp_path / "x.docqa")]) == 1
    assert paths.libraries() == ("work",)
    assert run(["library", "pack", "work", "-o", str(file)]) == 2, "never written over"


def test_what_was_removed_last_is_read_again(docs, capsys):
    before = names(capsys)
    assert run(["rm", "差旅.txt", "-L", "work"]) == 0
    assert names(capsys) == before - {"制度/差旅.txt"}
    assert run(["rm", "--undo", "-L", "work"]) == 0
    assert names(capsys) == before
    assert run(["rm", "--undo", "-L", "work"]) == 2


def test_a_name_of_several_files_is_not_removed_without_a_word(docs, capsys):
    before = names(capsys)
    assert run(["rm", "报价.txt", "-L", "work"]) == 2
    told = capsys.readouterr().err
    assert "s1/报价.txt" in told and "s2/报价.txt" in told and "--yes" in told
    assert names(capsys) == before
    assert run(["rm", "报", "-L", "work"]) == 2
    assert names(capsys) == before
    assert run(["rm", "s1/报价.txt", "-L", "work"]) == 0
    assert names(capsys) == before - {"制度/s1/报价.txt"}
    assert run(["rm", "--yes", "*", "-L", "work"]) == 0
    assert names(capsys) == set()


@pytest.mark.parametrize("answer", ["y\n", "n\n", ""])
def test_on_a_terminal_one_is_asked(docs, capsys, monkeypatch, answer):
    before = names(capsys)
    with monkeypatch.context() as terminal:
        terminal.setattr("sys.stdin.isatty", lambda: True, raising=False)
        terminal.setattr("sys.stdin.readline", lambda: answer, raising=False)
        for module in ("common", "documents.library"):
            terminal.setattr(f"docqa.cli.{module}.on_terminal", lambda **_: True)
        code = run(["rm", "制度/s?/*", "-L", "work"])
    assert code == (0 if answer == "y\n" else 2)
    assert len(names(capsys)) == (1 if answer == "y\n" else len(before))


def test_what_is_made_moved_and_packed_is_one_json_object(home, tmp_path, capsys):
    assert listed(capsys, "library", "new", "a")["path"].endswith("a")
    assert listed(capsys, "library", "rename", "a", "b")["path"].endswith("b")
    file = listed(capsys, "library", "pack", "b", "-o", str(tmp_path / "b.docqa"))["path"]
    assert listed(capsys, "library", "unpack", file, "--name", "c")["path"].endswith("c")
    assert listed(capsys, "reindex", "-L", "c") == {"passages": 0}
    assert listed(capsys, "library", "remove", "c", "--yes")["removed"].endswith("c")
    assert listed(capsys, "config", "path")["models"]


def test_a_packed_file_that_is_not_there_is_wrong_usage(home, capsys):
    assert run(["library", "unpack", "没有.docqa"]) == 2
    assert "没有.docqa" in capsys.readouterr().err
