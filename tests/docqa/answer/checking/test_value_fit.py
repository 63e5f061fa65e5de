"""Values of answers that stand in the passages, but of something else than was asked."""

from functools import partial

import pytest

from docqa.answer.checking.check import CheckedSentence, Checker
from docqa.answer.checking.claims import claim_of
from docqa.answer.quoting.ranking import rate
from docqa.types import Passage, Verdict
from tests.support.rating import prefer

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
    first, second = (
        Checker([passage], question, rate=prefer(words)).check("240个").verdict
        for words in ("阅览室", "自习区")
    )
    assert (first, second) == (Verdict.SUPPORTED, Verdict.CONTRADICTED)


DUTIES = "仓库由陈静看管，车队由刘洋调度，食堂的账目由周敏核对。"
FACTORY = "老廠房佔地二百三十畝，展覽館佔地九十畝，停車場佔地五十畝。"


def read_as(marked: str, text: str, question: str) -> Checker:
    """Checks where the reader marks these words, and is nearly sure."""
    numpy = pytest.importorskip("numpy")
    # Imported here: it needs numpy.
    from docqa.answer.reader.packaged import Reading

    places = numpy.arange(len(text))
    marks = numpy.zeros((len(text), 2))
    marks[text.index(marked), 0] = marks[text.index(marked) + len(marked) - 1, 1] = 0.9
    reading = Reading(places, places + 1, marks)
    rating = partial(rate, read=lambda asked, passages: [reading])
    passage = Passage(1, 1, "a.txt", 0, 0, len(text), text)
    return Checker([passage], question, rate=rating)


@pytest.mark.parametrize("marked", ["刘洋", "周敏"])
@pytest.mark.parametrize("answer", ["刘洋", "周敏"])
def test_of_values_of_one_sentence_the_one_that_the_reader_marks_passes(answer, marked):
    checked = read_as(marked, DUTIES, "谁管车？").check(answer)
    assert (checked.verdict is Verdict.SUPPORTED) == (answer == marked)


@pytest.mark.parametrize("answer", ["230亩", "二百三十亩"])
def test_what_the_reader_marks_is_the_same_in_any_form(answer):
    question = "占地多少亩？"
    claim = claim_of(answer, question)
    right, other = (
        read_as(marked, FACTORY, question).read_value(claim).said
        for marked in ("二百三十畝", "九十畝")
    )
    assert right > 0.8 and other < 0.1


def test_what_the_question_says_is_no_answer_though_it_is_marked():
    question = "车队由谁调度？"
    reader = read_as("车队由刘洋", DUTIES, question)
    right, other = (
        reader.read_value(claim_of(f"车队由{name}调度。", question)).said
        for name in ("刘洋", "周敏")
    )
    assert right > 0.8 and other == 0.0


def test_a_true_sentence_with_another_value_is_supported_and_does_not_fit():
    question = "自习区可以预约的座位有多少个？"
    right, aside = (
        check(sentence, question, LIBRARY)
        for sentence in (LIBRARY.split("。")[1] + "。", "新馆的阅览室在三楼，共有240个座位。")
    )
    assert right.verdict is aside.verdict is Verdict.SUPPORTED
    assert (right.fits, aside.fits) == (True, False)
