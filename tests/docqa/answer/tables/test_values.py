"""Values inside quotes: as written, and in one form."""

import pytest

from docqa.answer.tables.columns import Column, ValueKind, check_columns, column_of, read_schema
from docqa.answer.tables.labels import labelled_values
from docqa.answer.tables.values import read_value
from docqa.errors import UsageError


@pytest.mark.parametrize(
    ("kind", "quote", "normal"),
    [
        ("money", "合同总价为人民币叁拾柒万捌仟元整。", "378000 元"),
        ("money", "本合同总价为３７，８００元。", "37800 元"),
        ("money", "总价3.5万元，含税。", "35000 元"),
        ("money", "The fee is $1,200.", "1200 美元"),
        ("date", "本合同于二〇二六年三月一日签订。", "2026-03-01"),
        ("date", "签订日期：2026-3-1", "2026-03-01"),
        ("date", "有效期至2027年12月。", "2027-12"),
        ("date", "日期：2026/13/40", None),
        ("number", "违约金总额不超过合同总价的百分之十。", "10 %"),
        ("number", "保修期为二十四个月。", "24 个月"),
        ("number", "按照第三条办理。", None),
        ("yes_no", "乙方不得将本合同转包给第三方。", "否"),
        ("yes_no", "经同意，乙方可以转包。", "是"),
        ("list", "颜色：黑色、白色；银灰", "黑色；白色；银灰"),
        ("money", "没有说到钱。", None),
    ],
)
def test_a_value_is_read_in_one_form(kind, quote, normal):
    value = read_value(Column("颜色", "多少？", ValueKind(kind)), quote)
    assert (value and value.normal) == normal
    assert value is None or kind == "list" or value.text in quote


def test_of_several_values_the_one_beside_the_words_asked_for():
    quote = "预付款为11340元，合同总价为37800元，尾款1890元。"
    assert read_value(column_of("合同总价是多少元？"), quote).normal == "37800 元"
    assert read_value(column_of("尾款多少元？"), quote).normal == "1890 元"


@pytest.mark.parametrize(
    "line",
    [
        "甲方：某某公司",
        "甲方（采购方）：某某公司",
        "委托人（甲方）　某某公司",
        "甲 方: 某某公司",
        "甲方 | 某某公司",
    ],
)
def test_a_line_of_the_column_s_name_gives_its_value(line):
    (found,) = labelled_values(column_of("甲方"), f"采购合同\n{line}\n乙方：另一公司\n")
    assert found.value == "某某公司"


def test_an_empty_line_of_a_form_is_no_value():
    assert labelled_values(column_of("甲方"), "甲方：______\n乙方：　　\n") == []


def test_a_bare_name_is_answered_by_no_sentence_that_only_mentions_it():
    assert read_value(column_of("甲方"), "未经甲方同意，乙方不得转包。") is None
    named = "本合同由青石公司（以下简称甲方）订立。"
    assert read_value(column_of("甲方"), named).text == "青石公司"


@pytest.mark.parametrize(
    ("field", "kind"),
    [("到期=租期到哪一天？", "date"), ("能否转租？", "yes_no"), ("押金=押金多少元", "money"),
     ("名额=名额有多少人？", "number"), ("甲方", "text")],
)  # fmt: skip
def test_the_kind_shows_in_the_question(field, kind):
    assert column_of(field).kind == kind


def test_schemas_are_read_in_both_forms(tmp_path):
    toml = tmp_path / "列.toml"
    toml.write_text(
        '[columns.到期]\nquestion = "租期到哪一天？"\ntype = "date"\n'
        '[columns.性质]\nchoices = ["公司", "个人"]\n',
        encoding="utf-8",
    )
    json = tmp_path / "列.json"
    json.write_text(
        '{"properties": {"到期": {"type": "string", "format": "date"},'
        ' "性质": {"enum": ["公司", "个人"]}}}',
        encoding="utf-8",
    )
    for path in (toml, json):
        first, second = read_schema(path)
        assert (first.kind, second.kind) == (ValueKind.DATE, ValueKind.CHOICE)
        assert second.choices == ("公司", "个人")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[columns", "table.schema_invalid"),
        ("x = 1", "table.schema_empty"),
        ('[columns.甲]\ntype = "color"', "table.unknown_type"),
        ('[columns.甲]\ntype = "choice"', "table.choice_of_nothing"),
        ('[columns.甲]\ntype = "date"\nchoices = ["一", "二"]', "table.choices_of_no_choice"),
        ('[columns]\n甲 = "？？"', "table.no_question"),
    ],
)
def test_a_schema_that_says_nothing_or_contradicts_itself_is_refused(tmp_path, text, code):
    path = tmp_path / "列.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        read_schema(path)
    assert refused.value.code == code


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(UsageError):
        check_columns([column_of("甲方"), column_of("甲方")])
