"""Tables of a library: its own labels, corrected rows, guesses, a model's values, forms."""

import json

import pytest

from docqa.engine.rows.tables import (
    FORMS,
    TableEngine,
    columns_of,
    read_examples,
    table_text,
    write_table,
)
from docqa.errors import UsageError
from docqa.settings import ModelSettings, Settings
from docqa.types import AnswerStatus, never
from tests.support.small_library import default_library, fill
from tests.support.tiny_gguf import Shape, write_gguf

ORDERS = {
    "订单/一.txt": "订单\n收货单位：东篱公司\n金额：五万元\n经办：李明",
    "订单/二.txt": "订单\n收货单位：松江公司\n金额：六万元",
    "订单/三.txt": "订单\n收货单位：望山公司\n备注：______",
}


@pytest.fixture
def orders(home):
    with default_library(home, ORDERS) as library:
        yield library


@pytest.fixture
def engine(orders):
    with TableEngine(Settings()) as opened:
        yield opened


def rows(engine, *fields):
    columns = columns_of(fields)
    return columns, [row for _, _, row in engine.rows(columns, [], never)]


def test_labels_that_several_documents_use_are_offered_commonest_first(engine):
    assert engine.common_labels([]) == [("收货单位", 3), ("金额", 2)]
    assert ("经办", 1) in engine.common_labels(["订单/一.txt"])


def test_corrected_rows_teach_what_documents_call_a_column(engine, tmp_path):
    columns = columns_of(["买家"])
    corrected = tmp_path / "改正.csv"
    corrected.write_text("文档,买家\n订单/一.txt,东篱公司\n别处.txt,谁\n", encoding="utf-8")
    taught = engine.learn(columns, read_examples(corrected, columns))
    assert taught[0].labels == ("收货单位",)
    found = [row.cells[0].value for _, _, row in engine.rows(taught, [], never)]
    assert sorted(found) == ["东篱公司", "望山公司", "松江公司"]


def test_a_short_document_is_looked_through_for_a_value_that_perhaps_is_meant(orders, engine):
    fill(orders, {"便条.txt": "货款的事已经说好，一共八千元，月底结清。"})
    _, found = rows(engine, "货款=货款合计多少元？")
    cells = {row.document: row.cells[0] for row in found}
    note = cells["便条.txt"]
    assert note.normal == "8000 元" and "八千元" in note.citation.quote
    assert cells["订单/三.txt"].status is AnswerStatus.NOT_FOUND


def test_a_name_or_a_telephone_number_is_told_by_its_form(orders, engine):
    fill(orders, {"简历.md": "# 林晓舟\n\n- 性别：女\n- 手机：138-0013-8000\n"})
    _, found = rows(engine, "姓名", "电话")
    cells = next(row.cells for row in found if row.document == "简历.md")
    assert [(one.value, one.status) for one in cells] == [
        ("林晓舟", AnswerStatus.PERHAPS),
        ("138-0013-8000", AnswerStatus.PERHAPS),
    ]


def test_a_day_or_a_place_is_found_where_nothing_names_it(orders, engine):
    fill(orders, {"便条.txt": "年会的事\n年会在三楼培训室召开。\n报名请找王明。\n2025年3月4日"})
    _, found = rows(engine, "地点", "联系人", "落款=落款日期是哪天？", "主题")
    cells = next(row.cells for row in found if row.document == "便条.txt")
    assert [one.normal for one in cells] == ["三楼培训室", "王明", "2025-03-04", "年会的事"]
    others = next(row.cells for row in found if row.document == "订单/三.txt")
    assert {one.status for one in others[:3]} == {AnswerStatus.NOT_FOUND}


def test_no_column_no_table(engine):
    with pytest.raises(UsageError):
        list(engine.rows([], [], never))


def test_every_form_holds_every_value(engine, tmp_path):
    columns, found = rows(engine, "收货单位", "金额=金额多少元？")
    for form in FORMS:
        file = tmp_path / f"表.{form}"
        write_table(columns, found, form, file, engine.location_of)
        assert file.stat().st_size
        if form != "xlsx":
            text = table_text(columns, found, form, engine.location_of)
            assert file.read_text(encoding="utf-8-sig" if form == "csv" else "utf-8") == text
            assert all(name in text for name in ("东篱公司", "松江公司", "望山公司", "60000"))
    told = json.loads((tmp_path / "表.json").read_text(encoding="utf-8"))
    assert [column["name"] for column in told["columns"]] == ["收货单位", "金额"]


def test_a_model_gives_only_values_that_the_document_holds(orders, tmp_path):
    """Random weights, held to the values of the text: whatever comes is one of them, or none."""
    pytest.importorskip("llama_cpp")
    fill(orders, {"长.txt": "\n".join(f"第{n}笔货款为{n}万元，已经付清。" for n in range(1, 40))})
    file = write_gguf(tmp_path / "tiny.gguf", Shape())
    model = ModelSettings(engine="llama", name=str(file), threads=1, max_tokens=40)
    with TableEngine(Settings(model=model)) as engine:
        columns = columns_of(["尾款=最后一笔尾款是多少元？"])
        ((_, _, row),) = engine.rows(columns, ["长.txt"], never)
        (cell,) = row.cells
        assert not row.error
        if cell.status is not AnswerStatus.NOT_FOUND:
            assert cell.value in "".join(ORDERS.values()) + engine.document_text(
                engine.documents(["长.txt"])[0].id
            )
