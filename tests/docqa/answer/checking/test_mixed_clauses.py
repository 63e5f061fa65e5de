"""Statements that mix what two like clauses say."""

import pytest

from docqa.answer.checking.check import Checker
from docqa.answer.checking.evidence import Evidence
from docqa.answer.checking.mixed_clauses import find_mixed
from docqa.answer.checking.normal_form import plain
from docqa.types import Passage, Verdict

DUTIES = (
    "甲方（出租人）：周启；乙方（承租人）：沈兰。水费、电费由乙方承担；物业费由甲方承担。"
    "入职培训由人事部高远负责，安全培训由行政部白桦负责。显示E1：传感器断路。显示E2：传感器短路。"
)
SCHOLAR = "张衡之1990年出生于北京，1995年毕业于北京大学。其后在天津任教。"


@pytest.mark.parametrize(
    "statement",
    [
        "甲方是沈兰。",
        "物业费由乙方承担。",
        "安全培训由人事部高远负责。",
        "E1表示传感器短路。",
    ],
)
def test_what_is_said_of_another_is_seen(statement):
    assert find_mixed(plain(statement), Evidence([DUTIES]).sentences) is not None
    checker = Checker([Passage(1, 1, "职责.txt", 0, 0, len(DUTIES), DUTIES)], "")
    assert checker.check(statement).verdict in (Verdict.CONTRADICTED, Verdict.UNSUPPORTED)


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("甲方是周启。", DUTIES),
        ("电费由乙方承担。", DUTIES),
        ("水费和物业费分别由乙方和甲方承担。", DUTIES),
        ("安全培训由行政部白桦负责。", DUTIES),
        ("E2表示传感器短路。", DUTIES),
        # The second clause goes on about the first one's subject.
        ("张衡之毕业于北京大学。", SCHOLAR),
        ("张衡之在天津任教。", SCHOLAR),
    ],
)
def test_what_is_said_of_the_same_is_not_mixed(statement, text):
    assert find_mixed(plain(statement), Evidence([text]).sentences) is None
