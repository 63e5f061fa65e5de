"""Which documents a name, a part of a name, or a pattern means."""

import pytest

from docqa import paths
from docqa.errors import QueryError
from docqa.stores.records.library import Library
from docqa.stores.records.scope import select, select_part
from tests.support.small_library import fill

ROWS = [
    (1, "biz/2026年价目表.xlsx", "/data/biz/2026年价目表.xlsx"),
    (2, "biz/租赁合同-明远置业.txt", "/data/biz/租赁合同-明远置业.txt"),
    (3, "biz/ＡＢＣ采购合同.docx", "/data/biz/ＡＢＣ采购合同.docx"),
]


@pytest.mark.parametrize(
    ("part", "ids"),
    [("价目表", {1}), ("租赁合同", {2}), ("合同", {2, 3}), ("abc", {3}), ("biz", {1, 2, 3})],
)
def test_a_part_of_a_name_is_enough(part, ids):
    assert select_part(part, ROWS) == ids


def test_a_pattern_is_no_part_of_a_name():
    assert select_part("*合同*", ROWS) == select_part("", ROWS) == set()
    assert select("*合同*", ROWS) == {2, 3}


def test_a_name_is_preferred_to_a_folder_of_the_same_name():
    rows = [(1, "合同/通知.txt", "/合同/通知.txt"), (2, "x/采购合同.txt", "/x/采购合同.txt")]
    assert select_part("购合", rows) == {2}
    assert select("合同", rows) == {1}, "a folder's whole name means what is in it"


@pytest.fixture
def library(home):
    with Library.open(paths.library_dir("库"), create=True) as opened:
        fill(opened, {"租赁合同-明远.txt": "租期一年。", "采购合同.txt": "货款三十万元。"})
        yield opened


def test_several_documents_with_the_part_are_listed(library):
    assert library.document("租赁").path == "租赁合同-明远.txt"
    with pytest.raises(QueryError, match=r"租赁合同-明远\.txt, 采购合同\.txt|采购.*租赁") as raised:
        library.documents(["合同"])
    assert raised.value.code == "library.several_match"
    assert len(library.documents(["*合同*"])) == 2
