"""The check of claims against passages."""

import pytest

from docqa.answer.checking.check import Checker
from docqa.answer.checking.normal_form import plain
from docqa.answer.checking.support import foreign_runs
from docqa.answer.checking.values import values
from docqa.types import Passage, Verdict

POPE = (
    "范廷颂是越南的一位枢机主教，1919年6月15日出生于宁平省。1963年，他被任命为北宁教区主教。"
    "1994年3月23日，他成为河内总教区总主教，并于同年11月26日获擢升为枢机。2009年2月22日在河内病逝，享年90岁。"
)
DUES = "甲方应付30万元，乙方应付50万元。2019年营收3亿元，2020年4亿元。一等奖500元，二等奖300元。"
SCHOLAR = (
    "陈衡之（1901年8月18日－1994年8月12日），哲学家。1935年起在岭南大学任教。"
    "1978年当选为院士。他的著作译成十二种文字。"
)
TRAVEL = "住宿费凭发票报销。北京、上海每晚不超过六百元；其他城市每晚不超过三百五十元。"
TOWN = "青溪镇面积5.6万平方米，人口约一万二千人。镇北有一座石桥，长1.5公里。"


def verdict(statement: str, passage: str, question: str = "") -> Verdict | None:
    checker = Checker([Passage(1, 1, "甲.txt", 0, 0, len(passage), passage)], question)
    return checker.check(statement).verdict


@pytest.mark.parametrize(
    ("statement", "passage"),
    [
        ("1963年，他被任命为北宁教区主教。", POPE),
        ("范廷颂于1963年被任命为北宁教区主教。", POPE),
        ("他在一九九四年成为河内总教区总主教。", POPE),
        ("范廷颂出生于宁平省，在河内病逝。", POPE),
        ("根据资料，范廷颂于1963年被任命为北宁教区主教。", POPE),
        ("甲方应付30万元。", DUES),
        ("乙方应付50万元。", DUES),
        ("2020年营收为4亿元。", DUES),
        ("营收在2019年是3亿元，2020年是4亿元。", DUES),
        ("二等奖为300元。", DUES),
        ("青溪镇的面积是五点六万平方米。", TOWN),
        ("青溪镇的面积是56,000平方米。", TOWN),
        ("上海的住宿费每晚最多六百元。", TRAVEL),
        ("其他城市的住宿费每晚最多350元。", TRAVEL),
        ("石桥长1500米。", TOWN),
        ("青溪镇的人口接近12500人。", TOWN),
        ("陈衡之的著作译成12种文字。", SCHOLAR),
        ("2. 石桥长1.5公里。", TOWN),
        ("- 甲方应付 30 万元。", DUES),
        ("（3）乙方应付50万元。", "甲方应付 30 万元，乙方应付 50 万元。"),
    ],
)
def test_what_the_passage_says_is_supported(statement, passage):
    assert verdict(statement, passage) is Verdict.SUPPORTED


def test_a_line_that_closes_a_list_claims_nothing():
    assert verdict("以上是文档的主要内容和要点。", TOWN) is None


@pytest.mark.parametrize(
    ("statement", "passage"),
    [
        ("范廷颂于1965年被任命为北宁教区主教。", POPE),
        ("阮文顺于1963年被任命为北宁教区主教。", POPE),
        ("范廷颂没有被任命为北宁教区主教。", POPE),
        ("1994年3月25日，他成为河内总教区总主教。", POPE),
        ("他享年80岁。", POPE),
        ("甲方应付50万元。", DUES),
        ("2019年营收为4亿元。", DUES),
        ("一等奖为300元。", DUES),
        ("甲方应付50万元，很多。", DUES),
        ("青溪镇的面积是6.5万平方米。", TOWN),
        ("去上海出差，住宿费每晚最多三百五十元。", TRAVEL),
        ("石桥长2公里。", TOWN),
    ],
)
def test_a_swapped_fact_is_not(statement, passage):
    assert verdict(statement, passage) in (Verdict.CONTRADICTED, Verdict.UNSUPPORTED)


SCHOOLS = (
    "沈知远，教育家。1970年在南山师范学院取得学士学位，1975年在北湖大学取得硕士学位，"
    "1978年在东岭州立大学取得博士学位。"
)
BOOKS = "他于1523年出版了他的《新约圣经》译本，随后在1530年出版了整部《圣经》的译本。"
TOWNS = "白塔城是一座山城。桥有五孔。市集每月一次。居民多种茶。1167年，国王从敌军手中夺回南门镇。"


@pytest.mark.parametrize(
    ("answer", "question", "passage", "expected"),
    [
        (
            "沈知远在南山师范学院取得博士学位。",
            "沈知远在哪里取得博士学位？",
            SCHOOLS,
            "contradicted",
        ),
        ("南山师范学院", "沈知远在哪里取得博士学位？", SCHOOLS, "contradicted"),
        ("东岭州立大学", "沈知远在哪里取得博士学位？", SCHOOLS, "supported"),
        ("沈知远在北湖大学取得硕士学位。", "沈知远在哪里取得硕士学位？", SCHOOLS, "supported"),
        ("1523年", "这位教授何时出版《圣经》译本？", BOOKS, "contradicted"),
        ("1530年", "这位教授何时出版《圣经》译本？", BOOKS, "supported"),
        ("白塔城是1167年建立的。", "白塔城是何时建立的？", TOWNS, "unsupported"),
    ],
)
def test_what_a_neighbouring_clause_says_is_not_said_of_what_was_asked(
    answer, question, passage, expected
):
    assert verdict(answer, passage, question) == expected


def test_a_value_from_a_sentence_that_denies_something_is_no_denial():
    passage = "内存少于780MB的系统不应使用图形界面。"
    assert verdict("780MB", passage, "使用图形界面要多少内存？") is Verdict.SUPPORTED


def test_commands_are_checked_by_their_own_words():
    passage = "编译内核：进入源代码目录，运行 make deb-pkg，然后用 dpkg 安装。"
    question = "怎样编译内核？"
    right, wrong = (
        "编译内核需要执行 `make deb-pkg` 命令。",
        "编译内核需要执行 `cmake --install` 命令。",
    )
    assert verdict(right, passage, question) is Verdict.SUPPORTED
    assert verdict(wrong, passage, question) is not Verdict.SUPPORTED


def test_only_what_speaks_of_the_same_thing_contradicts():
    passage = "油田公司在1966年发现石油，1969年开始出口。"
    assert verdict("油田公司在1954年发现石油。", passage) is Verdict.CONTRADICTED
    assert verdict("北岭行政区自1954年起建设学校。", passage) is Verdict.UNSUPPORTED


def test_the_unit_of_a_number_is_no_part_of_the_next_word():
    assert list(foreign_runs("1990年灭亡", "1990年并入邻国")) == ["灭亡"]


def test_before_christ_is_another_year():
    passage = "白塔城是当地人在公元前25年建立的。"
    assert verdict("白塔城建立于公元前25年。", passage) is Verdict.SUPPORTED
    assert verdict("白塔城建立于公元25年。", passage) is not Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("statement", "question", "passage"),
    [
        ("2010年人口为853人。", "2010年人口是多少？", "据估计，2014年该镇人口为853人。"),
        ("林河镇位于海边。", "林河镇位于哪里？", "青山镇位于海边，镇上有一座灯塔。"),
    ],
)
def test_what_is_said_of_another_year_or_place_is_noticed(statement, question, passage):
    assert verdict(statement, passage, question) is not Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("answer", "question"),
    [
        ("2010年人口是853人。", "青山镇有多少人口？"),
        ("青山镇的灯塔。", "青山镇的灯塔是何时建成的？"),
    ],
)
def test_an_echo_or_a_wrong_kind_answers_nothing(answer, question):
    text = "青山镇位于海边，镇上有一座灯塔。2010年人口是853人。"
    checked = Checker([Passage(1, 1, "甲.txt", 0, 0, len(text), text)], question).check(answer)
    assert checked.fits is ("灯塔" not in answer)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("1994年", Verdict.SUPPORTED),
        ("1994年8月12日。", Verdict.SUPPORTED),
        ("1978年", Verdict.CONTRADICTED),
        ("陈衡之逝世于1978年。", Verdict.CONTRADICTED),
    ],
)
def test_a_value_alone_is_read_together_with_the_question(answer, expected):
    assert verdict(answer, SCHOLAR, "陈衡之逝世于哪一年？") is expected


@pytest.mark.parametrize(
    ("answer", "right"),
    [("路由器保修三年。", True), ("三年", True), ("电源适配器保修三年。", False)],
)
def test_characters_of_two_words_make_no_word_in_common(answer, right):
    text = "自购买之日起主机保修三年，电源适配器保修一年。"
    passage = Passage(1, 1, "路由器.md", 0, 0, len(text), text)
    checked = Checker([passage], "路由器保修几年？").check(answer)
    assert (checked.verdict is Verdict.SUPPORTED) == right


def test_the_evidence_is_no_longer_than_the_statement_needs():
    text = "访客网络在管理页打开。访客只能上网，不能打印。访客网络四小时后关闭。"
    checker = Checker([Passage(1, 1, "路由器.md", 0, 0, len(text), text)], "怎么打开访客网络？")
    [citation] = checker.check("访客只能上网，不能打印。").citations
    assert citation.quote == "访客只能上网，不能打印。"


def test_a_contradiction_says_what_the_passage_says_instead():
    passage = Passage(1, 1, "甲.txt", 0, 0, len(DUES), DUES)
    checked = Checker([passage], "甲方应付多少？").check("甲方应付50万元。")
    assert checked.verdict is Verdict.CONTRADICTED
    assert checked.why.startswith("甲方应付30万元")
    assert [citation.supported for citation in checked.citations] == [False]


@pytest.mark.parametrize(
    "sentence",
    ["根据资料：", "综上所述，", "## 结论", "甲方应付多少？", "答案是：", "资料中没有答案。"],
)
def test_what_opens_joins_asks_or_refuses_claims_nothing(sentence):
    assert verdict(sentence, DUES) is None


def test_another_language_is_checked_by_its_numbers_alone():
    assert verdict("Party A shall pay 300,000 yuan.", DUES) is None
    assert verdict("Party A shall pay 800,000 yuan.", DUES) is Verdict.UNSUPPORTED


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("The lamp was electrified in 1926.", Verdict.SUPPORTED),
        ("The lamp was electrified in 1936.", Verdict.UNSUPPORTED),
    ],
)
def test_english_is_checked_by_its_words_where_chinese_passages_stand_beside(answer, expected):
    texts = [POPE, TRAVEL, "The tower was built in 1871. The lamp was electrified in 1926."]
    passages = [Passage(n, n, "甲.txt", 0, 0, len(one), one) for n, one in enumerate(texts, 1)]
    checked = Checker(passages, "When was the lamp electrified?").check(answer)
    assert checked.verdict is expected
    assert [one.n for one in checked.citations] == [3] * (expected is Verdict.SUPPORTED)


@pytest.mark.parametrize("answer", ["10天", "满十年的年假有十天。", "年假为10天。"])
def test_a_short_form_of_a_word_is_known(answer):
    law = "职工累计工作已满一年不满十年的，年休假为五天；已满十年不满二十年的，年休假为十天。"
    checker = Checker([Passage(1, 1, "甲.txt", 0, 0, len(law), law)], "满十年的年假有几天？")
    checked = checker.check(answer)
    assert checked.verdict is Verdict.SUPPORTED
    assert checked.matter > 0.9


@pytest.mark.parametrize(
    ("answer", "question", "expected"),
    [
        ("满十年的年假有五天。", "满十年的年假有几天？", Verdict.CONTRADICTED),
        ("满十年的年假有十天。", "满十年的年假有几天？", Verdict.SUPPORTED),
        ("5天", "满十年的年假有几天？", Verdict.CONTRADICTED),
        ("5天", "不满十年的年假有几天？", Verdict.SUPPORTED),
        ("不满十年的年假有十天。", "不满十年的年假有几天？", Verdict.CONTRADICTED),
    ],
)
def test_what_holds_below_a_limit_does_not_hold_from_it_on(answer, question, expected):
    law = "职工工作已满一年不满十年的，年休假为五天。职工工作已满十年不满二十年的，年休假为十天。"
    assert verdict(answer, law, question) is expected


def test_english_answers_are_checked_by_their_words():
    passage = "The warranty covers the pump for 24 months. Filters are excluded from the warranty."
    assert verdict("The pump has a warranty of 24 months.", passage) is Verdict.SUPPORTED
    assert verdict("The pump has a warranty of 36 months.", passage) is not Verdict.SUPPORTED
    assert verdict("Batteries and chargers are excluded.", passage) is not Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("五点六万人", "56000人"),
        ("百分之十二点五", "12.5%"),
        ("下午三点二十分", "下午3点20分"),
        ("1994-08-12", "1994年8月12日"),
        ("August 12, 1994", "1994年8月12日"),
        ("两百万", "2000000"),
        ("五成以上", "50%以上"),
        ("公元前25年", "bc25年"),
    ],
)
def test_numbers_and_dates_have_one_form(text, form):
    assert plain(text) == form


def test_units_measure_the_same_thing():
    (long,), (short,) = values(plain("1.5公里")), values(plain("1500米"))
    assert long.equals(short)
    assert not values(plain("5元"))[0].equals(values(plain("5年"))[0])


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("租期两年。", Verdict.SUPPORTED),
        ("租期24个月。", Verdict.SUPPORTED),
        # 第三条 is no three of anything.
        ("租期三年。", Verdict.CONTRADICTED),
        ("押金十日内退还。", Verdict.SUPPORTED),
    ],
)
def test_times_are_compared_by_their_length_and_no_interest_is_no_denial(statement, expected):
    lease = "第二条 租期共二十四个月。第三条 押金在合同终止后十日内无息退还。"
    assert verdict(statement, lease) is expected


SHOP = (
    "书店在槐安路和大学城各有一家门店，槐安路店营业至晚上十点。会员服务热线由槐安路店负责接听。"
    "会员购书享受八五折，教材和特价书除外。会员每次可以借阅两本书，借期21天。"
    "指示灯闪红灯表示主刷被卡住，闪橙灯表示集尘盒未装好。充满电需要四个半小时。会员免费参加读书会。"
)


@pytest.mark.parametrize(
    "statement",
    [
        "会员每次可以借阅五本书。",
        "会员服务热线由大学城店负责接听。",
        "大学城店营业至晚上十点。",
        "闪橙灯表示主刷被卡住。",
        "教材也享受会员折扣。",
        "充满电需要三个小时。",
        "会员购书时出示「金穗卡」。",
    ],
)
def test_one_word_or_number_of_a_clause_is_enough_to_be_wrong(statement):
    assert verdict(statement, SHOP) in (Verdict.CONTRADICTED, Verdict.UNSUPPORTED)


@pytest.mark.parametrize(
    "statement",
    [
        "会员每次可以借阅2本书。",
        "借期是三个星期。",
        "充满电需要4.5小时。",
        "会员服务热线由槐安路店接听。",
        "读书会对会员不收费。",
    ],
)
def test_other_words_for_the_same_are_right(statement):
    assert verdict(statement, SHOP) is Verdict.SUPPORTED


def test_a_whole_sentence_of_the_passage_is_supported_whatever_was_asked():
    assert verdict("会员免费参加读书会。", SHOP, "停车要多少钱？") is Verdict.SUPPORTED
    assert verdict("主刷被卡住", SHOP, "停车要多少钱？") is not Verdict.SUPPORTED


RULES = "主机不可浸水。未经甲方书面同意，乙方不得转租。员工食堂提供早餐，不提供晚餐。"


@pytest.mark.parametrize(
    "statement", ["主机可以浸水清洗。", "乙方可以转租。", "员工食堂提供晚餐。", "押金不退还。"]
)
def test_a_short_clause_that_says_the_reverse_is_noticed(statement):
    passage = RULES + "押金在合同终止后十日内退还。"
    assert verdict(statement, passage) is Verdict.CONTRADICTED


def test_a_condition_is_no_denial_and_a_times_sign_is_an_x():
    assert verdict("转租要甲方书面同意。", RULES) is not Verdict.CONTRADICTED
    assert verdict("4×50米", "她保持4x50米的纪录。", "她保持哪项纪录？") is Verdict.SUPPORTED


def test_a_share_is_compared_in_its_unit():
    late = "逾期的，每日按应付款的万分之五支付滞纳金。"
    assert verdict("逾期每日按应付款的千分之五支付滞纳金。", late) is not Verdict.SUPPORTED
    assert verdict("逾期每日按应付款的0.05%支付滞纳金。", late) is Verdict.SUPPORTED


def test_a_discount_is_a_share():
    trial = "试用期工资为转正工资的90%。会员购书享受八五折。"
    assert verdict("试用期工资为转正工资的九折。", trial) is Verdict.SUPPORTED
    assert verdict("会员购书享受8.5折。", trial) is Verdict.SUPPORTED
    assert verdict("会员购书享受九五折。", trial) is not Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("可以私接路由器。", Verdict.CONTRADICTED),
        ("初始密码为身份证号前六位。", Verdict.CONTRADICTED),
        ("初始密码为身份证号后六位。", Verdict.SUPPORTED),
        ("不能修复的，不提供备用机。", Verdict.CONTRADICTED),
        ("争议由卖方所在地人民法院管辖。", Verdict.CONTRADICTED),
        ("第二次违规停网三十天。", Verdict.SUPPORTED),
    ],
)
def test_what_forbids_reverses_or_puts_another_in_its_place_contradicts(statement, expected):
    rules = (
        "禁止私接路由器。初始密码为身份证号后六位。卖方应当修复；不能修复的，提供备用机。"
        "因合同发生的争议，由买方所在地人民法院管辖。第二次违规停网一个月。"
    )
    assert verdict(statement, rules) is expected


LAYOFFS = (
    "第七条 员工有下列情形之一的，公司不得解除劳动合同：（一）休病假未满六个月的；"
    "（二）休产假或者陪产假的。"
    "第八条 员工有下列情形之一的，公司可以解除劳动合同："
    "（一）泄露客户名单的；（二）连续旷工五天的。"
)


@pytest.mark.parametrize(
    ("statement", "question", "expected"),
    [
        ("休产假的员工不能辞退。", "", Verdict.SUPPORTED),
        ("休产假的员工不能辞退。", "休产假的员工能辞退吗？", Verdict.SUPPORTED),
        ("连续旷工五天的，公司可以辞退。", "", Verdict.SUPPORTED),
        ("连续旷工五天的，公司不能辞退。", "", None),
        ("休产假的员工可以炒鱿鱼。", "", None),
    ],
)
def test_words_that_mean_the_same_count_if_the_yes_or_no_over_a_list_agrees(
    statement, question, expected
):
    found = verdict(statement, LAYOFFS, question)
    assert found is expected if expected else found is not Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("statement", "right"),
    [
        ("饲养宠物的，学校不得退还押金。", True),
        ("饲养宠物的，学校应当退还押金。", False),
        ("损坏家具的，学校可以退还押金。", False),
        ("损坏家具的，学校不得退还押金。", True),
        ("没有交还钥匙的，学校不得退还押金。", True),
        ("饲养宠物的，学校可以退押金。", False),
    ],
)
def test_the_rule_of_a_list_holds_for_its_items(statement, right):
    rules = (
        "住宿生有下列情形之一的，学校不得退还押金：（一）损坏家具的；"
        "（二）饲养宠物的；（三）没有交还钥匙的。"
    )
    assert (verdict(statement, rules) is Verdict.SUPPORTED) == right
