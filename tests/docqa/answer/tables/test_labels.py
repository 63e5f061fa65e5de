import pytest

from docqa.answer.tables.columns import column_of
from docqa.answer.tables.labels import akin_values, labelled_values, party_values, same_values
from docqa.answer.tables.totals import total_values

INVOICE = """购买方信息 名称：望山贸易商行
销 售 方 信 息
名称：东篱酒楼有限公司
"""
TABLE = """品名 | 单价 | 数量（台） | 金额
钻床 | 8000 | 9 | 72000
合计 |  | 12 | 126000
"""


@pytest.mark.parametrize(
    ("field", "value"), [("购买方", "望山贸易商行"), ("销售方", "东篱酒楼有限公司")]
)
def test_of_two_names_the_one_in_the_block_of_the_party(field, value):
    assert [one.value for one in party_values(column_of(field), INVOICE)] == [value]


def test_a_party_ends_where_the_next_one_begins():
    joined = INVOICE.replace("\n", "") + "项目名称：餐费"
    found = [party_values(column_of(name), joined)[0].value for name in ("购买方", "销售方")]
    assert found == ["望山贸易商行", "东篱酒楼有限公司"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("总金额=总金额是多少元？", "126000"), ("件数=一共多少台？", "12台"), ("报销金额", "126000")],
)
def test_a_sum_is_read_under_the_head_of_its_column(field, value):
    assert [one.value for one in total_values(column_of(field), TABLE)] == [value]


def test_a_field_of_another_name_that_means_the_same():
    text = "供货单位：东篱五金\n主持：顾明"
    assert labelled_values(column_of("供应商"), text) == []
    assert [one.value for one in same_values(column_of("供应商"), text)] == ["东篱五金"]
    assert [one.value for one in same_values(column_of("主持人"), text)] == ["顾明"]


def test_a_longer_name_is_perhaps_meant():
    text = "紧急联系电话：13800138000"
    assert [one.value for one in akin_values(column_of("联系电话"), text)] == ["13800138000"]
