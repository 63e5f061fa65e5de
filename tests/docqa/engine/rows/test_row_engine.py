"""One row a document: kept, taken up again, made anew, and what a failure costs."""

import pytest

from docqa.engine import Engine
from docqa.engine.rows.row_engine import library_of
from docqa.engine.rows.tables import TableEngine, columns_of
from docqa.errors import QueryError, StorageError
from docqa.settings import ModelSettings, Settings
from docqa.types import DocumentLimits, never
from tests.support.small_library import default_library, fill

CONTRACTS = {
    "合同/一.txt": "采购合同\n甲方：青石公司\n总价为五万元。",
    "合同/二.txt": "采购合同\n甲方：云岭公司\n总价为六万元。",
    "合同/三.txt": "采购合同\n甲方：东篱公司\n总价为七万元。",
}
COLUMNS = columns_of(["甲方", "总价=总价是多少元？"])


@pytest.fixture
def contracts(home):
    with default_library(home, CONTRACTS) as library:
        yield library


@pytest.fixture
def engine(contracts):
    with TableEngine(Settings()) as opened:
        yield opened


def asked(engine, monkeypatch):
    """Notes which documents are asked, rather than taken up from before."""
    names, make = [], engine._row

    def row(columns, info, cancelled):
        names.append(info.path)
        return make(columns, info, cancelled)

    monkeypatch.setattr(engine, "_row", row)
    return names


def rows(engine, scope=(), cancelled=never, **how):
    return [row for _, _, row in engine.rows(COLUMNS, scope, cancelled, **how)]


def test_finished_rows_are_taken_up_and_anew_asks_again(engine, monkeypatch):
    names = asked(engine, monkeypatch)
    first = rows(engine)
    assert len(names) == 3
    assert {row.cells[0].value for row in first} == {"青石公司", "云岭公司", "东篱公司"}
    assert rows(engine) == first and len(names) == 3
    assert rows(engine, anew=True) == first and len(names) == 6


def test_a_row_says_its_number_and_how_many_there_will_be(engine):
    assert [(number, of) for number, of, _ in engine.rows(COLUMNS, ["合同/*"], never)] == [
        (1, 3),
        (2, 3),
        (3, 3),
    ]


def test_a_stop_keeps_what_is_finished(engine, monkeypatch):
    names = asked(engine, monkeypatch)
    assert len(rows(engine, cancelled=lambda: len(names) >= 2)) == 1
    assert len(rows(engine)) == 3 and len(names) == 4


def test_what_cannot_be_asked_is_a_row_with_the_reason_and_asked_again(engine, monkeypatch):
    make = engine._row

    def fail(columns, info, cancelled):
        if "二" in info.path:
            raise QueryError("table.no_documents")
        if "三" in info.path:
            raise RuntimeError("decode failed")
        return make(columns, info, cancelled)

    monkeypatch.setattr(engine, "_row", fail)
    by_name = {row.document: row for row in rows(engine)}
    assert not by_name["合同/一.txt"].error
    assert by_name["合同/二.txt"].error and "decode failed" in by_name["合同/三.txt"].error
    monkeypatch.undo()
    assert not any(row.error for row in rows(engine))


def test_a_changed_document_is_asked_again_and_a_renamed_one_is_not(engine, contracts, monkeypatch):
    names = asked(engine, monkeypatch)
    rows(engine)
    fill(contracts, {"合同/一.txt": CONTRACTS["合同/一.txt"].replace("青石", "白鹭")})
    with contracts.write_lock():
        contracts.connection.execute("UPDATE paths SET shown='新.txt' WHERE shown LIKE '%二.txt'")
    del names[:]
    by_name = {row.document: row for row in rows(engine)}
    assert names == ["合同/一.txt"]
    assert by_name["合同/一.txt"].cells[0].value == "白鹭公司"
    assert by_name["新.txt"].cells[0].citation.document == "新.txt"


def test_documents_without_text_or_outside_the_limits_have_no_row(engine, contracts):
    fill(contracts, {"2023年.txt": "甲方：松月公司", "空.txt": ""})
    within = engine.documents_within([], DocumentLimits(kinds=("txt",), since="2023", until="2023"))
    assert [info.path for info in within] == ["2023年.txt"]
    assert "空.txt" not in {info.path for info in engine.documents_within([])}
    with pytest.raises(QueryError) as refused:
        engine.documents_within([], DocumentLimits(kinds=("pdf",)))
    assert refused.value.code == "library.nothing_in_limits"


def test_another_engine_lends_its_library_and_model(contracts):
    with Engine(Settings(model=ModelSettings(engine="echo"))) as engine:
        lent = TableEngine.of(engine)
        assert lent.writes and lent.folder == engine.folder
        assert rows(lent) == rows(lent)


def test_files_and_a_text_are_a_library_for_this_once(home, tmp_path):
    file = tmp_path / "信.txt"
    file.write_text("甲方：青石公司", encoding="utf-8")
    (tmp_path / "坏.pdf").write_bytes(b"%PDF-1.7 nothing")
    with library_of([tmp_path], Settings(), "甲方：云岭公司") as (place, problems):
        with TableEngine(Settings(), place) as engine:
            assert {row.cells[0].value for row in rows(engine)} == {"青石公司", "云岭公司"}
        (problem,) = problems
        assert "坏.pdf" in problem
    assert not list(home.glob("libraries/*"))


def test_a_file_that_cannot_be_read_is_refused_before_anything_is_made(tmp_path):
    with pytest.raises(StorageError) as refused, library_of([tmp_path / "没有.txt"], Settings()):
        raise AssertionError("a library was made")
    assert "没有.txt" in str(refused.value)
