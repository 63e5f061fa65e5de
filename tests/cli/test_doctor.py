"""`docqa doctor`: what it looks at, what it finds, and the proof of silence."""

import json

from docqa import paths
from docqa.cli import run


def test_a_sound_installation_passes(capsys):
    assert run(["doctor"]) == 0
    printed = capsys.readouterr().out
    assert "docqa 0." in printed or "docqa: 0." in printed
    assert "[llama]" in printed


def test_a_sound_library_is_counted(capsys, tmp_path):
    (tmp_path / "合同.txt").write_text("租金每月三千元。", encoding="utf-8")
    run(["ingest", str(tmp_path)])
    assert run(["doctor"]) == 0
    assert "1 documents" in capsys.readouterr().out


def test_a_damaged_library_is_found(capsys, tmp_path):
    (tmp_path / "合同.txt").write_text("租金每月三千元。" * 2000, encoding="utf-8")
    run(["ingest", str(tmp_path)])
    records = paths.library_dir("default") / "library.sqlite"
    content = bytearray(records.read_bytes())
    content[8192:12288] = b"x" * 4096
    records.write_bytes(content)
    assert run(["doctor"]) == 1
    assert "default" in capsys.readouterr().out


def test_a_missing_model_file_is_found(capsys, tmp_path):
    from tests.support.tiny_gguf import Shape, write_gguf

    model = write_gguf(tmp_path / "tiny.gguf", Shape())
    run(["models", "add", str(model)])
    model.unlink()
    assert run(["doctor"]) == 1
    assert "docqa models remove" in capsys.readouterr().out


def test_a_reader_that_is_none_is_found(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("DOCQA_ANSWER_READER", str(tmp_path))
    assert run(["doctor"]) == 1
    assert f"{tmp_path} is no reader" in capsys.readouterr().out


def test_json_has_every_check(capsys):
    run(["doctor", "--json"])
    checks = json.loads(capsys.readouterr().out)["checks"]
    assert {check["state"] for check in checks} <= {"ok", "note", "failed"}
