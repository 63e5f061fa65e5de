"""Values of answers that stand in the passages, but of something else than was asked."""

import pytest
from msgspec.structs import replace

from docqa.answer.checking.check import CheckedSentence, Checker
from docqa.answer.quoting.ranking import rate
from docqa.types import Passage, Verdict

MATCHES = (
    "城南球队在小组赛第二轮击败了青江队，教练对场地表示满意。"
    "他们在决赛中以二比一击败了卫冕冠军白河队，第三次夺得联赛冠军。"
    "决赛在可容纳三万人的新体育场举行，城南球队的门将入选最佳阵容。"
    "白河队此前两次击败城南球队夺得冠军，被看作决赛的热门。"
    "联赛每年四月开始，全部比赛在八个城市举行。"
)
LIBRARY = (
    "新馆的阅览室在三楼，共有240个座位。"
    "自习区在五楼，读者可以预约，共有96个座位，周末开放到晚上十点。"
    "馆内藏书约30万册，其中外文书2万册。"
)


def check(answer: str, question: str, text: str) -> CheckedSentence:
    return Checker([Passage(1, 1, "a.txt", 0, 0, len(text), text)], question).check(answer)


@pytest.mark.parametrize(
    ("answer", "verdict"), [("白河队", Verdict.SUPPORTED), ("青江队", Verdict.UNSUPPORTED)]
)
def test_a_name_from_a_sentence_that_does_not_answer_is_flagged(answer, verdict):
    question = "城南球队在决赛中击败了哪支卫冕冠军，夺得联赛冠军？"
    assert check(answer, question, MATCHES).verdict is verdict


def test_a_number_is_contradicted_by_the_sentence_that_answers():
    question = "自习区可以预约的座位有多少个？"
    assert check("96个", question, LIBRARY).verdict is Verdict.SUPPORTED
    checked = check("240个", question, LIBRARY)
    assert checked.verdict is Verdict.CONTRADICTED
    assert "96个座位" in checked.why


def test_a_list_or_a_reason_is_not_held_against_one_value():
    answer = "城南球队击败过青江队。"
    assert check(answer, "城南球队击败过哪些球队？", MATCHES).verdict is Verdict.SUPPORTED


def test_what_follows_the_answer_may_be_of_something_else():
    question = "城南球队在决赛中击败了哪支卫冕冠军，夺得联赛冠军？"
    text = Checker([Passage(1, 1, "a.txt", 0, 0, len(MATCHES), MATCHES)], question)
    assert text.check("白河队。").verdict is Verdict.SUPPORTED
    assert text.check("城南球队在小组赛还击败了青江队。").verdict is Verdict.SUPPORTED


def test_a_value_is_found_among_many_passages():
    texts = [f"第{n}号公告说明了停车场第{n}区的开放安排。" for n in range(1, 12)] + [LIBRARY]
    passages = [Passage(n, n, f"{n}.txt", 0, 0, len(t), t) for n, t in enumerate(texts, 1)]
    checked = Checker(passages, "自习区可以预约的座位有多少个？").check("96个")
    assert checked.verdict is Verdict.SUPPORTED
    assert checked.citations[0].n == len(texts)


def test_what_rates_the_sentences_decides_which_of_them_answers():
    passage, question = Passage(1, 1, "a.txt", 0, 0, len(LIBRARY), LIBRARY), "座位有多少个？"

    def prefer(words):
        return lambda asked, result: [
            replace(one, likely=float(words in one.candidate.text)) for one in rate(asked, result)
        ]

    first, second = (
        Checker([passage], question, rate=prefer(words)).check("240个").verdict
        for words in ("阅览室", "自习区")
    )
    assert (first, second) == (Verdict.SUPPORTED, Verdict.CONTRADICTED)
