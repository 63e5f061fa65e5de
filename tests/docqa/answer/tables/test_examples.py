"""Corrected rows: read as docqa writes them, and what they teach."""

import csv
import json

import pytest

from docqa.answer.tables.columns import Column, ValueKind
from docqa.answer.tables.examples import read_examples, teach
from docqa.errors import UsageError

BUYER = Column("买家", "买家")
PRICE = Column("总价", "总价多少元？", ValueKind.MONEY)


def test_csv_and_json_say_the_same(tmp_path):
    table, whole = tmp_path / "改.csv", tmp_path / "改.json"
    with table.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(
            [
                ["文档", "买家", "总价", "备注"],
                ["一.txt", "'=东篱", "", "略"],
                [],
                ["二.txt", "松江"],
            ]
        )
    cells = {"买家": {"value": "=东篱"}, "总价": {"value": None}, "备注": "略"}
    rows = [
        {"document": "一.txt", "cells": cells},
        {"document": "二.txt", "cells": {"买家": "松江"}},
    ]
    whole.write_text(json.dumps({"rows": rows}), encoding="utf-8")
    expected = {"一.txt": {"买家": "=东篱"}, "二.txt": {"买家": "松江"}}
    assert read_examples(table, [BUYER, PRICE]) == expected
    assert read_examples(whole, [BUYER, PRICE]) == expected


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("改.csv", "", "table.unreadable"),
        ("改.json", "{", "table.unreadable"),
        ("改.json", '{"rows": [{"document": "一.txt"}]}', "table.unreadable"),
        ("改.json", "[]", "table.unreadable"),
        ("改.csv", "文档,别的\n一.txt,值\n", "table.examples_empty"),
        ("改.csv", "文档,买家\n一.txt,\n", "table.examples_empty"),
        ("没有.csv", None, "table.unreadable"),
    ],
)
def test_what_corrects_nothing_is_refused(tmp_path, name, text, code):
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        read_examples(tmp_path / name, [BUYER])
    assert refused.value.code == code


def test_the_label_of_the_right_line_is_learnt_once():
    text = "订单\n收货单位：东篱公司\n发货单位：白鹭公司"
    taught = teach(BUYER, text, "东篱公司")
    assert taught.labels == ("收货单位",)
    assert taught.examples == (("收货单位：东篱公司", "东篱公司"),)
    assert teach(taught, text, "东篱公司").labels == ("收货单位",)


def test_a_value_in_another_form_finds_its_line():
    taught = teach(PRICE, "货款合计：叁万元整\n运费：500元", "30000元")
    assert taught.labels == ("货款合计",)


def test_what_the_document_does_not_hold_teaches_nothing():
    assert teach(BUYER, "收货单位：东篱公司", "松江公司") == BUYER


def test_examples_stay_few_and_short():
    column = BUYER
    for number in range(9):
        column = teach(
            column, f"收货单位{number}：甲{number}公司" + "，" + "长" * 900, f"甲{number}公司"
        )
    assert len(column.examples) == 3
    assert all(len(line) <= 120 for line, _ in column.examples)
