import pytest

from docqa.terms import NO_WORD, RAREST, rarity


def test_words_of_every_subject_are_commoner_than_terms():
    assert rarity("可以") < rarity("条例") < rarity("纠缠") == RAREST


@pytest.mark.parametrize("pair", ["例从", "始施", "铁可"])
def test_what_only_spans_two_words_is_none(pair):
    assert rarity(pair) == NO_WORD


def test_characters_have_a_rarity_too():
    assert rarity("的") < rarity("猫") <= RAREST


@pytest.mark.parametrize("term", ["한", "한국", "\U00020000", "ゾウ"])
def test_what_the_table_lacks_is_rare(term):
    assert rarity(term) == RAREST
