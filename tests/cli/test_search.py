import json

import pytest

from docqa import paths
from docqa.cli import run
from docqa.stores.records.library import Library
from docqa.stores.vectors.table import VectorTable
from docqa.types import EmbedderIdentity
from ingest.splitting.split import split
from ingest.types import BlockKind, Extract, Section
from tests.support.embedders import write_gguf_embedder

TEXTS = {
    "规定/差旅.txt": "员工出差的住宿标准为每晚四百元。超出部分由本人承担。",
    "手册/打印机.txt": "打印机卡纸时，先关闭电源。\x1b[31m",
}


@pytest.fixture(autouse=True)
def library():
    with Library.open(paths.library_dir("default"), create=True) as opened:
        for name, text in TEXTS.items():
            section = Section(0, len(text), BlockKind.PARAGRAPH, 3, ("总则",))
            extract = Extract(text, (section,))
            opened.add_document(name, extract, split(extract, 300))


def test_json_is_exactly_as_promised(capsys):
    assert run(["search", "住宿標準", "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert out["query"] == "住宿標準"
    (passage,) = out["passages"]
    assert set(passage) == {
        "rank", "score", "document", "path", "page", "page_label", "heading", "start", "end",
        "text", "why",
    }  # fmt: skip
    assert passage["document"] == "规定/差旅.txt"
    assert passage["heading"] == ["总则"] and passage["page"] == 3
    assert passage["text"] == TEXTS["规定/差旅.txt"][passage["start"] : passage["end"]]
    assert passage["why"] == {"lexical_rank": 1, "dense_rank": None, "rerank": None}


def test_people_see_place_text_and_reasons(capsys):
    assert run(["search", "打印机卡纸", "--explain"]) == 0
    out = capsys.readouterr().out
    assert "[1] 手册/打印机.txt · page 3 · 总则" in out
    assert "matched: 打印" in out
    assert "weights: words 1.0" in out
    assert "\x1b" not in out


def test_k_and_scope(capsys):
    assert run(["search", "员工打印机", "-k", "1", "--in", "手册/*", "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert [p["document"] for p in out["passages"]] == ["手册/打印机.txt"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["search", ""], "empty"),
        (["search", "？！"], "empty"),
        (["search", "员工", "--in", "*.pdf"], "*.pdf"),
        (["search", "员工", "--mode", "dense"], "vectors"),
        (["search", "员工", "--library", "none"], "none"),
    ],
)
def test_what_cannot_be_searched_is_wrong_usage(arguments, word, capsys):
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert word in captured.err and not captured.out


def test_no_match_is_said_on_standard_error(capsys):
    assert run(["search", "光合作用", "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["passages"] == []


def test_a_damaged_index_is_mended_with_a_line(capsys):
    assert run(["search", "员工"]) == 0
    root = paths.library_dir("default") / "lexical"
    for file in root.glob("*/meta.json"):
        file.write_text("no")
    capsys.readouterr()
    assert run(["search", "员工", "--json"]) == 0
    captured = capsys.readouterr()
    assert len(json.loads(captured.out)["passages"]) == 1
    assert captured.err.count("damaged") == 1


def test_vectors_of_another_embedder_leave_the_words_and_name_the_command(
    tmp_path, monkeypatch, capsys
):
    with Library.open(paths.library_dir("default")) as opened:
        VectorTable(opened).enter(EmbedderIdentity("gguf", "other", "0", 8), "{}")
    monkeypatch.setenv("DOCQA_EMBEDDING_BACKEND", "gguf")
    monkeypatch.setenv("DOCQA_EMBEDDING_MODEL", str(write_gguf_embedder(tmp_path / "小.gguf")))
    for command in ("search", "ask"):
        assert run([command, "员工", "--json"]) == 0
        captured = capsys.readouterr()
        assert json.loads(captured.out)["passages"]
        assert "words alone" in captured.err
        assert captured.err.count("docqa reindex --embed") == 1
    assert run(["search", "员工", "--mode", "dense"]) == 1
    assert "docqa reindex --embed" in capsys.readouterr().err


def test_only_documents_of_a_kind_and_date_are_searched(home, capsys, tmp_path):
    for name in ("2023年规定.txt", "2024年规定.txt", "2024年规定.md"):
        (tmp_path / name).write_text(f"{name}：出差住宿标准见此。", encoding="utf-8")
    assert run(["ingest", str(tmp_path), "-L", "dated"]) == 0
    capsys.readouterr()
    limits = ["--since", "2024", "--kind", "txt"]
    assert run(["search", "住宿标准", "-L", "dated", "--json", *limits]) == 0
    captured = capsys.readouterr()
    (found,) = json.loads(captured.out)["passages"]
    assert found["document"].endswith("/2024年规定.txt")
    assert "1 of 3 documents" in captured.err and "1 from names" in captured.err
    assert run(["ask", "住宿标准是多少？", "-L", "dated", "--kind", "pdf"]) == 2
