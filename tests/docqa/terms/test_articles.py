import pytest

from docqa.terms import normal
from docqa.terms.articles import Places


def share(question: str, text: str) -> float:
    return Places.of(normal(question)).share(normal(text))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("管理条例第七条的内容", "第六条 甲。\n第七条 严禁饲养宠物。"),
        ("第７條寫了什麼", "前文。第七条 严禁饲养宠物。"),
        ("附件三是什么", "附件3：报销单"),
        ("附件 3 是什么", "附件三 报销单"),
        ("表2的数据", "表二：水质"),
        ("§3.2", "## 3.2 年假"),
        ("3.2节讲什么", "3.2 执行备份"),
        ("1.2.3 怎么装", "1.2.3 安装"),
        ("What does Article 7 say?", "Article 7. Payment"),
        ("see appendix B", "Appendix B: forms"),
    ],
)
def test_a_passage_that_begins_with_the_place_is_it(question, text):
    assert share(question, text) == 1


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("第七条的内容", "按照第七条办理。"),
        ("第七条的内容", "第七十条 附则"),
        ("表2的数据", "表2.1 水质"),
        ("§3.2", "3.21 年假"),
        ("1.2.3 怎么装", "1.2.3.4 安装"),
        ("Article 7", "Article 71"),
    ],
)
def test_another_place_and_a_mention_are_not(question, text):
    assert share(question, text) == 0


def test_of_two_places_one_is_half():
    assert share("第一章和第二章", "第二章 休假") == 0.5


@pytest.mark.parametrize("question", ["长 3.5 米的绳子", "代表有谁", "版本 2.1 何时发布", ""])
def test_quantities_and_words_name_no_place(question):
    assert not Places.of(normal(question)).terms
