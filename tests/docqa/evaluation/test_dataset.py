import json

import pytest

from docqa.errors import UsageError
from docqa.evaluation.dataset import Gold, Item, read_dataset

SQUAD = {
    "data": [
        {
            "title": "甲",
            "paragraphs": [
                {
                    "context": "北京是首都。",
                    "qas": [
                        {"question": "首都？", "answers": [{"text": "北京", "answer_start": 0}]},
                        {"question": "月亮？", "answers": [], "is_impossible": True},
                    ],
                }
            ],
        }
    ]
}


def test_squad(tmp_path):
    file = tmp_path / "set.json"
    file.write_text(json.dumps(SQUAD, ensure_ascii=False), encoding="utf-8")
    dataset = read_dataset(file)
    assert dataset.contexts == {"000001.txt": "北京是首都。"}
    assert dataset.items == (
        Item("首都？", (Gold("北京", 0),), "000001.txt"),
        Item("月亮？", ()),
    )


def test_csv_and_jsonl(tmp_path):
    (tmp_path / "a.csv").write_text(
        "question,answer,document\n几天？,三天,规定.txt\n", encoding="utf-8-sig"
    )
    (tmp_path / "a.jsonl").write_text(
        '{"question": "几天？", "answers": ["三天"], "context": "请假三天。"}\n', encoding="utf-8"
    )
    assert read_dataset(tmp_path / "a.csv").items == (Item("几天？", (Gold("三天"),), "规定.txt"),)
    assert read_dataset(tmp_path / "a.jsonl").contexts == {"000001.txt": "请假三天。"}


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", '{"a": 1}', "\n\n"])
@pytest.mark.parametrize("suffix", [".json", ".jsonl", ".csv"])
def test_what_is_no_question_set_is_refused(tmp_path, text, suffix):
    file = tmp_path / f"set{suffix}"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError):
        read_dataset(file)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="question set"):
        read_dataset(tmp_path / "none.json")


def test_entries_without_a_question_are_left_out_and_counted(tmp_path):
    path = tmp_path / "问题.csv"
    path.write_text("question,answer\n租金多少？,三千元\n  ,无\n", encoding="utf-8")
    dataset = read_dataset(path)
    assert [item.question for item in dataset.items] == ["租金多少？"]
    assert dataset.blank == 1


def test_a_set_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match="no question set"):
        read_dataset(tmp_path / "没有.json")
