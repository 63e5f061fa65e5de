import pytest

from docqa.errors import SettingError
from docqa.terms import Question, Synonyms, read_synonyms, read_words


def test_question_words_are_dropped() -> None:
    terms = Question.read("请问差旅费怎么报销？").terms
    assert terms == ("差", "差旅", "旅", "旅费", "费", "报", "报销", "销")


def test_traditional_question_words_are_dropped_too() -> None:
    assert Question.read("為什麼報銷").terms == ("报", "报销", "销")


def test_words_that_hold_a_question_character_stay() -> None:
    assert "有限" in Question.read("有限公司的注册资本是多少").terms
    assert "目的" in Question.read("目的是什么").terms


def test_a_question_of_question_words_is_taken_by_its_words() -> None:
    assert "什么" in Question.read("什么是什么").terms


def test_english_function_words_go_and_acronyms_stay() -> None:
    terms = Question.read("What is the IT policy of the company?").terms
    assert "it" in terms and "policy" in terms
    assert not {"what", "is", "the", "of"} & set(terms)


@pytest.mark.parametrize("text", ["", "  \n", "？！……", "+-*/()"])
def test_nothing_to_search_for_gives_no_terms(text: str) -> None:
    assert Question.read(text).terms == ()


def test_synonyms_add_terms() -> None:
    question = Question.read("电脑坏了", synonyms=Synonyms([["電腦", "计算机"]]))
    assert "计算" in question.synonyms
    assert "计算" not in question.terms
    assert question.others == {"计算机": "电脑"}


def test_everyday_words_bring_those_of_contracts_and_rules() -> None:
    assert read_synonyms("").of("房东能涨房租吗")["出租人"] == "房东"


def test_vocabulary_is_read_from_files(tmp_path) -> None:
    (tmp_path / "words.txt").write_text("# 注\n知识图谱\n", encoding="utf-8")
    (tmp_path / "same.txt").write_text("车床，工具机\n", encoding="utf-8")
    assert read_words(str(tmp_path / "words.txt")).words == ("知识图谱",)
    assert read_synonyms(str(tmp_path / "same.txt")).of("工具机") == {"车床": "工具机"}
    with pytest.raises(SettingError):
        read_words(str(tmp_path / "none.txt"))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("机器显示E2怎么回事", {"e2"}),
        ("错误 0x80070005", {"0x80070005"}),
        ("型号 A-12 是什么", {"a-12"}),
        ("报401是什么意思", {"401"}),
        ("怎么连 Wi-Fi", {"wi-fi"}),
        ("2008年要交500元吗", set()),
        ("第3条怎么规定", set()),
        ("Are dental problems covered?", set()),
        ("What does error E2 mean?", {"e2"}),
    ],
)
def test_codes_are_told_from_amounts_and_plain_words(text: str, codes: set[str]) -> None:
    assert Question.read(text).codes == codes
