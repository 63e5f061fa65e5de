"""What is said to do where an answer falls short for a reason that can be named."""

import pytest

from docqa.types import AskRequest, Warned
from tests.support.small_library import fill


@pytest.fixture
def hints(engine, library):
    fill(library, {"接口.txt": "接口说明见 https://docs.example.org/api 一页。"})

    def ask(question):
        events = engine.ask(AskRequest(question, save=False))
        return [one.message for one in events if isinstance(one, Warned)]

    return ask


def test_an_english_question_to_chinese_documents_is_told_what_helps(hints):
    assert hints("How many kangaroos are there?") == ["ask.only_words_en"]
    assert hints("袋鼠有几只？") == []


def test_an_address_is_said_not_to_be_read(hints):
    assert "ask.url_not_read" in hints("https://example.com/a 里说了什么？")


def test_an_address_that_the_documents_quote_is_no_page_to_be_read(hints):
    assert "ask.url_not_read" not in hints("接口说明 https://docs.example.org/api 见哪一页？")
