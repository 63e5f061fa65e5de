"""Questions drafted from the passages of a library."""

from docqa.evaluation.drafting import draft
from docqa.stores.records.library import Library
from tests.support.small_library import add


def test_a_labelled_value_is_asked_for_by_its_label_and_a_table_row_not_at_all(tmp_path):
    with Library.open(tmp_path / "work", create=True) as library, library.write_lock():
        add(library, "纪要.txt", "会议时间：2026年9月11日，地点在三楼的会议室。")
        add(library, "台账.txt", "K1 | 叉车3吨 | 刘工负责 | 购于2023年3月2日")
        add(library, "河流.txt", "长江全长约6300公里，是亚洲最长的河流。")
        drafted = {row["question"]: row["answer"] for row in draft(library, 10)}
    assert drafted == {
        "会议时间是什么时候？": "2026年9月11日",
        "长江全长约多少？": "6300公里",
    }


def test_a_draft_asks_in_the_sentence_s_language_and_ends_with_the_clause_that_asks(tmp_path):
    with Library.open(tmp_path / "work", create=True) as library, library.write_lock():
        add(library, "租金.txt", "租金为每月八千五百元，每季度首月5日前支付。")
        add(library, "押金.txt", "承租人应付的押金为一万七千元，期满后无息退还。")
        add(library, "编号.txt", "合同的编号在封面上：NH-2025-017 一份。")
        add(library, "保养.txt", "仓库里的叉车每三百小时保养一次，由专人负责。")
        add(library, "lease.txt", "The notice period for the tenant is 30 days in writing.")
        drafted = {row["question"]: row["answer"] for row in draft(library, 10)}
    assert drafted == {
        "租金为每月多少？": "八千五百元",
        "承租人应付的押金为多少？": "一万七千元",
        "The notice period for the tenant is how much in writing?": "30 days",
    }
