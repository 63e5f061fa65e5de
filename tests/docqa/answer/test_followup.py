"""Follow-ups: which lean on the conversation, and what they mean."""

import pytest
from langchain_core.runnables import RunnableLambda
from msgspec.structs import replace

from docqa.answer.followup import needs_conversation, stand_alone
from docqa.answer.writing.rewrite import standalone_by_model
from docqa.types import Answer, AnswerStatus, EngineInfo, EngineKind, Turn

QUOTES = EngineInfo(EngineKind.QUOTES)


def turn(question, text="答。"):
    return Turn(1, question, Answer(question, text, AnswerStatus.ANSWERED, QUOTES), 0.0)


@pytest.mark.parametrize(
    "question",
    [
        "它什么时候成立的？",
        "那病假呢？",
        "为什么？",
        "该公司的总部在哪里？",
        "When was it founded?",
        "已经花了多少？",
        "要多久来修？",
        "最晚什么时候还？",
    ],
)
def test_these_lean_on_what_was_said(question):
    assert needs_conversation(question)


@pytest.mark.parametrize("remark", ["1", "好的", "好的，谢谢！", "OK", "嗯嗯", "谢谢你", "thanks!"])
def test_a_remark_is_no_follow_up(remark):
    assert not needs_conversation(remark)
    assert stand_alone(remark, [turn("云上茶壶科技有限公司的总部在哪里？")]) is None


@pytest.mark.parametrize("question", ["2024年呢？", "好处呢？", "是谁？", "是多少？"])
def test_a_short_question_is_no_remark(question):
    assert needs_conversation(question)


@pytest.mark.parametrize(
    "question",
    [
        "范廷颂是什么时候被任为主教的？",
        "其他城市的住宿标准是多少？",
        "尤其需要注意的安全事项有哪些？",
        "那不勒斯的人口有多少？",
        "还款日是每月的哪一天？",
        "最多可以借几本图书馆的外文书？",
    ],
)
def test_these_stand_alone(question):
    assert not needs_conversation(question)


def test_the_pronoun_becomes_the_company():
    rewritten = stand_alone("它什么时候成立的？", [turn("云上茶壶科技有限公司的总部在哪里？")])
    assert rewritten == "云上茶壶科技有限公司什么时候成立的？"


def test_a_question_in_another_language_is_not_completed():
    turns = [turn("塑料托盘能承重多少？")]
    assert stand_alone("How high is the rent?", turns) is None
    assert "塑料托盘" in (stand_alone("How high is it?", turns) or "")


def test_something_else_of_the_same_thing_is_asked_with_it():
    assert stand_alone("起订量呢？", [turn("护眼台灯多少钱？")]) == "护眼台灯起订量"
    assert stand_alone("探视时间呢？", [turn("押金是多少？")]) is None


def test_an_ellipsis_gets_the_topic():
    assert stand_alone("那保修期呢？", [turn("《云壶手册》的作者是谁？")]).startswith(
        "《云壶手册》"
    )


def test_english_pronouns_are_filled_too():
    assert stand_alone("When was it founded?", [turn("Where is Teapot Cloud Limited?")]) == (
        "When was Teapot Cloud Limited founded?"
    )


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("押金是多少？", "那租金呢？", "租金是多少？"),
        ("专科学员每天有多少津贴？", "本科学员呢？", "本科学员每天有多少津贴？"),
        ("双人床位费多少？", "三人床位呢？", "三人床位费多少？"),
        ("烤箱显示E4是什么意思？", "那E7呢？", "烤箱显示E7是什么意思？"),
        ("车位一个月多少钱？", "它什么时候交？", "车位什么时候交？"),
        ("How much is paid for a lost suitcase?", "Who pays it?", "Who pays lost suitcase?"),
        ("华东二月的销售额是多少？", "华南呢？", "华南二月的销售额是多少？"),
        ("安装最少需要多少内存？", "硬盘空间呢？", "安装最少需要多少硬盘空间"),
        ("押金是多少？", "转租呢？", None),
        ("甲方的押金是多少？", "那租金呢？", "甲方的租金是多少？"),
        ("甲方的违约金是多少？", "那乙方呢？", "乙方的违约金是多少？"),
        ("B-200的单价是多少？", "那B-201呢？", "B-201的单价是多少？"),
        ("T3-800 的容量是多少？", "那功率呢？", "T3-800 的功率是多少？"),
    ],
)
def test_what_is_asked_next_takes_the_place_of_what_was_asked(before, question, expected):
    assert stand_alone(question, [turn(before)]) == expected


def test_topics_do_not_pile_up_and_none_comes_from_a_refused_turn():
    refused = Answer("@不存在 能从光盘引导吗？", "没有找到。", AnswerStatus.NOT_FOUND, QUOTES)
    turns = [turn("甲方的押金是多少？"), Turn(2, refused.question, refused, 0.0)]
    assert stand_alone("那租金呢？", turns) == "甲方的租金是多少？"
    second = Answer("那租金呢？", "", AnswerStatus.ANSWERED, QUOTES, rewritten="甲方的租金是多少？")
    turns.append(Turn(3, second.question, second, 0.0))
    assert stand_alone("那物业费呢？", turns) == "甲方的物业费是多少？"


@pytest.mark.parametrize(
    ("before", "question"),
    [("押金是多少？", "租金是多少"), ("A-101的库存是多少", "B-201的库存是多少？")],
)
def test_the_same_asked_of_something_else_stands_alone(before, question):
    assert stand_alone(question, [turn(before)]) is None


def test_the_topic_that_was_put_before_a_question_stays_the_only_one():
    asked = "要提前几天说？"
    completed = replace(turn(asked).answer, rewritten=f"转租{asked}")
    turns = [turn("能不能转租"), Turn(2, asked, completed, 0.0)]
    assert stand_alone("罚多少钱", turns) == "转租罚多少钱"


def test_a_first_question_is_left_alone():
    assert stand_alone("它什么时候成立的？", []) is None


def said(text):
    return RunnableLambda(lambda _messages, **_options: text)


def test_the_models_wording_is_taken_where_it_is_sound():
    turns = [turn("云上茶壶科技有限公司的总部在哪里？")]
    wording = "云上茶壶科技有限公司是什么时候成立的？"
    assert (
        standalone_by_model("它什么时候成立的？", turns, said(f"改写后的问题：{wording}"))
        == wording
    )


def test_a_model_that_says_the_follow_up_again_has_completed_nothing():
    turns = [turn("云上茶壶科技有限公司的总部在哪里？")]
    pointing, alone = "它什么时候成立的？", "机票怎么报销？"
    completed = "云上茶壶科技有限公司什么时候成立的？"
    assert standalone_by_model(pointing, turns, said(pointing)) == completed
    assert standalone_by_model(f"那{pointing}", turns, said("什么时候成立的？")) is not None
    assert standalone_by_model(alone, turns, said(alone)) is None


def test_a_question_of_nothing_is_completed_though_the_model_repeats_it():
    turns = [turn("新网站由谁负责？")]
    completed = standalone_by_model("什么时候上线？", turns, said("什么时候上线？"))
    assert completed == "新网站什么时候上线"
    assert standalone_by_model("食堂有素菜吗？", turns, said("食堂有素菜吗？")) is None


ECHOED = (
    "对话：\n- 云上茶壶科技有限公司的总部在哪里？\n接着的问题：云上茶壶科技有限公司什么时候成立的？"
)


@pytest.mark.parametrize("words", ["", "成立于一九九八年，注册资本五千万元。", "好" * 400, ECHOED])
def test_an_unsound_wording_gives_way_to_the_terms(words):
    turns = [turn("云上茶壶科技有限公司的总部在哪里？")]
    rewritten = standalone_by_model("它什么时候成立的？", turns, said(words))
    assert rewritten == "云上茶壶科技有限公司什么时候成立的？"
