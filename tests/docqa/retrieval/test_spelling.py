"""Words in Latin letters are found however they are written."""

from contextlib import closing

import pytest

from docqa.retrieval import open_searcher
from docqa.retrieval.spelling import respell
from docqa.settings import Settings
from docqa.types import SearchRequest
from tests.support.small_library import add

KNOWN = {"wi-fi", "email", "usb", "3", "e", "2"}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("支持WiFi吗", "支持 wi-fi 吗"),
        ("支持wifi7吗", "支持 wi-fi 吗"),
        ("USB3接口", " usb 3 接口"),
        ("E-mail 是什么", " email  是什么"),
        ("E2 是什么错误", "E2 是什么错误"),
        ("usb 接口", "usb 接口"),
        ("蓝牙 bluetooth", "蓝牙 bluetooth"),
    ],
)
def test_a_word_is_written_as_the_library_writes_it(asked, found):
    assert respell(asked, KNOWN.__contains__) == found


def test_a_question_finds_another_spelling(library):
    add(library, "路由器.txt", "本机的无线标准为 Wi-Fi 6。")
    with closing(open_searcher(library, Settings())) as searcher:
        found = searcher.search(SearchRequest("wifi"))
    assert found.found[0].passage.document == "路由器.txt"
    assert not found.unknown_terms
    assert found.spelled.strip() == "wi-fi"
