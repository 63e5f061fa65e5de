"""Key points of documents without a model."""

from docqa.answer.quoting.summary import digest
from docqa.stores.records.library import Library
from tests.support.ingesting import ingest

_LEASE = """仓库租赁合同

合同编号：CK-2025-0311

出租方（甲方）：江北物流园有限公司
承租方（乙方）：青禾贸易有限公司

第一条 标的
1.1 甲方将江北路9号2号库出租给乙方，乙方用于存放货物。
1.2 仓库面积为1800平方米。

第二条 期限
2.1 租期两年，自2025年4月1日起至2027年3月31日止。
2.2 乙方续租的，应提前两个月书面通知甲方。

第三条 租金
3.1 月租金为人民币36,000元。
3.2 乙方应于每月5日前付清。

第四条 转租
4.1 乙方不得转租仓库。

甲方（盖章）：            乙方（盖章）：
日期：2025年3月11日
"""

_MAIL = """From: Lin Yue <lin@example.org>
To: team@example.org
Subject: =?utf-8?B?5p2D6ZmQ?=
Content-Type: text/plain; charset=utf-8

新系统的权限从下周一起由各部门自行审批。
培训费用为8000元，由人事部承担。

> 时间：5月12日 11:20
>> 主题：权限的问题
-----原始邮件-----
发件人：周宁
请尽快答复权限的问题，最迟在周五之前。
"""


def _points(tmp_path, name, text):
    return [citation.quote for citation in _summarise(tmp_path, name, text).citations]


def _summarise(tmp_path, name, text):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    ingest(tmp_path / "library", file)
    with Library.open(tmp_path / "library") as library:
        *_, done = digest(library, library.documents(), lambda: False)
    return done.answer


def test_a_lease_is_told_by_its_parties_area_term_and_rent(tmp_path):
    points = _points(tmp_path, "合同.txt", _LEASE)
    assert points[0] == "出租方（甲方）：江北物流园有限公司\n承租方（乙方）：青禾贸易有限公司"
    told = "\n".join(points)
    assert all(fact in told for fact in ("1800平方米", "租期两年", "36,000元", "不得转租"))
    assert "合同编号" not in told and "日期：" not in told


def test_the_head_of_a_mail_is_no_point(tmp_path):
    told = "\n".join(_points(tmp_path, "信.eml", _MAIL))
    assert "8000元" in told and "周五之前" in told
    assert not any(word in told for word in ("From", "发件人", "时间", "主题"))


def test_a_sentence_that_leans_on_another_is_no_point(tmp_path):
    text = "The rent is $900.\nIt is due on the fifth day.\nThe tenant shall keep the key.\n" * 2
    assert not any(point.startswith("It ") for point in _points(tmp_path, "a.txt", text))


def test_a_row_is_a_point_with_the_heads_of_its_columns(tmp_path):
    table = "# 会议室\n\n| 名称 | 座位 |\n|---|---|\n| 竹园 | 12个 |\n| 松园 | 30个 |\n"
    assert "松园：座位 30个" in _summarise(tmp_path, "会议室.md", table).text


def test_an_item_has_one_bullet(tmp_path):
    text = "# 待办\n\n- 何建国负责采购八套桌椅。\n- 沈兰负责核对三份合同。\n"
    told = _summarise(tmp_path, "待办.md", text).text
    assert "- 何建国" in told and "- - " not in told
