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
        "长江全长约多少，是亚洲最长的河流？": "6300公里",
    }
