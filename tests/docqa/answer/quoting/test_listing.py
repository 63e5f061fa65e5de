"""Lists in lines and in one sentence, and tables that go on in another passage."""

import pytest

from docqa.answer.quoting.listing import items_of
from docqa.answer.quoting.sentences import head_of_table, quotable
from docqa.answer.quoting.table_rows import find_head
from docqa.types import AskRequest, Passage
from ingest.types import BlockKind, Extract, PassageSpan, Section
from tests.support.small_library import done, fill

HEAD = "项目 | 价格 | 备注"
ROWS = "挂号 | 30 | 初诊\n洗牙 | 680 | 须麻醉"
LATER = "住院 | 150/天 | 需交押金\n寄养 | 60/天 | 春节加价"


@pytest.mark.parametrize(
    ("text", "items"),
    [
        (
            "验收包括：一、外观检查；二、通电试验；三、资料移交。其后付款。",
            ["一、外观检查", "二、通电试验", "三、资料移交"],
        ),
        ("原因有二：第一，水压不足。第二，管道堵塞。", ["第一，水压不足", "第二，管道堵塞"]),
        ("要求：一是按时到场，二是自带工具。", ["一是按时到场", "二是自带工具"]),
        ("须带：\n1. 身份证\n2. 介绍信\n", ["1. 身份证", "2. 介绍信"]),
        ("共有三处：二、四号楼和六号楼。", []),
        ("这是一是一，二是二的事。", []),
    ],
)
def test_items_of_a_list(text, items):
    assert [text[start:end] for start, end in items_of(text)] == items


def test_all_items_are_listed_and_counted(engine, library):
    fill(library, {"验收.txt": "茶具验收办法。茶具验收内容包括：一、外观；二、容量；三、包装。"})
    answer = done(engine.ask(AskRequest("列出茶具验收的所有内容")))
    assert [one.quote for one in answer.citations] == ["一、外观", "二、容量", "三、包装"]
    assert answer.text.startswith("共 3 项")


@pytest.mark.parametrize(
    ("question", "counted"), [("茶具验收有几项内容", True), ("茶具验收有几个杯子", False)]
)
def test_items_are_counted_only_where_they_are_what_is_asked_for(
    engine, library, question, counted
):
    fill(library, {"验收.txt": "茶具验收办法。茶具验收包括：一、外观；二、容量；三、包装。"})
    answer = done(engine.ask(AskRequest(question)))
    assert answer.text.startswith("共 3 项") == counted


def test_a_table_that_goes_on_keeps_its_first_row_and_its_head(library):
    text = f"{HEAD}\n{ROWS}\n{LATER}"
    at = len(text) - len(LATER)
    cut = [
        PassageSpan(0, 0, at - 1, text[: at - 1], None, ()),
        PassageSpan(1, at, len(text), LATER, None, ()),
    ]
    section = Section(0, len(text), BlockKind.TABLE, None, ())
    with library.write_lock():
        library.add_document("价目.csv", Extract(text, (section,)), cut)
    later = Passage(9, 9, "价目.csv", 1, at, len(text), LATER)
    assert [LATER[slice(*span)] for span in quotable(later)] == LATER.split("\n")
    assert head_of_table(LATER, LATER.split("\n")[1]) == ""
    number = next(info.id for info in library.documents() if info.path == "价目.csv")
    stored = library.passages_of(number)[1]
    assert find_head(library, stored, LATER.split("\n")[0]) == HEAD
