"""Articles of laws and contracts are locations, whatever file they stand in."""

import pytest

from ingest.pages.numbering import article_of, heading_level
from tests.support.reading import read

LEASE = """房屋租赁合同

第一条 租赁房屋
1.1 甲方将位于中山路8号的房屋出租给乙方使用。
第二条 租期
2.1 租期自2026年1月1日起至2027年12月31日止。
第七条 违约责任
7.1 乙方逾期支付租金的，按应付租金的万分之五支付违约金。
"""
LAW = """第一章　总则
第一条　为了规范茶具买卖，制定本法。
第二条　在境内销售茶具，适用本法。
前款所称茶具，包括茶壶。
第三条　国家鼓励手工制作。
"""


def headings(text: str) -> dict[str, tuple[str, ...]]:
    extract = read("a.txt", text)
    return {extract.text[s.start : s.end][:3]: s.heading for s in extract.sections}


def test_a_named_article_is_a_heading():
    assert headings(LEASE)["7.1"] == ("第七条 违约责任",)


def test_an_article_whose_text_follows_is_the_place_of_its_text():
    found = headings(LAW)
    assert found["第二条"] == ("第一章 总则", "第二条")
    assert found["第三条"] == ("第一章 总则", "第三条")


def test_a_text_that_only_speaks_of_an_article_has_no_such_place():
    assert headings("第七条 规定了违约金。\n\n另见附件。") == {"第七条": (), "另见附": ()}


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("第七条 违约责任", 4),
        ("第七条 甲方应当付款。", None),
        ("第七条", None),
        ("第十二条：保密", 4),
    ],
)
def test_levels(line, level):
    assert heading_level(line) == level


@pytest.mark.parametrize(
    ("text", "article"),
    [
        ("第 七 条 甲方", "第七条"),
        ("第12条：付款", "第12条"),
        ("第七条规定的", None),
        ("见第七条 ", None),
    ],
)
def test_articles(text, article):
    assert article_of(text) == article
