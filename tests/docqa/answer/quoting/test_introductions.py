"""Items of lists are quoted with the words that introduce their list."""

import pytest

from docqa.answer.quoting.introductions import find_introduction
from docqa.types import AskRequest
from ingest.types import Extract, PassageSpan
from tests.support.small_library import done, fill

RULE = (
    "第八条 住宿生有下列情形之一的，不得退还押金："
    "（一）损坏公用家具而没有照价赔偿的，或者未经同意更换门锁的；"
    "（二）擅自转让床位给校外人员使用的，或者擅自留宿校外人员超过三日的；"
    "（三）在室内使用大功率电器引起跳闸、火情或者其他事故的；"
    "（四）饲养宠物，经两次书面提醒后仍然不改的；（五）离校时没有交还钥匙的。"
)


def test_an_item_quoted_alone_is_shown_under_what_introduces_it(engine, library):
    fill(library, {"宿舍.txt": RULE})
    answer = done(engine.ask(AskRequest("养宠物会怎么样？")))
    assert "宠物" in answer.citations[0].quote
    assert "不得退还押金" not in answer.citations[0].quote
    assert answer.text.startswith("第八条 住宿生有下列情形之一的，不得退还押金：……（")


@pytest.mark.parametrize(
    ("text", "item", "words"),
    [
        (RULE, "（四）", "第八条 住宿生有下列情形之一的，不得退还押金："),
        ("须带：\n- 护照\n- 照片\n", "- 照片", "须带："),
        ("须带：\n1. 护照\n2. 照片\n", "2. ", "须带："),
        ("先说明。须带：1. 护照；2. 照片。", "2. ", "须带："),
        ("须带：\n1. 护照\n\n另外请看：\n① 价目\n② 地图", "② ", "另外请看："),
        ("须带：\n1. 护照\n第一次使用\n1. 开机\n2. 关机", "2. ", ""),
        ("须带：\n- 护照\n\n以上缺一不可。\n- 照片", "- 照片", ""),
        ("须带：护照。照片", "照片", ""),
        ("Bring these:\n(a) a passport\n(b) a photograph", "(b)", "Bring these:"),
    ],
)
def test_the_words_over_a_list(library, text, item, words):
    passage = _add(library, text, len(text))[0]
    assert find_introduction(library, passage, text.rindex(item)) == words


def test_the_words_stand_in_an_earlier_passage(library):
    cut = RULE.index("（三）")
    _, second = _add(library, RULE, cut)
    assert find_introduction(library, second, 0) == RULE[: RULE.index("（一）")]


def _add(library, text, cut):
    """A document in one passage, or in two."""
    ends = sorted({cut, len(text)})
    spans = [
        PassageSpan(n, start, end, text[start:end], None, ())
        for n, (start, end) in enumerate(zip([0, *ends], ends, strict=False))
    ]
    with library.write_lock():
        number = library.add_document("列表.txt", Extract(text, ()), spans)
    return library.passages_of(number)
