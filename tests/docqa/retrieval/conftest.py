import pytest

from docqa.stores.records.library import Library
from tests.support.small_library import add

TEXTS = {
    "规定/差旅.txt": "员工出差的住宿标准为每晚四百元。超出部分由本人承担。",
    "规定/请假.txt": "员工请假三天以上须经部门主管批准。病假须附医院证明。",
    "手册/打印机.txt": "打印机卡纸时，先关闭电源，再打开后盖取出纸张。",
    "手册/安装.txt": "安裝驅動程式之前，請先關閉防毒軟體。",
    "english.txt": "The warranty covers repairs for 24 months. Batteries are not covered.",
}


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "库", create=True) as opened:
        for name, text in TEXTS.items():
            add(opened, name, text)
        yield opened
