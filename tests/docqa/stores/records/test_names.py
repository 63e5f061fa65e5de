"""What documents are called: the same from wherever they were read, short, and told apart."""

import os
from pathlib import Path

import pytest

from docqa import paths
from docqa.engine import Engine
from docqa.settings import Settings


def put(folder, name):
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{folder.name}的{name}：每月盘点一次。{folder}", encoding="utf-8")
    return file


def ingest(*files):
    with Engine(Settings(), "库") as engine:
        list(engine.ingest([*files]))
        return {info.path: info.location for info in engine.documents()}


@pytest.mark.parametrize("where", [".", "/", "biz"])
def test_a_name_does_not_depend_on_the_folder_one_is_in(home, tmp_path, monkeypatch, where):
    file = put(tmp_path / "biz", "仓库/盘点.txt")
    monkeypatch.chdir(tmp_path / where if where != "/" else "/")
    assert ingest(Path(os.path.relpath(tmp_path / "biz"))) == {"biz/仓库/盘点.txt": str(file)}


def test_folders_of_the_same_name_are_told_apart(home, tmp_path):
    first, second = put(tmp_path / "甲/d", "设备1.txt"), put(tmp_path / "乙/d", "设备2.txt")
    ingest(first.parent)
    assert ingest(second.parent) == {"d/设备1.txt": str(first), "乙/d/设备2.txt": str(second)}


def test_a_folder_within_a_known_one_is_called_as_there(home, tmp_path):
    put(tmp_path / "biz", "a.txt")
    ingest(tmp_path / "biz")
    put(tmp_path / "biz/新", "b.txt")
    assert set(ingest(tmp_path / "biz/新")) == {"biz/a.txt", "biz/新/b.txt"}


def test_single_files_of_one_name_are_told_apart_by_their_folders(home, tmp_path):
    files = [put(tmp_path / one, "报价.txt") for one in ("s1", "s2")]
    assert set(ingest(*files)) == {"报价.txt", "s2/报价.txt"}


def test_a_document_is_found_by_its_absolute_path(home, tmp_path):
    file = put(tmp_path / "biz", "盘点.txt")
    ingest(file.parent)
    with Engine(Settings(), "库") as engine:
        assert engine.location_of("biz/盘点.txt") == str(file)
        assert [info.path for info in engine.documents([str(file)])] == ["biz/盘点.txt"]
        assert engine.location_of("没有.txt") is None
    assert paths.library_dir("库").is_dir()
