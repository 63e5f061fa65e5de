"""Which sentence is quoted first, for questions of every kind."""

import pytest

from docqa.answer.quoting.candidates import candidates_of
from docqa.answer.quoting.ranking import Rated, best_quotes, choose, growth_for
from docqa.types import Found, Passage, SearchResult, Why

CONTRACT = (
    "合同编号：HT-08\n出租方（甲方）：林婉清\n承租方（乙方）：启帆公司\n客服热线：400-820\n"
    "押金在签约当日交付，共五千元。合同终止后押金无息退还。未经书面同意，乙方不得将房屋转租。"
    "乙方可以解除合同。乙方按时交房的，可以继续租用。"
)
COMPRESSOR = (
    "本手册介绍螺杆空压机的使用，螺杆空压机的保养也在其中。\n螺杆空压机是指用转子压缩空气的设备。"
    "它的优点是振动小、寿命长。\n代码 | 含义 | 处理\nE04 | 压力传感器故障 | 检查接线\n"
    "E03 | 相序错误 | 调换电源线"
)
COMPANY = (
    "恒川科技股份有限公司成立于2009年，总部位于无锡。公司创始人为周启明。2021年，其在科创板上市。"
)
NOTICE = "五、会议决议\n1. 成立清收小组。\n2. 压缩差旅预算。\n3. 设立西安中心。"
POLICY = (
    "Employees may work remotely three days a week. Interns are not eligible."
    " The policy is owned by Dana Whitfield."
)


def quotes(question, text, document="文件.txt"):
    passage = Passage(1, 1, document, 0, 0, len(text), text)
    found = SearchResult(question, (Found(1, 1.0, passage, Why()),), 1.0)
    best = best_quotes(question, found, 3)
    assert all(text[quote.start : quote.end] == quote.text for quote in best)
    return [quote.text for quote in best]


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("甲方是谁？", CONTRACT, "出租方（甲方）：林婉清"),
        ("客服电话是多少？", CONTRACT, "客服热线：400-820"),
        ("乙方可以转租吗？", CONTRACT, "未经书面同意，乙方不得将房屋转租。"),
        ("什么是螺杆空压机？", COMPRESSOR, "螺杆空压机是指用转子压缩空气的设备。"),
        ("E03是什么故障？", COMPRESSOR, "E03 | 相序错误 | 调换电源线"),
        ("公司创始人是谁？", COMPANY, "公司创始人为周启明。"),
        ("会议作出了哪些决议？", NOTICE, NOTICE),
        ("谁来压缩差旅预算？", NOTICE, "2. 压缩差旅预算。"),
        ("Who owns the policy?", POLICY, "The policy is owned by Dana Whitfield."),
    ],
)
def test_the_first_quote_answers(question, text, answer):
    assert quotes(question, text)[0] == answer


def test_a_sentence_that_leans_on_the_one_before_is_quoted_with_it():
    first = quotes("螺杆空压机有什么优点？", COMPRESSOR)[0]
    assert first == ("螺杆空压机是指用转子压缩空气的设备。它的优点是振动小、寿命长。")


@pytest.mark.parametrize(
    ("likely", "text"),
    [
        ((0.3, 0.5, 0.1), "岛长三公里。树叶呈针状。老叶呈鳞状。"),
        ((0.01, 0.8, 0.1), "树叶呈针状。老叶呈鳞状。"),
        ((0.01, 0.97, 0.1), "树叶呈针状。"),
    ],
)
def test_a_quote_grows_by_likely_neighbours_while_it_is_not_sure(likely, text):
    whole = "岛长三公里。树叶呈针状。老叶呈鳞状。"
    found = Found(1, 1.0, Passage(1, 1, "岛.txt", 0, 0, len(whole), whole), Why())
    spans = candidates_of("树叶是什么样子？", SearchResult("", (found,), 1.0))
    rated = [Rated(span, one) for span, one in zip(spans, likely, strict=True)]
    assert choose(rated, 1)[0].text == text


def test_a_reason_is_quoted_at_length_and_a_date_in_short():
    whole = "闸门于2019年更换。旧闸门锈蚀严重。水压使门轴变形。检修人员无法启闭。"
    found = Found(1, 1.0, Passage(1, 1, "闸.txt", 0, 0, len(whole), whole), Why())
    result = SearchResult("", (found,), 1.0)
    spans = candidates_of("为什么更换闸门？", result)
    rated = [Rated(span, one) for span, one in zip(spans, (0.97, 0.02, 0.02, 0.02), strict=True)]
    why = choose(rated, 1, growth_for("为什么更换闸门？"))
    when = choose(rated, 1, growth_for("什么时候更换闸门？"))
    assert why[0].text == whole[: whole.index("水压")]
    assert when[0].text == whole[: whole.index("旧")]


def test_a_span_with_a_word_that_means_the_same_comes_before_others():
    text = "班车每日发四趟。\n班车的座位不编号。\n儿童免票。"
    found = Found(1, 1.0, Passage(1, 1, "班车.txt", 0, 0, len(text), text), Why())
    asked = "小孩要买票吗？"
    bare = SearchResult(asked, (found,), 1.0)
    alike = SearchResult(asked, (found,), 1.0, others={"儿童": "小孩"})
    likely = [best_quotes(asked, one, 1)[0] for one in (bare, alike)]
    assert likely[1].text == "儿童免票。"
    assert likely[1].likely > likely[0].likely


def test_meaning_decides_between_spans_that_words_leave_open():
    text = "甲馆每日有人值守。\n甲馆每日供应热茶。\n甲馆每日清扫。"
    found = Found(1, 1.0, Passage(1, 1, "馆.txt", 0, 0, len(text), text), Why())
    asked = "甲馆每日能喝到什么？"

    def compare(question: str, texts: list[str]) -> list[float]:
        assert question == asked
        return [0.9 if "热茶" in one else 0.7 for one in texts]

    by_meaning = SearchResult(asked, (found,), 1.0, embedded=1.0)
    (first, *_) = best_quotes(asked, by_meaning, 1, compare)
    assert first.text == "甲馆每日供应热茶。"
    # Where the search asked for words alone, nothing is compared.
    by_words = SearchResult(asked, (found,), 1.0)
    assert best_quotes(asked, by_words, 1, compare) == best_quotes(asked, by_words, 1)


def test_what_is_about_something_else_is_not_quoted_for_want_of_better():
    texts = ("公司的创始人为周启明。", "午餐补贴每天二十元。交通费凭票报销。")
    found = (
        Found(n, 1 / n, Passage(n, n, f"{n}.txt", 0, 0, len(text), text), Why())
        for n, text in enumerate(texts, 1)
    )
    question = "公司的创始人是谁？"
    (only,) = best_quotes(question, SearchResult(question, tuple(found), 1.0), 3)
    assert only.text == texts[0]


def test_no_quote_says_again_what_another_says():
    for question in ("螺杆空压机是什么？它有什么优点？", "会议作出了哪些决议？"):
        said = quotes(question, COMPRESSOR + NOTICE)
        assert not any(one in other for one in said for other in said if one is not other)
