"""`docqa eval --calibrate` with a real embedder."""

import json

import pytest

from docqa import paths
from docqa.cli import run
from docqa.stores.records.library import Library
from docqa.stores.vectors.table import VectorTable
from tests.support.embedders import write_gguf_embedder
from tests.support.vector_library import add_document

WORDS = ["合同违约", "付款期限", "房屋租赁", "员工年假", "会议纪要", "机器学习"]


@pytest.fixture
def embedder(tmp_path, monkeypatch):
    monkeypatch.setenv("DOCQA_EMBEDDING_BACKEND", "gguf")
    monkeypatch.setenv("DOCQA_EMBEDDING_MODEL", str(write_gguf_embedder(tmp_path / "小.gguf")))


@pytest.fixture
def library():
    with Library.open(paths.library_dir("work"), create=True) as opened:
        for number in range(12):
            texts = [f"第{number}号文件第{n}条规定{WORDS[n % 6]}的具体办法如下。" for n in range(6)]
            add_document(opened, f"{number}.txt", texts)
        yield opened


def test_the_weight_is_measured_on_the_library_and_kept(embedder, library, capsys):
    assert run(["eval", "--calibrate", "--library", "work", "--count", "30", "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert out["questions"] == 30 and out["kept"]
    assert set(out["mrr@10"]) >= {"0.0", str(out["weight"])}
    assert VectorTable(library).serving().weight == out["weight"]
    assert VectorTable(library).count_missing(1) == 0


def test_people_see_what_the_embedder_is_worth(embedder, library, capsys):
    assert run(["eval", "--calibrate", "--library", "work", "--count", "30"]) == 0
    out = capsys.readouterr().out
    assert "30" in out and "work" in out


def test_without_an_embedder_there_is_nothing_to_measure(library, capsys):
    assert run(["eval", "--calibrate", "--library", "work"]) == 2
    assert "embedder" in capsys.readouterr().err
