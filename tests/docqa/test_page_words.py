"""A page is named by what is printed on it, and by its place in the file where they differ."""

import pytest

from docqa.messages import use_language
from docqa.page_words import length_words, page_words


@pytest.fixture(autouse=True)
def chinese():
    use_language("zh")
    yield
    use_language(None)


@pytest.mark.parametrize(
    ("document", "label", "words"),
    [
        ("手册.pdf", None, "第 136 页"),
        ("手册.pdf", "108", "第 108 页（文件第 136 页）"),
        ("价目.xlsx", None, "工作表 136"),
        ("往来.eml", None, "邮件 136"),
    ],
)
def test_page_words(document, label, words):
    assert page_words(document, 136, label) == words


@pytest.mark.parametrize(
    ("document", "count", "words"),
    [
        ("手册.pdf", 12, "12 页"),
        ("价目表.XLSX", 2, "2 张表"),
        ("往来.mbox", 8, "8 封邮件"),
        ("合同.txt", 0, ""),
    ],
)
def test_length_words(document, count, words):
    use_language("zh")
    assert length_words(document, count) == words
