from docqa.retrieval.coverage import Gauge
from docqa.terms import NO_WORDS, Question, cut
from docqa.types import Passage


def passage(text: str, heading: tuple[str, ...] = ()) -> Passage:
    return Passage(1, 1, "规定.txt", 0, 0, len(text), text, heading=heading)


def gauge(asked: dict[str, float]) -> Gauge:
    return Gauge(asked, NO_WORDS)


def weights(*terms: str) -> dict[str, float]:
    return dict.fromkeys(terms, 1.0)


def test_shares_count_what_is_held_anywhere_and_close_together():
    text = "报销要发票。甲。乙。丙。三天到账。"
    measured = gauge(weights("报销", "发票", "到账", "利息")).measure(passage(text))
    assert (measured.whole, measured.close) == (0.75, 0.5)
    assert measured.matched == ("报销", "发票", "到账")


def test_headings_speak_for_each_sentence():
    assert gauge(weights("报销", "到账")).measure(passage("三天到账。", ("报销",))).close == 1


def test_folded_numbers_and_words_are_held():
    asked = dict.fromkeys(cut("第3条 RTX-4090"), 1.0)
    assert gauge(asked).measure(passage("依第三條使用ＲＴＸ－4090。")).whole == 1


def test_the_opening_of_a_document_speaks_for_its_passages():
    asked = gauge(weights("报销", "到账"))
    assert asked.measure(passage("三天到账。"), opening="本文说明报销。").whole == 1
    assert asked.measure(passage("三天到账。")).whole == 0.5


def test_forms_of_an_english_word_are_held():
    asked = dict.fromkeys(cut("batteries"), 1.0)
    assert gauge(asked).measure(passage("The battery is new.")).matched == ("batteri",)


def test_another_word_for_the_same_counts_as_the_question_s_own() -> None:
    terms = {"房东": 1.0, "押金": 1.0}
    one = passage("出租人应当返还押金。")
    asked = Question(("房东", "押金"), others={"出租人": "房东"})
    assert Gauge(terms, NO_WORDS).measure(one).whole == 0.5
    assert Gauge(terms, NO_WORDS, question=asked).measure(one).whole == 1.0


def test_one_sentence_alone_and_the_longest_stretch_are_measured():
    question = Question.read("发票丢失后怎么补开")
    terms = weights("发票", "丢失", "补开")
    measured = Gauge(terms, NO_WORDS, question=question).measure(passage("发票丢失。可以补开。"))
    assert round(measured.sentence, 2) == 0.67
    assert measured.close == 1
    assert measured.stretch == len("发票丢失")
