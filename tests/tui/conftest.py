"""A small library of Chinese and English documents for the chat."""

import shutil

import pytest

from docqa import paths
from docqa.engine import Engine
from docqa.settings import Settings

DOCUMENTS = {
    "员工手册.md": (
        "# 员工手册\n\n## 第一章 休假\n\n年假每年十五天，须提前三天申请。病假须提交医院证明。\n\n"
        "## 第二章 差旅\n\n出差住宿标准为每晚四百元，Beijing 除外。\n"
    ),
    "保修说明.md": (
        "# 保修说明\n\n云壶的保修期为两年，电池除外。保修期內免費維修。\n\n"
        + "\n\n".join(f"第{n}条 说明书的第{n}项，Ｉｔｅｍ {n}。" for n in range(1, 400))
    ),
    "travel.txt": "Travel policy. A hotel night in Berlin may cost 120 euros.\n",
}


@pytest.fixture(scope="session")
def library(tmp_path_factory):
    """A library that is read once; each test works on its own copy."""
    folder = tmp_path_factory.mktemp("documents")
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    place = tmp_path_factory.mktemp("library") / "default"
    with Engine(Settings(), str(place)) as engine:
        list(engine.ingest([folder]))
    return place


@pytest.fixture(autouse=True)
def raised(home, monkeypatch):
    """What the chat would only tell its user of fails the test."""
    monkeypatch.setenv("DOCQA_RAISE_ERRORS", "1")


@pytest.fixture
def kept(home, library):
    """The library in this test's own home."""
    place = paths.library_dir("default")
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(library, place)
    return place
