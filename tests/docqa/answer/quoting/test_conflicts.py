"""Sources that disagree are told of; those that speak of something else are not."""

import pytest

from docqa.types import AskRequest
from tests.support.small_library import add, done


def conflicts(library, engine, question, *texts):
    with library.write_lock():
        for number, text in enumerate(texts):
            add(library, f"文件{number}.txt", text)
    return done(engine.ask(AskRequest(question, save=False))).conflicts


def test_another_number_in_the_same_sentence_is_a_conflict_the_newer_first(library, engine):
    (conflict,) = conflicts(
        library,
        engine,
        "会议室押金是多少元？",
        "2024年3月1日发布。会议室押金为三百元，使用后退还。",
        "2026年3月1日发布。会议室押金为五百元，使用后退还。",
    )
    assert {"300", "500"} == {value.value.rstrip("元") for value in conflict.values}
    assert conflict.values[0].date and conflict.values[0].date.startswith("2026")
    assert {value.citation.document for value in conflict.values} == {"文件0.txt", "文件1.txt"}


def test_another_name_in_the_same_sentence_is_a_conflict(library, engine):
    (conflict,) = conflicts(
        library,
        engine,
        "仓库由谁负责？",
        "仓库的钥匙由王小明负责保管。",
        "仓库的钥匙由李建国负责保管。",
    )
    assert len(conflict.values) == 2


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("会议室押金为三百元，使用后退还。", "会议室押金为３００元，使用后退还。"),
        ("甲楼会议室押金为三百元。", "本院食堂每天中午十一点开放，供应热菜。"),
    ],
)
def test_the_same_in_other_letters_or_about_other_things_is_none(library, engine, one, two):
    assert not conflicts(library, engine, "会议室押金是多少元？", one, two)


def test_what_is_said_of_another_code_is_none(library, engine):
    texts = [f"合同编号：HT-{n}\n合同金额：{n}00元\n签订于二楼。" for n in (118, 119, 120, 121)]
    assert not conflicts(library, engine, "HT-120 的合同金额", *texts)
