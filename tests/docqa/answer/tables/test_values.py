"""Values inside quotes: as written, and in one form."""

import pytest

from docqa.answer.tables.columns import Column, ValueKind, check_columns, column_of, read_schema
from docqa.answer.tables.labels import bears_name, labelled_values
from docqa.answer.tables.values import read_value
from docqa.errors import UsageError


@pytest.mark.parametrize(
    ("kind", "quote", "normal"),
    [
        ("money", "合同总价为人民币叁拾柒万捌仟元整。", "378000 元"),
        ("money", "本合同总价为３７，８００元。", "37800 元"),
        ("money", "总价3.5万元，含税。", "35000 元"),
        ("money", "The fee is $1,200.", "1200 美元"),
        ("date", "本合同于二〇二六年三月一日签订。", "2026-03-01"),
        ("date", "签订日期：2026-3-1", "2026-03-01"),
        ("date", "有效期至2027年12月。", "2027-12"),
        ("date", "日期：2026/13/40", None),
        ("date", "检测依据：GB/T 5750-2023", None),
        ("date", "下次会议：五月十三日下午。", "05-13"),
        ("date", "5月40日", None),
        ("number", "违约金总额不超过合同总价的百分之十。", "10 %"),
        ("number", "保修期为二十四个月。", "24 个月"),
        ("number", "按照第三条办理。", None),
        ("yes_no", "乙方不得将本合同转包给第三方。", "否"),
        ("yes_no", "经同意，乙方可以转包。", "是"),
        ("list", "颜色：黑色、白色；银灰", "黑色；白色；银灰"),
        ("money", "没有说到钱。", None),
    ],
)
def test_a_value_is_read_in_one_form(kind, quote, normal):
    value = read_value(Column("颜色", "多少？", ValueKind(kind)), quote)
    assert (value and value.normal) == normal
    assert value is None or kind == "list" or value.text in quote


@pytest.mark.parametrize(
    ("field", "quote", "found"),
    [
        ("月薪=期望月薪是多少？", "期望薪资：25k/月，期望城市：杭州", "25000 元"),
        ("月薪=期望月薪是多少？", "期望1.5w左右", "15000 元"),
        ("月薪=期望月薪是多少？", "跑过10km，写过3千字", None),
        ("电话", "手机：138-0013-8000", "138-0013-8000"),
        ("电话=联系电话是多少？", "请拨打内线 8012 咨询", "8012"),
        ("电话", "工号：A0217", None),
        ("邮箱=电子邮箱", "来信请寄 a.b@example.com，谢谢", "a.b@example.com"),
        (
            "单位=现在在哪家公司工作？",
            "原在云岭印刷厂，后在青石阀门有限公司任职",
            "青石阀门有限公司",
        ),
        ("转包=能否转包？", "发包人：松江印刷有限公司", None),
        ("线上=可以线上参加吗？", "不能到场的同事可以用视频参加。", "是"),
        ("地点=在哪里举行？", "年会在三楼培训室召开。", "三楼培训室"),
        ("地点=在哪里举行？", "年会在2025年3月4日召开。", "年会在2025年3月4日召开"),
        ("联系人", "报名请找王明。", "王明"),
        ("联系人=有问题找谁？", "有疑问请咨询李静老师。", "李静"),
        ("开具日期=证明是哪天开的？", "2025年3月4日", "2025-03-04"),
    ],
)
def test_a_column_that_names_the_form_of_its_value_takes_nothing_else(field, quote, found):
    value = read_value(column_of(field), quote)
    assert (value and value.normal) == found


def test_of_several_values_the_one_beside_the_words_asked_for():
    quote = "预付款为11340元，合同总价为37800元，尾款1890元。"
    assert read_value(column_of("合同总价是多少元？"), quote).normal == "37800 元"
    assert read_value(column_of("尾款多少元？"), quote).normal == "1890 元"


@pytest.mark.parametrize(
    "line",
    [
        "甲方：某某公司",
        "甲方（采购方）：某某公司",
        "委托人（甲方）　某某公司",
        "甲 方: 某某公司",
        "甲方 | 某某公司",
        "甲方名称：某某公司",
    ],
)
def test_a_line_of_the_column_s_name_gives_its_value(line):
    (found,) = labelled_values(column_of("甲方"), f"采购合同\n{line}\n乙方：另一公司\n")
    assert found.value == "某某公司"


def test_fields_on_one_line_end_where_the_next_begins():
    line = "检测人：徐磊 审核人：蒋文    批准人：邵志强"
    assert labelled_values(column_of("检测人"), line)[0].value == "徐磊"
    assert labelled_values(column_of("审核人"), line)[0].value == "蒋文"
    assert labelled_values(column_of("批准人"), line)[0].value == "邵志强"
    card = "姓 名　　马腾　　　　工 号　　B1093"
    assert labelled_values(column_of("姓名"), card)[0].value == "马腾"
    assert labelled_values(column_of("工号"), card)[0].value == "B1093"
    assert labelled_values(column_of("时间"), "时间：9:00 至 10:30")[0].value == "9:00 至 10:30"


@pytest.mark.parametrize(
    ("question", "quote", "normal"),
    [
        ("是否合格？", "总大肠菌群 未检出 不得检出\n检测结论：符合标准要求，判定为合格。", "是"),
        ("是否合格？", "结论：该泵不合格，建议复检。", "否"),
        ("可以转租吗？", "未经甲方书面同意，乙方不得将房屋转租。", "否"),
        ("可以转租吗？", "不得改变用途，乙方可以转租部分场地。", "是"),
        ("是否防水？", "不具备防水功能，请勿浸入水中。", "否"),
        ("是否已婚？", "该员工已婚，未育。", "是"),
    ],
)
def test_yes_or_no_is_read_from_the_clause_that_speaks_of_it(question, quote, normal):
    assert read_value(column_of(question), quote).normal == normal


@pytest.mark.parametrize(
    ("field", "quote", "normal"),
    [
        ("报告编号=报告编号是多少？", "报告编号：WT-2025-0417", "WT-2025-0417"),
        ("电话=联系电话是多少？", "联系电话：138-0013-8000", "138-0013-8000"),
        ("主持人", "会议由副总经理郑国梁主持，14人参加。", "郑国梁"),
        ("委托单位", "受四方泵业有限公司委托，本中心进行了试验。", "四方泵业有限公司"),
        ("样品", "本次样品名称：出厂水 样品数量：2瓶", "出厂水"),
        ("结论", "所附检测结论：符合要求，判定为合格。", "符合要求，判定为合格"),
        ("押金=押金是多少？", "乙方于签约时支付押金17000元，两年后退还。", "17000 元"),
        ("价税合计=价税合计是多少元？", "1,898.40", "1898.40 元"),
        ("租金", "1,898.40", "1898.40"),
        ("面积=面积是多少平方米？", "2号仓库（面积约1200㎡）租给乙方。", "1200 平方米"),
        ("休息天数=建议休息几天？", "建议卧床休息两周。", "2 周"),
        ("免赔额=免赔额是多少？", "2025年扣除绝对免赔额500元。", "500 元"),
        ("课时=培训了几个小时？", "讲了两个小时。", "2 小时"),
        ("人数=多少人参加？", "来了25位同事。", "25 人"),
        ("晚还一天加多少", "要是晚还，每拖一天另加20块钱。", "20"),
        ("试用期满3天放几天假？", "试用期满3天的，放假3天。", "3 天"),
        ("2025年产量是多少？", "2025年产量3200吨。", "3200 吨"),
        ("总费用", "收费每天六十五块，一共三百九十块，先收两百块押金。", "390 元"),
        (
            "单位=现在在哪家公司工作？",
            "2019.04 - 2022.08 万润 2022.09 至今 恒信化工 技师",
            "恒信化工",
        ),
        ("学历=最高学历是什么？", "2012 某校 本科 2016 某校 硕士", "硕士"),
        ("回复期限=最晚什么时候回？", "11月6日开会，请在10月31日之前告诉我。", "10-31"),
        ("处分=受过处分吗？", "无奖惩记录。", "否"),
    ],
)
def test_a_value_is_what_the_name_of_its_column_wants(field, quote, normal):
    assert read_value(column_of(field), quote).normal == normal


def test_a_number_that_the_question_says_is_not_what_it_asks_for():
    assert read_value(column_of("晚还一天加多少"), "每晚一天，另行商量。") is None


def test_a_numbered_heading_may_bear_the_column_s_name():
    assert bears_name(column_of("检测结论"), "三、检测结论")
    assert bears_name(column_of("下次会议=下次会议是哪天？"), "下次会议")
    assert not bears_name(column_of("结论"), "三、检测过程")


def test_an_empty_line_of_a_form_is_no_value():
    assert labelled_values(column_of("甲方"), "甲方：______\n乙方：　　\n") == []


def test_a_bare_name_is_answered_by_no_sentence_that_only_mentions_it():
    assert read_value(column_of("甲方"), "未经甲方同意，乙方不得转包。") is None
    named = "本合同由青石公司（以下简称甲方）订立。"
    assert read_value(column_of("甲方"), named).text == "青石公司"


@pytest.mark.parametrize(
    ("field", "kind"),
    [("到期=租期到哪一天？", "date"), ("能否转租？", "yes_no"), ("押金=押金多少元", "money"),
     ("名额=名额有多少人？", "number"), ("甲方", "text")],
)  # fmt: skip
def test_the_kind_shows_in_the_question(field, kind):
    assert column_of(field).kind == kind


def test_schemas_are_read_in_both_forms(tmp_path):
    toml = tmp_path / "列.toml"
    toml.write_text(
        '[columns.到期]\nquestion = "租期到哪一天？"\ntype = "date"\n'
        '[columns.性质]\nchoices = ["公司", "个人"]\n',
        encoding="utf-8",
    )
    json = tmp_path / "列.json"
    json.write_text(
        '{"properties": {"到期": {"type": "string", "format": "date"},'
        ' "性质": {"enum": ["公司", "个人"]}}}',
        encoding="utf-8",
    )
    for path in (toml, json):
        first, second = read_schema(path)
        assert (first.kind, second.kind) == (ValueKind.DATE, ValueKind.CHOICE)
        assert second.choices == ("公司", "个人")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[columns", "table.schema_invalid"),
        ("x = 1", "table.schema_empty"),
        ('[columns.甲]\ntype = "color"', "table.unknown_type"),
        ('[columns.甲]\ntype = "choice"', "table.choice_of_nothing"),
        ('[columns.甲]\ntype = "date"\nchoices = ["一", "二"]', "table.choices_of_no_choice"),
        ('[columns]\n甲 = "？？"', "table.no_question"),
    ],
)
def test_a_schema_that_says_nothing_or_contradicts_itself_is_refused(tmp_path, text, code):
    path = tmp_path / "列.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        read_schema(path)
    assert refused.value.code == code


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(UsageError):
        check_columns([column_of("甲方"), column_of("甲方")])
