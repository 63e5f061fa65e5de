"""Prompt files: found, overridden, checked."""

import pytest

from docqa import prompts
from docqa.errors import UsageError


def write(home, name, text):
    (home / "prompts").mkdir(exist_ok=True)
    (home / "prompts" / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", list(prompts.PLACEHOLDERS))
def test_every_shipped_prompt_has_its_placeholders(name, language):
    assert prompts.load(name, language).template


def test_the_users_file_stands_in_for_the_shipped_one(home):
    write(home, "question.zh.txt", "看{passages}答{question}")
    assert prompts.load("question", "zh").fill(passages="甲", question="乙") == "看甲答乙"


def test_a_placeholder_that_is_not_known_is_named(home):
    write(home, "question.zh.txt", "{passages}{question}{contexts}")
    with pytest.raises(UsageError) as error:
        prompts.load("question", "zh")
    assert "{contexts}" in str(error.value) and "question.zh.txt" in str(error.value)


def test_a_missing_placeholder_is_named(home):
    write(home, "question.zh.txt", "请回答：{question}")
    with pytest.raises(UsageError) as error:
        prompts.load("question", "zh")
    assert "{passages}" in str(error.value)


def test_what_fills_a_prompt_is_not_read_as_one(home):
    assert "{question}" in prompts.load("refine", "zh").fill(
        question="{question}", answer="{0}", passages="{passages}"
    )


def test_a_prompt_that_is_no_text_is_an_error(home):
    (home / "prompts").mkdir()
    (home / "prompts" / "system.zh.txt").write_bytes(b"\xff\xfe\x00{")
    with pytest.raises(UsageError):
        prompts.load("system", "zh")
