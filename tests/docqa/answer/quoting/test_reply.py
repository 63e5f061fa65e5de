"""How quotes are shown: rows with their heads, yes and no, everything asked for, disagreement."""

import pytest

from docqa.answer.quoting.same import says_the_same
from docqa.answer.quoting.table_rows import read_row
from docqa.answer.quoting.yes_or_no import decide
from docqa.types import AskRequest, Warned
from tests.support.small_library import done, fill

HEAD = "区域 | 一月 | 二月 | 单位"
PRICES = "型号 | 名称 | 单价（元）\nA-1 | 茶杯 | 12\nA-2 | 茶盘 | 88\nA-3 | 茶罐 | 45"


@pytest.mark.parametrize(
    ("question", "row", "expected"),
    [
        ("华东二月份销售额", "华东 | 118 | 96 | 万元", "华东：二月 96；单位 万元"),
        ("华东的情况", "华东 | 118 | 96 | 万元", "区域 华东：一月 118；二月 96；单位 万元"),
        ("华东", "华东 | 118 | 96", "华东 | 118 | 96"),
    ],
)
def test_a_row_is_read_with_the_heads_of_its_columns(question, row, expected) -> None:
    assert read_row(HEAD, row, question) == expected


def test_heads_that_say_nothing_are_left_out() -> None:
    assert read_row("项目 | 参数", "功耗 | 最大 18 W", "功耗") == "功耗：最大 18 W"


def test_the_price_column_answers_how_much() -> None:
    row = read_row("型号 | 名称 | 单价（元）", "A-2 | 茶盘 | 88", "A-2多少钱？")
    assert row == "A-2：单价（元） 88"


@pytest.mark.parametrize(
    ("question", "quote", "decided"),
    [
        ("车内可以吸烟吗？", "车内禁止吸烟。", "no"),
        ("儿童可以进入病区吗？", "十二岁以下儿童请勿进入病区。", "no"),
        ("可以转租吗？", "未经书面同意，乙方不得转租。", "depends"),
        ("退票可以免费改签吗？", "退票、改签均可免费办理。", "yes"),
        ("可以转包吗？", "三、除另有约定外按季付款；\n四、不得转包。", "no"),
        ("密码可以是8位吗？", "密码长度不得少于十二位。", "no"),
        ("密码可以是15位吗？", "密码长度不得少于十二位。", "yes"),
        ("超过500元的餐费可以报销吗？", "800元以下的餐费可以报销。", "depends"),
        ("900元的餐费可以报销吗？", "800元以下的餐费可以报销。", "depends"),
        ("600元的餐费可以报销吗？", "800元以下的餐费可以报销。", "yes"),
        ("300元的餐费可以报销吗？", "500元以下的餐费不予报销。", "no"),
        ("300元的餐费要审批吗？", "500元以下的餐费可以先付后报。", None),
        ("可以带3名家属参加吗？", "可以携带家属参加，名额共20人。", None),
        ("图纸可以上传网盘吗？", "图纸不得上传网盘；确实要用的，须经批准。", "no"),
        ("图纸可以上传网盘吗？", "图纸不得上传网盘；但宣传图除外。", "depends"),
        ("谁可以吸烟？", "车内禁止吸烟。", None),
        ("车内可以喝水吗？", "车内禁止吸烟。", None),
        ("车内不可以吸烟吗？", "车内禁止吸烟。", None),
    ],
)
def test_yes_or_no_only_where_the_quote_is_certain(question, quote, decided) -> None:
    assert decide(question, quote) == decided


def test_everything_asked_for_is_listed(engine, library) -> None:
    fill(library, {"价目.txt": PRICES})
    answer = done(engine.ask(AskRequest("列出价目里的所有名称和单价")))
    assert [citation.quote for citation in answer.citations] == PRICES.split("\n")[1:]


def test_a_list_is_no_sum(engine, library) -> None:
    fill(library, {"价目.txt": PRICES})
    told = engine.ask(AskRequest("价目里所有单价加起来是多少？"))
    assert "answer.cannot_count" in [one.message for one in told if isinstance(one, Warned)]


def test_rows_are_listed_from_every_document(engine, library) -> None:
    more = "型号 | 名称 | 单价（元）\nB-1 | 茶巾 | 9"
    fill(library, {"价目.txt": PRICES, "新价目.txt": more})
    answer = done(engine.ask(AskRequest("列出价目里的所有名称和单价")))
    assert len(answer.citations) == 4
    assert {one.document for one in answer.citations} == {"价目.txt", "新价目.txt"}
    assert answer.text.startswith("共 4 项")


def test_documents_are_named_where_they_are_asked_for(engine, library) -> None:
    fill(
        library,
        {
            "租赁.txt": "租赁合同。因本合同发生争议的，提交仲裁委员会仲裁。",
            "保养.txt": "保养合同。争议提交仲裁委员会仲裁。费用按季支付。",
            "采购.txt": "采购合同。货款在验收后十日内支付。",
        },
    )
    answer = done(engine.ask(AskRequest("哪些合同约定了争议提交仲裁？")))
    assert {one.document for one in answer.citations} == {"租赁.txt", "保养.txt"}
    assert "租赁.txt：" in answer.text and "保养.txt：" in answer.text


def test_each_side_of_a_comparison_is_quoted(engine, library) -> None:
    fill(library, {"价目.txt": PRICES})
    answer = done(engine.ask(AskRequest("茶杯和茶罐哪个贵？")))
    quoted = [citation.quote for citation in answer.citations]
    assert quoted == ["A-1 | 茶杯 | 12", "A-3 | 茶罐 | 45"]


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("茶杯和保温茶杯哪个贵？", ["A-1 | 茶杯 | 12", "A-4 | 保温茶杯 | 60"]),
        ("茶盘和茶罐今年哪个卖得贵？", ["A-2 | 茶盘 | 88", "A-3 | 茶罐 | 45"]),
    ],
)
def test_names_are_compared_that_hold_each_other_or_more(engine, library, question, quoted) -> None:
    fill(library, {"价目.txt": f"{PRICES}\nA-4 | 保温茶杯 | 60"})
    answer = done(engine.ask(AskRequest(question)))
    assert [citation.quote for citation in answer.citations] == quoted


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("第四条 密码 长度不少于十二位。", "第四条密码长度不少于12位。", True),
        ("密码长度不少于十二位。", "密码长度不少于八位。", False),
        ("可以转租。", "不可以转租。", False),
        ("茶盘。", "茶杯与托盘。", False),
    ],
)
def test_the_same_said_twice_is_told_from_something_else(one, other, same) -> None:
    assert says_the_same(one, other) is same


@pytest.mark.parametrize(
    ("old", "new", "question"),
    [
        ("年休假为八天", "年休假为十天", "年休假有几天？"),
        ("每晚不超过六百元", "每晚不超过七百元", "去上海出差住宿费每晚最多多少？"),
        ("试用期为三个月", "试用期为六个月", "试用期多长？"),
        ("满一年不满十年", "满两年不满十年", "满多少年的年休假为八天？"),
    ],
)
def test_sources_that_disagree_are_both_shown(engine, library, old, new, question) -> None:
    from tests.support.small_library import LEAVE, TRAVEL

    text = next(text for text in (LEAVE, TRAVEL) if old in text)
    fill(library, {"2026-01新版.txt": text.replace(old, new)})
    (conflict,) = done(engine.ask(AskRequest(question))).conflicts
    assert {value.citation.document for value in conflict.values} >= {"2026-01新版.txt"}
    assert conflict.values[0].date == "2026-01"
    assert len({value.value for value in conflict.values}) == 2


def test_entries_of_a_log_do_not_disagree(engine, library) -> None:
    lines = [
        f"2026-03-0{n % 9 + 1} 0{n % 9}:{n + 10} 茶炉水温 {60 + n} 度，正常。" for n in range(40)
    ]
    fill(library, {"茶炉.log": "\n".join(lines)})
    assert not done(engine.ask(AskRequest("茶炉水温多少度？"))).conflicts


@pytest.mark.parametrize("question", ["年休假有几天？", "T3-800 的容量是多少？", "试用期多长？"])
def test_one_source_does_not_disagree_with_itself(engine, question) -> None:
    assert not done(engine.ask(AskRequest(question))).conflicts
