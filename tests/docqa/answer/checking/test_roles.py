"""Statements that give a role, or a value that was changed, to the wrong one."""

import pytest

from docqa.answer.checking.check import Checker
from docqa.answer.checking.evidence import Evidence
from docqa.answer.checking.normal_form import plain
from docqa.answer.checking.roles import find_other_role
from docqa.types import Passage, Verdict

MINUTES = (
    "主持：钱进；记录：吴悠。出席：钱进、吴悠、郑爽、冯程。请假：褚亮（住院）。"
    "采购由冯程改为褚亮负责。试运行由4月1日推迟到4月15日。下次评审定于3月23日，由郑爽主持。"
)


@pytest.mark.parametrize(
    "statement",
    ["会议由吴悠主持。", "冯程请假。", "采购由冯程负责。", "试运行推迟到4月1日。"],
)
def test_a_role_of_another_and_a_value_of_before_are_seen(statement):
    assert find_other_role(plain(statement), Evidence([MINUTES]).sentences) is not None
    checker = Checker([Passage(1, 1, "纪要.txt", 0, 0, len(MINUTES), MINUTES)], "")
    assert checker.check(statement).verdict in (Verdict.CONTRADICTED, Verdict.UNSUPPORTED)


@pytest.mark.parametrize(
    "statement",
    [
        "会议由钱进主持，吴悠记录。",
        "褚亮请假。",
        "采购由褚亮负责。",
        "采购由冯程改为褚亮负责。",
        "采购原来由冯程负责。",
        "试运行推迟到4月15日。",
        "下次评审由郑爽主持。",
    ],
)
def test_what_holds_is_left_alone(statement):
    assert find_other_role(plain(statement), Evidence([MINUTES]).sentences) is None


RULES = (
    "钥匙由值班员保管，部分库房安装门禁。租车合同由车行（出租方）提供，出租方承担保险费。"
    "移交单由交出人签字，接收人盖章。报销单须由经办人提交，财务科审核，出纳付款。"
)


@pytest.mark.parametrize(
    "statement",
    ["钥匙由保安队保管。", "全部库房都安装门禁。", "移交单由接收人签字。", "报销单由经办人审核。"],
)
def test_another_who_does_it_and_all_for_some_are_seen(statement):
    assert find_other_role(plain(statement), Evidence([RULES]).sentences) is not None


@pytest.mark.parametrize(
    "statement",
    [
        "钥匙由值班员保管。",
        "部分库房安装门禁。",
        "保险费由车行承担。",
        "移交单由交出人签字。",
        "报销单由财务科审核。",
    ],
)
def test_who_does_it_under_any_name_and_some_are_left_alone(statement):
    assert find_other_role(plain(statement), Evidence([RULES]).sentences) is None
