"""Questions are answered and scored by the quotes engine; noise lowers the judgement."""

import pytest

from docqa.evaluation.answers import answer_questions, means_of
from docqa.evaluation.dataset import Dataset, Gold, Item
from docqa.evaluation.run import library_of
from docqa.settings import EmbeddingSettings, Settings

CONTEXTS = {
    "leave.txt": "第五条 员工每年享有十天年假，年假应当在当年用完。",
    "trips.txt": "第六条 出差人员的住宿费每晚不超过六百元。",
    "pump.txt": "水泵每运转2000小时更换一次机油。",
    "meeting.txt": "会议决定在三月底之前完成仓库的搬迁。",
    "lamp.txt": "灯塔在1926年改用电灯，此前一直烧油。",
    "tea.txt": "茶壶的保修期为二十四个月。",
    "staff.txt": "员工手册每年修订一次，由人事部门公布。",
    "hotel.txt": "酒店住宿的员工应当在中午之前退房。",
    "oil.txt": "机油应当存放在阴凉干燥的地方。",
}
ITEMS = (
    Item("员工每年有几天年假？", (Gold("十天"),), "leave.txt", "1"),
    Item("住宿费每晚最多多少元？", (Gold("六百元"),), "trips.txt", "2"),
    Item("水泵运转多久更换机油？", (Gold("2000小时"),), "pump.txt", "3"),
)
SETTINGS = Settings(embedding=EmbeddingSettings(backend="none"))


@pytest.fixture
def asked():
    dataset = Dataset("small", CONTEXTS, ITEMS)

    def ask(noise):
        with library_of(dataset, SETTINGS) as library:
            return list(answer_questions(dataset, library, SETTINGS, noise=noise))

    return ask


def test_right_passages_are_quoted_and_cited(asked):
    outcomes = asked(0.0)
    means = means_of(outcomes)
    assert means["contained"] == means["cited_right"] == 1
    assert means["refused_wrongly"] == 0


def test_swapped_passages_are_judged_for_what_they_are(asked):
    before, after = asked(0.0), asked(1.0)
    assert not any(one.answerable or one.contained for one in after)
    assert all(
        late.confidence < early.confidence for early, late in zip(before, after, strict=True)
    )


def test_some_noise_leaves_the_right_passages(asked):
    assert means_of(asked(0.8))["contained"] == 1
