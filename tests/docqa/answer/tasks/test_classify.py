"""Labels by where they stand, by meaning, by a model's choice."""

import json

import pytest

from docqa.answer.tasks.classify import Classify
from docqa.answer.tasks.task import Given, Target, Tools
from docqa.types import Passage

LABELS = Given(labels=("合同", "发票", "简历"))


def target(text, title="文件"):
    passage = Passage(1, 1, "文件.txt", 0, 0, len(text), text)
    return Target("文件.txt", title, (passage,), lambda _: (passage,))


def embedding(texts):
    """A vector in the direction of each text's own subject."""
    return [
        [float("报酬" in one or "合同" in one), float("税" in one or "发票" in one), 0.1]
        for one in texts
    ]


def test_a_label_in_the_title_outweighs_others_in_the_text():
    text = "一" * 50 + "。开具发票，核对发票。"
    (found,) = Classify().by_rules(target(text, "采购合同"), LABELS, Tools())
    assert found.value == "合同" and found.score == pytest.approx(5 / 7, abs=0.001)


def test_the_citation_is_where_the_label_stands_else_the_first_line():
    (found,) = Classify().by_rules(target("采购合同\n第一条"), LABELS, Tools())
    assert found.citation.quote == "合同"
    (found,) = Classify().by_rules(target("采购协议\n第一条", "合同"), LABELS, Tools())
    assert found.citation.quote == "采购协议"


@pytest.mark.parametrize("text", ["没有说是什么。", "合同与发票。"], ids=["none", "a draw"])
def test_without_meaning_what_the_labels_leave_open_stays_open(text):
    assert Classify().by_rules(target(text), LABELS, Tools()) == []


def test_meaning_decides_what_the_labels_leave_open():
    (found,) = Classify().by_rules(target("应缴税额见下表。"), LABELS, Tools(embed=embedding))
    assert found.value == "发票" and found.citation.quote == "应缴税额见下表。"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ('{"label": "发票"}', ["发票"]),
        ('{"label": "信件"}', []),
        ("发票", []),
        ('{"label": 3}', []),
    ],
)
def test_a_model_chooses_one_of_the_labels_or_none(reply, expected):
    asked = []

    def complete(prompt, schema):
        asked.append((prompt, schema))
        return reply

    found = Classify().by_model(target("购买方：青石公司"), LABELS, Tools(complete=complete))
    assert [one.value for one in found] == expected
    ((prompt, schema),) = asked
    assert "购买方：青石公司" in prompt
    assert json.loads(json.dumps(schema))["properties"]["label"]["enum"] == list(LABELS.labels)
