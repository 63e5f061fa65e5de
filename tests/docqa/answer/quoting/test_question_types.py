"""What kind of answer a question asks for."""

import pytest

from docqa.answer.quoting.question_types import Asked, asks_for_arithmetic, shows
from docqa.terms import normal
from docqa.terms.lexicon import lexicon


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("这部电影的作者是谁？", "person"),
        ("项目负责人", "person"),
        ("合同由哪家公司承担？", "body"),
        ("会议地点", "place"),
        ("仓库在哪里？", "place"),
        ("《长夏》的上映时间", "date"),
        ("几月几号发货？", "date"),
        ("質保期多久？", "duration"),
        ("租赁期限是？", "duration"),
        ("这部电影的票房", "number"),
        ("参加会议的人数是多少？", "number"),
        ("玻璃茶壶多少钱？", "money"),
        ("首批的合格率", "share"),
        ("能提前退租吗？", "whether"),
        ("Can I cancel?", "whether"),
        ("为什么推迟？", "reason"),
        ("怎么连接网络？", "way"),
        ("什么是增量备份？", "meaning"),
        ("列出所有的产品", "several"),
        ("有哪些步骤？", "several"),
        ("是什么颜色？", "which"),
        ("最多可以带几件行李？", "number"),
        ("归哪个科室管？", "body"),
        ("样品寄到哪？", "place"),
        ("凭什么不给退？", "reason"),
        ("咋恢复出厂设置？", "way"),
        ("股东占股多少？", "share"),
        ("青湖", "open"),
    ],
)
def test_the_kind_asked_for_is_told(question, kind) -> None:
    assert kind in Asked.of(normal(question)).kinds


def test_words_that_hold_a_question_word_ask_nothing() -> None:
    assert Asked.of(normal("几乎无人知晓的茶几")).kinds == ("open",)


def test_the_article_that_is_asked_for_is_recognised() -> None:
    asked = Asked.of(normal("第七条规定了什么？"))
    assert asked.is_placed(["第七条 空调由学校统一安装。"])
    assert not asked.is_placed(["依照第七条的规定办理。", "第七十条 附则"])


@pytest.mark.parametrize(
    ("look", "sentence", "expected"),
    [
        ("day", "每日二十三时关闭大门。", True),
        ("day", "大门由值班员关闭。", False),
        ("digit", "6月16日，工厂正式投产。", False),
        ("digit", "2025年6月，总投资19.8亿元。", True),
        ("day", "Core hours begin at 10:00 on Mondays.", True),
        ("span", "It is required from the fourth day of absence.", True),
        ("span", "质保期为二十四个月。", True),
        ("span", "应在七个工作日内退还。", True),
        ("span", "共有两个车间。", False),
        ("money", "押金五千元。", True),
        ("share", "合格率为百分之九十四。", True),
    ],
)
def test_what_an_answer_looks_like(look, sentence, expected) -> None:
    assert shows(look, normal(sentence)) is expected


def test_every_list_has_a_reason_and_no_word_twice() -> None:
    for words in (*lexicon().asks.values(), lexicon().nothing_asked, lexicon().tails):
        assert words.why
        listed = (*words.words, *words.starts)
        assert len(listed) == len(set(listed))
        assert len(words.ends) == len(set(words.ends))


@pytest.mark.parametrize(
    ("question", "quote", "wanted"),
    [
        ("有多少份合同？", "7.2 甲方应赔偿两个月租金。", True),
        ("一共有几个合同？", "合同编号：12", True),
        ("有多少份合同？", "双方共签有三份合同。", False),
        ("公司有多少人？", "现有员工120名。", False),
        ("有几个接口？", "接口 | 1 个 WAN 口，3 个 LAN 口", False),
        ("每年体检几次？", "每年体检一次。", False),
        ("三家报价平均是多少？", "甲公司报价12000元。", True),
        ("三家报价平均是多少？", "三家的均价为12100元。", False),
        ("三家报价一共多少？", "报价合计36300元。", False),
        ("月租金是多少？", "月租金为人民币48,000元。", False),
    ],
)
def test_a_count_or_an_average_that_no_quote_states_is_arithmetic(question, quote, wanted) -> None:
    assert asks_for_arithmetic(question, quote) == wanted
