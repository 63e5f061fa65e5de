import pytest
from hypothesis import given
from hypothesis import strategies as st

from docqa.terms import Words, cut, fold, join_terms, normal, spans

PIECES = [
    "第三条",
    "二〇二四年",
    "１２３",
    "ＡＢＣ",
    "㎡",
    "ﬁne",
    "臺灣",
    "é",
    "T恤",
    "3.5万",
    " ",
    "。",
    "runs",
]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=12).map("".join)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("第三条", "第3条"),
        ("第一百零二章", "第102章"),
        ("二〇二四年十二月三十一日", "2024年12月31日"),
        ("三個人", "3个人"),
        ("一百二十万元", "1,200,000元"),
        ("3.5亿", "350000000"),
        ("ＧＢ／Ｔ１９００１", "gb/t19001"),
        ("臺灣的麵粉", "台湾的面粉"),
        ("什麽瞭解", "什么了解"),
        ("Café", "cafe\u0301"),
        ("soft\u00adware", "software"),
    ],
)
def test_what_means_the_same_is_cut_the_same(one: str, other: str) -> None:
    assert sorted(cut(one)) == sorted(cut(other))


@pytest.mark.parametrize("text", ["万一", "统一个人", "三国演义", "1,2,3", "千万别", "三五成群"])
def test_what_only_looks_like_a_number_stays(text: str) -> None:
    assert normal(text) == text


def test_chinese_is_cut_into_characters_and_pairs() -> None:
    assert sorted(cut("查报表。")) == sorted(["查", "报", "表", "查报", "报表"])


def test_codes_are_kept_whole_and_in_parts() -> None:
    terms = cut("GB/T-2016 get_user_name C++")
    assert {"gb/t-2016", "2016", "get_user_name", "user", "c++"} <= set(terms)


def test_english_words_also_have_their_stem() -> None:
    assert set(cut("running")) == {"running", "run"}
    assert cut("C3PO rooms") == ["c3po", "rooms", "room"]


def test_numbers_form_pairs_with_their_neighbours() -> None:
    assert {"第3", "3条", "a股"} <= set(cut("第3条 A股"))


def test_folding_is_idempotent() -> None:
    for code in (*range(0x250), *range(0x3000, 0xA000)):
        assert fold(fold(chr(code))) == fold(chr(code))


@given(TEXTS)
def test_terms_with_places_are_the_terms(text: str) -> None:
    assert sorted(term.text for term in spans(text)) == sorted(cut(text))


@given(TEXTS)
def test_a_place_holds_what_its_term_was_cut_from(text: str) -> None:
    for term in spans(text):
        assert 0 <= term.start < term.end <= len(text)


def test_places_point_into_the_text_as_written() -> None:
    text = "ﬁne 二〇二四年㎡第三條"
    found = {term.text: text[term.start : term.end] for term in spans(text)}
    assert found["fine"] == "ﬁne"
    assert found["2024年"] == "二〇二四年"
    assert found["m2"] == "㎡"
    assert found["3条"] == "三條"


def test_words_of_the_user_are_kept_whole() -> None:
    words = Words(["知識圖譜", "machine learning"])
    assert "知识图谱" in cut("他研究知识图谱。", words)
    assert "machine_learning" in cut("Machine Learning", words)
    assert "知识图谱" not in cut("知识和图谱", words)


@given(st.lists(TEXTS | st.just("第三\x1e条 C++"), min_size=1, max_size=4))
def test_texts_cut_together_are_cut_as_each_by_itself(texts):
    words = Words(["第三条"])
    assert [terms.split() for terms in join_terms(texts, words)] == [cut(t, words) for t in texts]
