"""What a walk finds, what it leaves out and why."""

import os
from pathlib import Path

import pytest

from ingest.discover import WalkOptions, discover


def write(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("内容", encoding="utf-8")


def found(folder, options=WalkOptions()):  # noqa: B008  # frozen
    return {
        str((Path(part.path) / file.name).relative_to(folder))
        for part in discover([folder], options)
        for file in part.files
    }


def left_out(folder, options=WalkOptions()):  # noqa: B008  # frozen
    return {
        str((Path(part.path) / name).relative_to(folder)): reason
        for part in discover([folder], options)
        for name, reason in [*part.skipped, *part.failed]
    }


def test_folders_are_walked_to_the_bottom_in_the_same_order(tmp_path):
    write(tmp_path, "乙.txt", "甲/二.txt", "甲/一.md", "甲/深/处.txt")
    walks = [[part.path for part in discover([tmp_path], WalkOptions())] for _ in range(2)]
    assert walks[0] == walks[1]
    assert found(tmp_path) == {"乙.txt", "甲/二.txt", "甲/一.md", "甲/深/处.txt"}


def test_paths_are_shown_as_they_were_given(tmp_path, monkeypatch):
    write(tmp_path, "文档/一.txt")
    monkeypatch.chdir(tmp_path)
    (part,) = discover([Path("文档")], WalkOptions())
    assert part.shown == "文档"


def test_hidden_generated_archives_and_binaries_are_left_out_and_counted(tmp_path):
    write(
        tmp_path,
        "留.txt", ".隐.txt", ".git/配置", "node_modules/包.md", "包.zip", "程序.exe", "~$报告.docx",
    )  # fmt: skip
    assert found(tmp_path) == {"留.txt"}
    assert left_out(tmp_path) == {
        ".隐.txt": "skipped_hidden",
        ".git": "skipped_hidden",
        "node_modules": "skipped_generated",
        "包.zip": "skipped_archive",
        "程序.exe": "skipped_binary",
        "~$报告.docx": "skipped_generated",
    }


def test_hidden_files_are_read_when_asked_for(tmp_path):
    write(tmp_path, ".隐.txt")
    assert found(tmp_path, WalkOptions(hidden=True)) == {".隐.txt"}


def test_an_ignore_file_holds_below_its_folder_and_the_deepest_one_decides(tmp_path):
    write(tmp_path, "草稿.txt", "甲/草稿.txt", "甲/留/草稿.txt", "乙/留.txt", "丙/临时/一.txt")
    (tmp_path / ".docqaignore").write_text("# 注释\n草稿.txt\n丙/临时/\n", encoding="utf-8")
    (tmp_path / "甲/留/.docqaignore").write_text("!草稿.txt\n", encoding="utf-8")
    assert found(tmp_path) == {"甲/留/草稿.txt", "乙/留.txt"}
    assert left_out(tmp_path)["丙/临时"] == "skipped_ignored"


def test_patterns_from_settings_are_left_out(tmp_path):
    write(tmp_path, "一.log", "二.txt")
    assert found(tmp_path, WalkOptions(exclude=("*.log",))) == {"二.txt"}


def test_a_file_given_by_name_is_read_whatever_the_rules_say(tmp_path):
    write(tmp_path, ".隐.txt")
    (part,) = discover([tmp_path / ".隐.txt"], WalkOptions())
    assert [file.name for file in part.files] == [".隐.txt"]


def test_links_in_circles_end(tmp_path):
    write(tmp_path, "甲/一.txt")
    (tmp_path / "甲/回").symlink_to(tmp_path)
    (tmp_path / "自").symlink_to(tmp_path / "自")
    assert found(tmp_path) == {"甲/一.txt"}
    assert left_out(tmp_path) == {"甲/回": "skipped_folder_link", "自": "link_loop"}


def test_a_link_to_a_file_is_read(tmp_path):
    write(tmp_path, "甲/一.txt")
    (tmp_path / "链.txt").symlink_to(tmp_path / "甲/一.txt")
    assert found(tmp_path) == {"甲/一.txt", "链.txt"}


def test_a_folder_named_twice_is_walked_once(tmp_path):
    write(tmp_path, "甲/一.txt")
    parts = list(discover([tmp_path, tmp_path / "甲"], WalkOptions()))
    assert sum(len(part.files) for part in parts) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_left_out(tmp_path):
    os.mkfifo(tmp_path / "管道")
    assert left_out(tmp_path) == {"管道": "skipped_special"}


def test_a_library_is_no_place_of_documents(tmp_path):
    write(tmp_path, "库/library.sqlite", "库/lexical/meta.json", "一.txt")
    assert found(tmp_path) == {"一.txt"}
    assert left_out(tmp_path) == {"库": "skipped_library"}


def test_nesting_deeper_than_calls_may_nest_is_walked(tmp_path):
    deep = tmp_path.joinpath(*["深"] * 60)
    write(deep, "底.txt")
    assert len(found(tmp_path)) == 1
