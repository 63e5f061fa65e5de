"""Folding: the pattern that saves time in long texts changes nothing."""

from docqa.terms import folding

TEXTS = (
    "ＡＢＣ臺灣㎏",
    "圖書館借閱規則，ＩＳＢＮ ９７８",
    "Café — naïve ﬁle",
    "简体字、標點。\u200b",
    "한국어 ｶﾅ",
)


def test_the_first_texts_are_folded_as_later_ones_are(monkeypatch):
    monkeypatch.setattr(folding._Count, "characters", 0)
    early = [folding.fold(text) for text in TEXTS]
    monkeypatch.setattr(folding._Count, "characters", folding._FEW)
    assert [folding.fold(text) for text in TEXTS] == early
    assert early[0] == "abc台湾kg"


def test_simplifying_changes_the_script_alone():
    assert folding.simplify("ＡＢＣ臺灣 Café") == "ＡＢＣ台湾 Café"
