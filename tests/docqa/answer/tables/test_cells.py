"""Cells: from quotes, from labelled lines, from a model, and of two of these together."""

import pytest

from docqa.answer.tables.cells import (
    MISSING,
    Cell,
    Row,
    guessed_cell,
    join_cells,
    labelled_cell,
    quoted_cell,
)
from docqa.answer.tables.columns import Column, ValueKind
from docqa.answer.tables.labels import labelled_values
from docqa.types import (
    Answer,
    AnswerStatus,
    AskedValue,
    Citation,
    Conflict,
    EngineInfo,
    EngineKind,
)

PRICE = Column("总价", "合同总价是多少元？", ValueKind.MONEY)
PARTY = Column("甲方", "甲方")
ANSWERED, PERHAPS = AnswerStatus.ANSWERED, AnswerStatus.PERHAPS


def cited(quote, n=1):
    return Citation(n, n, "合同.txt", None, (), 0, len(quote), quote)


def answer(*quotes, status=ANSWERED, conflicts=()):
    return Answer(
        question=PRICE.question,
        text="".join(quotes),
        status=status,
        citations=tuple(cited(quote, n) for n, quote in enumerate(quotes, 1)),
        sentences=(),
        passages=(),
        engine=EngineInfo(EngineKind.QUOTES),
        confidence=0.8,
        conflicts=tuple(conflicts),
    )


def cell(status, value="", **facts):
    return Cell(status, value, value, **facts)


def test_the_first_quote_with_a_value_gives_the_cell():
    found = quoted_cell(PRICE, answer("合同总价为37,800元。"))
    assert (found.status, found.normal, found.confidence) == (ANSWERED, "37800 元", 0.8)
    assert found.citation == cited("合同总价为37,800元。")


def test_a_sum_for_another_period_is_never_certain():
    rent = Column("月租金", "每月租金多少元？", ValueKind.MONEY)
    assert quoted_cell(rent, answer("租金每年30万元。")).status is PERHAPS
    assert quoted_cell(rent, answer("租金每月3万元，每年一付。")).status is ANSWERED
    assert quoted_cell(rent, answer("月租金3万元。")).status is ANSWERED


def test_a_later_quote_is_never_certain():
    found = quoted_cell(PRICE, answer("合同总价另行商定。", "总价为五万元。"))
    assert (found.status, found.normal, found.citation.n) == (PERHAPS, "50000 元", 2)


@pytest.mark.parametrize(
    "given",
    [answer("合同总价为五万元。", status=AnswerStatus.NOT_FOUND), answer("没有说到钱。")],
    ids=["refused", "no value"],
)
def test_without_a_value_the_document_does_not_say(given):
    found = quoted_cell(PRICE, given)
    assert (found.status, found.citation) == (AnswerStatus.NOT_FOUND, None)


def test_what_other_sources_say_stands_beside_the_value():
    values = tuple(AskedValue(value, cited(value)) for value in ("五万元", "六万元", "50000元"))
    found = quoted_cell(PRICE, answer("总价为五万元。", conflicts=[Conflict("总价", values)]))
    assert found.others == ("六万元",)


def test_a_yes_or_no_that_names_something_else_is_a_perhaps():
    keeping = Column("养猫", "可以养猫吗？", ValueKind.YES_NO)
    assert quoted_cell(keeping, answer("乙方不得饲养大型犬。")).status is PERHAPS
    assert quoted_cell(keeping, answer("乙方不得养猫。")).status is ANSWERED


def test_a_guess_needs_a_value_that_is_less_than_the_whole_sentence():
    assert guessed_cell(PRICE, cited("双方商定五万元。")).status is PERHAPS
    assert guessed_cell(PRICE, cited("双方另行商定。")) is None
    whole = Column("说明", "有什么说明？")
    assert guessed_cell(whole, cited("双方另行商定。")) is None


def test_a_label_gives_its_value_and_names_what_differs():
    text = "总价：五万元\n总价：50000元\n总价：六万元"
    found = labelled_values(PRICE, text)
    given = labelled_cell(PRICE, found[0].value, cited("总价：五万元"), found)
    assert (given.status, given.normal, given.others) == (ANSWERED, "50000 元", ("六万元",))
    assert labelled_cell(PRICE, "见附件", cited("总价：见附件"), []) is None
    assert labelled_cell(PARTY, "青石", cited("甲方：青石"), []).value == "青石"


@pytest.mark.parametrize(
    ("quoted", "written", "expected"),
    [
        (cell(ANSWERED, "甲"), MISSING, cell(ANSWERED, "甲")),
        (cell(PERHAPS, "甲"), MISSING, MISSING),
        (cell(ANSWERED, "甲"), cell(PERHAPS, "乙", supported=False), cell(ANSWERED, "甲")),
        (MISSING, cell(PERHAPS, "乙", supported=False), cell(PERHAPS, "乙", supported=False)),
        (cell(PERHAPS, "甲"), cell(ANSWERED, "乙"), cell(ANSWERED, "乙")),
        (cell(ANSWERED, "青石"), cell(ANSWERED, "青石公司"), cell(ANSWERED, "青石公司")),
        (cell(ANSWERED, "甲"), cell(ANSWERED, "乙"), cell(PERHAPS, "乙", others=("甲",))),
    ],
)
def test_what_a_model_writes_counts_by_how_sure_the_quote_was(quoted, written, expected):
    assert join_cells(quoted, written) == expected


def test_a_row_moves_with_its_document():
    quote = cited("甲方：青石")
    row = Row("旧.txt", (cell(ANSWERED, "青石", citation=quote), MISSING))
    moved = row.move("新.txt", lambda one: cited(one.quote, 7))
    assert moved.document == "新.txt" and moved.cells[0].citation.n == 7
    assert moved.cells[1] == MISSING
