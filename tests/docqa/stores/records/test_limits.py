"""When documents are from, where that is known from, and which a limit lets through."""

import pytest

from docqa.errors import QueryError, UsageError
from docqa.stores.records.limits import Dated, date_of, within
from docqa.types import DocumentLimits

NOON = 1_700_000_000 * 10**9  # 14 November 2023


@pytest.mark.parametrize(
    ("name", "opening", "metadata", "expected"),
    [
        ("纪要-20240305.docx", "2020年1月1日", "2022-06-01", Dated("2024-03-05", "name")),
        ("2024年3月会议纪要.docx", "", "2022-06-01", Dated("2024-03", "name")),
        ("2026年价目表.xlsx", "", "2022-06-01", Dated("2026", "name")),
        ("合同.txt", "签订日期：２０２４年３月５日", "2022-06-01", Dated("2024-03-05", "text")),
        ("合同.txt", "二〇二四年三月五日", "2022-06-01", Dated("2024-03-05", "text")),
        ("合同.txt", "二零二三年十一月", "2022-06-01", Dated("2023-11", "text")),
        ("合同.txt", "Date: 2024-03-05 10:00", "2022-06-01", Dated("2024-03-05", "text")),
        ("合同.txt", "编号 120240305778，共2024个", None, Dated("2023-11-14", "file")),
        ("合同.txt", "合同编号：HT-2025-0416\n2025年5月1日起", None, Dated("2025-05-01", "text")),
        ("合同.txt", "编号：2025-04，HT-2025-04", None, Dated("2023-11-14", "file")),
        ("HT-2025-0416.docx", "", "2022-06-01", Dated("2022-06-01", "metadata")),
        ("合同.pdf", "没有日期", "2022-06-01", Dated("2022-06-01", "metadata")),
    ],
)
def test_a_document_is_dated_by_its_name_its_text_its_metadata_or_its_file(
    name, opening, metadata, expected
):
    assert date_of(name, opening, metadata, NOON) == expected


ROWS = [
    (1, "a/2023年报.pdf", "", None, NOON),
    (2, "a/2024-03 纪要.docx", "", None, NOON),
    (3, "a/表.xlsx", "2024年6月30日", None, NOON),
]


@pytest.mark.parametrize(
    ("limits", "ids"),
    [
        (DocumentLimits(since="2024"), {2, 3}),
        (DocumentLimits(until="2023-12-31"), {1}),
        (DocumentLimits(since="2024-03-15", until="2024-03"), {2}),
        (DocumentLimits(since="2024-06-30", until="2024-06-30"), {3}),
        (DocumentLimits(kinds=("PDF", ".docx")), {1, 2}),
        (DocumentLimits(kinds=("sheets",)), {3}),
    ],
)
def test_a_limit_lets_through_what_it_says(limits, ids):
    assert set(within(limits, ROWS)) == ids


def test_what_lets_nothing_through_names_the_kinds_there_are():
    with pytest.raises(QueryError) as raised:
        within(DocumentLimits(kinds=("epub",)), ROWS)
    assert "pdf (1)" in (raised.value.hint or "")
    for date in ("昨天", "2025-13", "2025-02-30"):
        with pytest.raises(UsageError):
            within(DocumentLimits(since=date), ROWS)
