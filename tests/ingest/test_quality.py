import pytest

from ingest.quality import READABLE, quality
from tests.support.documents import LAW

ENGLISH = "The quick brown fox jumps over the lazy dog, and then it sleeps until the evening."


@pytest.mark.parametrize(
    "text",
    [LAW, ENGLISH, "目录 " + "." * 200 + " 第一章总则三", "合计 12,345.00 元", "1,250.50元 " * 60],
)
def test_clean_pages_are_readable(text):
    assert quality(text) >= READABLE


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "(cid:12)(cid:345)(cid:6)" * 20,
        "\ue001\ue002\ue003" * 30 + "第一章",
        "\ufffd" * 40 + LAW[:20],
        "口" * 200,
        LAW.encode("gbk").decode("latin-1"),
        LAW.encode("utf-8").decode("gb18030", "replace"),
        "|~^<>{}[]=+*/" * 20,
    ],
)
def test_empty_and_garbled_pages_are_not(text):
    assert quality(text) < READABLE


def test_the_worse_the_page_the_lower_its_quality():
    grades = [quality(LAW + "\ufffd" * broken) for broken in (0, 10, 40)]
    assert grades == sorted(grades, reverse=True)
    assert grades[0] == 1.0
