"""`docqa ingest`, `ls`, `rm`, `inspect` and `reindex` as people and scripts use them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from rich.cells import cell_len

from docqa import cli
from docqa.cli.progress import ProgressPrinter
from docqa.stores.records.library import Library
from ingest import ocr
from tests.support.documents import pdf, write
from tests.support.embedders import write_gguf_embedder


@pytest.fixture
def docs(tmp_path, monkeypatch):
    folder = tmp_path / "文档"
    (folder / "归档").mkdir(parents=True)
    (folder / "请假.md").write_text("# 请假\n\n年假须提前三天申请。\n", encoding="utf-8")
    (folder / "归档/差旅.txt").write_text("住宿标准为每晚四百元。", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


def run(capfd, *arguments):
    """Exit code, standard output and standard error of one command."""
    capfd.readouterr()
    code = cli.run(list(map(str, arguments)))
    out, err = capfd.readouterr()
    return code, out, err


def test_the_json_report_has_just_the_agreed_keys(docs, capfd):
    (docs / "空.txt").touch()
    code, out, _ = run(capfd, "ingest", "文档", "--json")
    report = json.loads(out)
    assert code == 4
    assert set(report) == {
        "added", "updated", "unchanged", "removed", "failed", "passages", "seconds", "files",
    }  # fmt: skip
    assert (report["added"], report["failed"], report["passages"]) == (2, 1, 2)
    files = {entry["name"]: entry for entry in report["files"]}
    assert set(files) == {"文档/请假.md", "文档/归档/差旅.txt", "文档/空.txt"}
    assert files["文档/空.txt"]["status"] == "failed"
    assert files["文档/空.txt"]["reason"] == "The file is empty."
    assert set(files["文档/请假.md"]) == {
        "path", "name", "status", "reason", "encoding", "pages", "unreadable_pages",
        "passages", "characters",
    }  # fmt: skip
    assert files["文档/请假.md"]["path"] == str(docs / "请假.md")


def test_a_run_without_failures_ends_with_0_and_a_table(docs, capfd):
    code, out, err = run(capfd, "ingest", docs)
    assert code == 0
    assert out.split()[:4] == ["Added", "2", "Passages", "2"]
    assert err == ""


def test_images_that_nothing_reads_name_the_command_that_would_help(docs, capfd, monkeypatch):
    monkeypatch.setattr(ocr, "engine", lambda: None)
    (docs / "扫描.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    code, out, _ = run(capfd, "ingest", docs)
    assert code == 0
    assert "[ocr]'" in out and "images" in out


def test_a_folder_without_documents_is_said_to_have_none(tmp_path, capfd):
    (tmp_path / "空").mkdir()
    code, _, err = run(capfd, "ingest", tmp_path / "空")
    assert code == 0
    assert "No file that docqa reads is here." in err


def test_a_name_that_no_document_has_brings_those_that_are_like_it(docs, capfd):
    for name in ("甲.txt", "乙.txt", "丙.txt", "丁.txt", "戊.txt", "恒泰合同.txt"):
        (docs / name).write_text(f"{name}的正文。", encoding="utf-8")
    run(capfd, "ingest", docs)
    code, _, err = run(capfd, "ls", "恒太")
    assert code == 2
    assert "Documents here: 文档/恒泰合同.txt, " in err


def test_failures_are_told_one_a_line(docs, capfd):
    (docs / "坏\x1b[31m.pdf").write_bytes(b"%PDF-1.7 nothing")
    code, _, err = run(capfd, "ingest", docs)
    assert code == 4
    assert len(err.splitlines()) == 1
    assert "\x1b" not in err
    assert "damaged" in err


def test_a_path_that_is_not_there_is_a_wrong_use(docs, capfd):
    code, out, err = run(capfd, "ingest", "没有", "--json")
    assert (code, json.loads(out)["error"]["name"]) == (2, "ingest.no_such_path")
    assert "没有" in err


def test_files_that_are_gone_are_mentioned_until_pruned(docs, capfd):
    run(capfd, "ingest", docs)
    (docs / "请假.md").unlink()
    assert "--prune" in run(capfd, "ingest", docs)[1]
    assert json.loads(run(capfd, "ingest", docs, "--prune", "--json")[1])["removed"] == 1


def test_ls_lists_what_was_read_and_what_was_not(docs, capfd):
    (docs / "空.txt").touch()
    run(capfd, "ingest", "文档")
    out = run(capfd, "ls")[1]
    assert "文档/归档/差旅.txt" in out and "The file is empty." in out
    listed = json.loads(run(capfd, "ls", "--json")[1])["documents"]
    assert {entry["name"]: entry["status"] for entry in listed} == {
        "文档/请假.md": "read",
        "文档/归档/差旅.txt": "read",
        "文档/空.txt": "failed",
    }
    failed = json.loads(run(capfd, "ls", "--failed", "--json")[1])["documents"]
    assert [entry["path"] for entry in failed] == [str(docs / "空.txt")]


def test_ls_in_a_pipe_prints_one_record_a_line_however_long(docs, capfd):
    long = "关于" + "非常" * 30 + "重要的制度.txt"
    (docs / long).write_text("每年休假五天。", encoding="utf-8")
    (docs / "同样.txt").write_text("每年休假五天。", encoding="utf-8")
    run(capfd, "ingest", "文档")
    records = [row.split("\t") for row in run(capfd, "ls")[1].splitlines()]
    assert len(records) == 4
    assert {len(record) for record in records} == {10}
    assert sum(record[0].endswith(long) for record in records) == 1
    assert sum("the same as" in record[6] for record in records) == 1


def test_ls_of_a_scope(docs, capfd):
    run(capfd, "ingest", "文档")
    listed = json.loads(run(capfd, "ls", "归档", "--json")[1])["documents"]
    assert [entry["name"] for entry in listed] == ["文档/归档/差旅.txt"]
    assert run(capfd, "ls", "*.docx")[0] == 2


def test_ls_disk_adds_up(docs, capfd):
    run(capfd, "ingest", docs)
    sizes = json.loads(run(capfd, "ls", "--disk", "--json")[1])
    assert sizes["total"] == sum(sizes["bytes"].values())
    assert {"library.sqlite", "lexical"} <= set(sizes["bytes"])


def test_what_was_removed_is_not_found(docs, capfd):
    run(capfd, "ingest", "文档")
    assert json.loads(run(capfd, "search", "住宿标准", "--json")[1])["passages"]
    code, out, _ = run(capfd, "rm", "差旅.txt", "--json")
    assert (code, json.loads(out)) == (0, {"removed": ["文档/归档/差旅.txt"]})
    found = json.loads(run(capfd, "search", "住宿标准", "--json")[1])["passages"]
    assert [p for p in found if "差旅" in p["document"]] == []
    assert (docs / "归档/差旅.txt").exists()


def test_inspect_reads_a_file_outside_any_library(docs, capfd):
    code, out, _ = run(capfd, "inspect", "文档/请假.md", "--json")
    reading = json.loads(out)
    assert code == 0
    assert (reading["library"], reading["encoding"]) == (None, "utf-8")
    assert reading["headings"] == [["请假"]]
    (passage,) = reading["passages"]
    assert passage["text"] == "请假\n\n年假须提前三天申请。"
    assert run(capfd, "inspect", "文档/请假.md")[1].startswith("File: 文档/请假.md")


def test_inspect_keeps_to_the_width_of_the_terminal(docs, capfd, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    (docs / "长.txt").write_text("年假须提前三天申请并经主管批准方可休假。" * 40, encoding="utf-8")
    lines = run(capfd, "inspect", docs / "长.txt")[1].split("Passages")[1].splitlines()[1:]
    assert len(lines) > 1
    assert all(cell_len(line) <= 60 and line.endswith("…") for line in lines)


def test_inspect_shows_a_kept_document_whose_file_is_gone(docs, capfd):
    run(capfd, "ingest", "文档")
    (docs / "请假.md").unlink()
    reading = json.loads(run(capfd, "inspect", "请假.md", "--json")[1])
    assert reading["library"] == "default"
    assert reading["passages"][0]["heading"] == ["请假"]


def test_inspect_of_a_bad_file_says_why(docs, capfd):
    (docs / "坏.pdf").write_bytes(b"%PDF-1.7 nothing")
    code, _, err = run(capfd, "inspect", docs / "坏.pdf")
    assert code == 1
    assert "damaged" in err


def test_reindex_rebuilds_and_checks(docs, capfd):
    run(capfd, "ingest", docs)
    code, out, err = run(capfd, "reindex", "--check")
    assert (code, out) == (0, "Indexed 2 passages.\n")
    assert "sound" in err


def test_a_stopped_embedding_says_how_to_go_on(docs, capfd, monkeypatch, tmp_path):
    run(capfd, "ingest", docs)
    monkeypatch.setenv("DOCQA_EMBEDDING_BACKEND", "gguf")
    monkeypatch.setenv("DOCQA_EMBEDDING_MODEL", str(write_gguf_embedder(tmp_path / "小.gguf")))
    with monkeypatch.context() as patched:
        pressed = iter([signal.SIGINT])
        patched.setattr(ProgressPrinter, "__call__", lambda *_: signal.raise_signal(*pressed))
        code, out, err = run(capfd, "reindex", "--embed")
    assert (code, out) == (130, "")
    assert "2 passages are left" in err
    code, out, _ = run(capfd, "reindex", "--embed")
    assert (code, out) == (0, "Embedded 2 passages; 0 kept their vectors.\n")


def test_a_stopped_embedding_goes_on_with_the_next_ingest(docs, capfd, monkeypatch, tmp_path):
    monkeypatch.setenv("DOCQA_EMBEDDING_BACKEND", "gguf")
    monkeypatch.setenv("DOCQA_EMBEDDING_MODEL", str(write_gguf_embedder(tmp_path / "小.gguf")))

    def press(_, step) -> None:
        if step.message.startswith("dense.embedding"):
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patched:
        patched.setattr(ProgressPrinter, "__call__", press)
        code, _, err = run(capfd, "ingest", docs)
    assert code == 130
    assert "the same command goes on" in err
    code, _, _ = run(capfd, "ingest", docs)
    assert code == 0
    code, out, _ = run(capfd, "reindex", "--embed")
    assert out == "Embedded 0 passages; 0 kept their vectors.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(docs, home):
    for number in range(3000):
        (docs / f"{number}.txt").write_text(f"第{number}号通知。" * 300, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "docqa", "ingest", str(docs), "--json"],
        env={**os.environ, "DOCQA_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,  # or what is read ahead would be lost to `communicate`
    )
    # The first entries show that the run is under way.
    first = process.stdout.read(200)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "goes on from here" in err.decode()
    report = json.loads(first + out)
    assert 0 < report["added"] < 3000


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_ctrl_c_does_not_wait_for_a_large_file(docs, home):
    def many_pages(canvas):
        for page in range(3000):
            for line in range(20):
                write(canvas, f"第{page}页第{line}行，还有许多页要读。", 72, 770 - 20 * line)
            canvas.showPage()

    (docs / "大.pdf").write_bytes(pdf(many_pages))
    process = subprocess.Popen(
        [sys.executable, "-m", "docqa", "ingest", str(docs / "大.pdf")],
        env={**os.environ, "DOCQA_HOME": str(home)},
        stderr=subprocess.PIPE,
    )
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1)
    process.send_signal(signal.SIGINT)
    sent = time.monotonic()
    process.communicate(timeout=60)
    # A quarter of a second or so; the rest is for a machine that is slow or busy.
    assert time.monotonic() - sent < 5
    assert process.returncode == 130


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_watch_keeps_in_step(docs, home):
    process = subprocess.Popen(
        [sys.executable, "-m", "docqa", "ingest", str(docs), "--watch", "--json"],
        env={**os.environ, "DOCQA_HOME": str(home), "WATCHFILES_FORCE_POLLING": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert b"Watching" in process.stderr.readline()
        time.sleep(1)
        (docs / "新.txt").write_text("新来的通知。", encoding="utf-8")
        (docs / "请假.md").unlink()
        assert b"Watching" in process.stderr.readline()
    finally:
        process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert b'"status":"added"' in out.rpartition(b'{"files"')[2]
    assert b'"status":"removed"' in out.rpartition(b'{"files"')[2]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_watch_loses_no_change_made_while_it_reads(docs, home):
    process = subprocess.Popen(
        [sys.executable, "-m", "docqa", "ingest", str(docs), "--watch", "--json"],
        env={**os.environ, "DOCQA_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        assert b"Watching" in process.stderr.readline()
        # Deleted while it is being read, and right after, where nobody used to look.
        for gap in (0.05, 0.2, 0.3, 0.45, 0.6, 0.9):
            fleeting = docs / f"来去{gap}.txt"
            fleeting.write_text("转瞬即逝的通知。" * 200, encoding="utf-8")
            time.sleep(gap)
            fleeting.unlink()
            time.sleep(0.4)
        end = time.monotonic() + 60
        wanted = {file.name for file in docs.rglob("*") if file.is_file()}
        while kept_names(home) - wanted and time.monotonic() < end:
            time.sleep(0.5)
        assert kept_names(home) <= wanted
    finally:
        process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)


def kept_names(home):
    with Library.open(home / "libraries" / "default") as library:
        return {Path(info.path).name for info in library.documents()}


def locked(folder):
    data = pdf(
        lambda canvas: write(canvas, "密码保护的租金条款。", 72, 700),
        encrypt=StandardEncryption("geheim2026"),
    )
    (folder / "锁.pdf").write_bytes(data)


def test_a_locked_file_is_read_with_its_password_which_is_kept_nowhere(docs, capfd):
    locked(docs)
    assert run(capfd, "ingest", docs)[0] == 4
    code, _, _ = run(capfd, "ingest", docs, "--password", "geheim2026")
    assert code == 0
    home = Path(os.environ["DOCQA_HOME"])
    kept = [path for path in home.rglob("*") if path.is_file()]
    assert any(path.name == "library.sqlite" for path in kept)
    assert not any(b"geheim2026" in path.read_bytes() for path in kept)
    assert "租金" in run(capfd, "search", "租金")[1]


def test_on_a_terminal_the_password_is_asked_for(docs, capfd, monkeypatch):
    locked(docs)
    asked = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("docqa.cli.common.on_terminal", lambda **_: True)
    monkeypatch.setattr("getpass.getpass", lambda words, _: asked.append(words) or "geheim2026")
    assert run(capfd, "ingest", docs)[0] == 0
    assert len(asked) == 1
    assert "锁.pdf" in run(capfd, "ls")[1]
